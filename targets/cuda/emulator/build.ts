/** Makes the runtime library, and a kernel library of each PTX text, in one cache folder for this version of the emulator. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder, forgetOld } from "../../cache.ts";
import { buildLibrary, machineOptions } from "./library.ts";
import { loadRuntime } from "./native.ts";
import { readPtx } from "./ptx/read.ts";
import { translate } from "./translate/translate.ts";

const here = dirname(fileURLToPath(import.meta.url));
const runtimeSources = join(here, "runtime");
/** A loader takes two libraries of one name for the same one. */
const runtimeName = ({ portableFibers }: RuntimeOptions): string =>
  `libeyrie_emulator${portableFibers ? "_portable" : ""}.so`;

const standard = [
  "-std=c++20",
  "-fPIC",
  "-fvisibility=hidden",
  "-ffp-contract=off",
  "-fno-math-errno",
];
/** Kernels are long and flat: what -O2 adds costs more than it gives. */
const kernelOptions = [
  ...["-O1", "-w", "-fno-strict-aliasing", "-fwrapv", "-fno-exceptions", "-fno-rtti"],
  "-fno-asynchronous-unwind-tables",
];

export type RuntimeOptions = {
  /** The portable switch between fibers, also where the hand-written one would do. */
  readonly portableFibers?: boolean;
};

function sourcesOf(folder: string): string[] {
  return readdirSync(join(here, folder))
    .filter((name) => /\.(ts|js|h|cpp)$/.test(name))
    .sort()
    .map((name) => join(here, folder, name));
}

/** A name that changes with everything that a library's meaning depends on. */
function folderFor(options: RuntimeOptions): string {
  const hash = createHash("sha256");
  for (const file of ["runtime", "ptx", "translate"].flatMap(sourcesOf))
    hash.update(readFileSync(file));
  const settings = [standard, kernelOptions, machineOptions(), runtimeName(options), process.arch];
  hash.update(JSON.stringify(settings));
  return join(cacheFolder(), `cuda-emulator-${hash.digest("hex").slice(0, 16)}`);
}

/** The runtime library, compiled where it is not yet. Throws a UserError where g++ is missing. */
export async function buildRuntime(options: RuntimeOptions = {}): Promise<{ path: string }> {
  const folder = folderFor(options);
  const path = join(folder, runtimeName(options));
  if (!existsSync(path)) forgetOld(folder, "cuda-emulator-");
  await buildLibrary({
    path,
    files: sourcesOf("runtime").filter((file) => file.endsWith(".cpp")),
    compile: [
      ...[...standard, ...machineOptions(), "-O2"],
      ...(options.portableFibers ? ["-DEYRIE_UCONTEXT"] : []),
    ],
    link: ["-ldl", `-Wl,-soname,${runtimeName(options)}`],
  });
  return { path };
}

/** The kernel library of a PTX text, translated and compiled where it is not yet. It lies beside the runtime. */
export async function buildEmulated(
  ptx: string,
  options: RuntimeOptions = {},
): Promise<{ path: string; runtime: string }> {
  const runtime = (await buildRuntime(options)).path;
  const folder = dirname(runtime);
  const path = join(folder, `${loadRuntime(runtime).moduleName(ptx)}.so`);
  if (existsSync(path)) return { path, runtime };
  await buildLibrary({
    path,
    files: [],
    texts: Object.fromEntries(
      translate(readPtx(ptx)).map((text, at) => [`kernels${at}.cpp`, text]),
    ),
    compile: [...standard, ...machineOptions(), ...kernelOptions, `-I${runtimeSources}`],
    link: [runtime, "-Wl,-rpath,$ORIGIN"],
  });
  return { path, runtime };
}
