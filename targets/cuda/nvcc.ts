/** Compiles CUDA text to PTX and assembles PTX for architectures, each once: what was made is kept in the cache folder. */
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CompilerBug } from "../../src/graph/bug.ts";
import { cachedFile, cacheFolder, hashOf, inTemporaryFolder, writeWhole } from "../cache.ts";
import { architectureOf } from "./architectures.ts";
import { type KernelResources, readResources } from "./ptxas.ts";
import { findToolkit, firstLine, runProgram, type Toolkit } from "./toolkit.ts";

export type Ptx = {
  readonly ptx: string;
  /** SHA-256 of the PTX. */
  readonly hash: string;
};

export type Assembled = {
  readonly cubin: Uint8Array;
  /** By kernel name. */
  readonly resources: Readonly<Record<string, KernelResources>>;
};

export type CompileOptions = {
  /** The least architecture that the PTX must run on; compute_80. */
  readonly arch?: string;
  /** What the text is called in line information and messages; kernels.cu. */
  readonly file?: string;
};

/** Multiplications and additions stay apart unless the text says fmaf, so a result has one value on every device. */
export const ptxFlags: readonly string[] = [
  "-ptx",
  "-fmad=false",
  "-lineinfo",
  "-std=c++17",
  "-Werror",
  "all-warnings",
];

/** The PTX of a file of kernels. A UserError without nvcc; a CompilerBug where nvcc rejects the text, which is then kept. */
export async function compilePtx(text: string, options: CompileOptions = {}): Promise<Ptx> {
  const { arch = "compute_80", file = "kernels.cu" } = options;
  const toolkit = await findToolkit();
  const call = nvccCall(toolkit, [...ptxFlags, `-arch=${arch}`]);
  const key = hashOf(toolkit.version, ...call.options, file, text);
  const path = join(cacheFolder("ptx"), `${key}.ptx`);
  const made = await cachedFile(path, () => runNvcc(call, text, file));
  const ptx = made.toString("utf8");
  return { ptx, hash: hashOf(ptx) };
}

export type NvccCall = {
  readonly program: string;
  readonly options: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
};

/**
 * How nvcc is called in a folder that holds kernels.cu, to write kernels.ptx. nvcc makes one of two texts of some kernels,
 * as it goes through tables by where their entries lie in memory and by the names of files. So, where that can be, its memory
 * lies where it always does, no name tells of the folder (the file that it compiles is empty and takes in kernels.cu), and its
 * own files are named by it, not by its process.
 */
export function nvccCall({ nvcc, setarch }: Toolkit, flags: readonly string[]): NvccCall {
  const result = ["-o", "kernels.ptx"];
  if (!setarch)
    return { program: nvcc, options: [...flags, ...result, "kernels.cu"], variables: {} };
  const named = ["--keep", "--keep-dir", ".", "-x", "cu", "-include", "kernels.cu", "/dev/null"];
  return {
    program: setarch,
    options: ["-R", nvcc, ...flags, ...result, ...named],
    variables: { PWD: "/proc/self/cwd", TMPDIR: "." },
  };
}

const runNvcc = (call: NvccCall, text: string, file: string): Promise<string> =>
  inTemporaryFolder(async (folder) => {
    await writeFile(join(folder, "kernels.cu"), text);
    const { program, options, variables } = call;
    const { code, stdout, stderr } = await runProgram(program, options, { folder, variables });
    if (code !== 0) {
      const report = (stderr || stdout).replace(/^(\.\/)?kernels\.cu(?=\()/gm, () => file);
      throw new CompilerBug(`nvcc rejects ${keep(text, "cu")}: ${firstProblem(report)}`);
    }
    return withoutFolders(await readFile(join(folder, "kernels.ptx"), "utf8"), file);
  });

/** The text's own name and the toolkit's headers, without the folders that they lie in. */
const withoutFolders = (ptx: string, file: string): string =>
  ptx
    .replace(/^(\s*\.file\s+\d+\s+)"[^"]*\/kernels\.cu"/gm, (_, before) => `${before}"${file}"`)
    .replace(/^(\s*\.file\s+\d+\s+)"[^"]*\/include\/([^"]+)"/gm, '$1"$2"');

export type AssembleOptions = {
  /** Whether ptxas rejects what it warns of (spilled registers and local memory, too); errors. */
  readonly warnings?: "errors" | "pass";
};

/** What ptxas warns of is wrong with a kernel, or makes it slow for a reason that can be removed. */
export const ptxasFlags: readonly string[] = ["-Werror", "-warn-spills", "-warn-lmem-usage"];

/** Machine code for each architecture ("sm_90", …), with what each kernel takes there. */
export async function assemble<A extends string>(
  ptx: string,
  names: readonly A[],
  { warnings = "errors" }: AssembleOptions = {},
): Promise<Readonly<Record<A, Assembled>>> {
  const toolkit = await findToolkit();
  const flags = ["-v", ...(warnings === "errors" ? ptxasFlags : [])];
  const made: [A, Assembled][] = [];
  for (const name of names) {
    architectureOf(name);
    made.push([name, await assembleFor(toolkit, ptx, name, flags)]);
  }
  return Object.fromEntries(made) as Record<A, Assembled>;
}

async function assembleFor(
  toolkit: Toolkit,
  ptx: string,
  name: string,
  flags: readonly string[],
): Promise<Assembled> {
  const base = join(cacheFolder("cubin"), hashOf(toolkit.version, ...flags, name, ptx));
  const report = await cachedFile(`${base}.txt`, async () => {
    const { cubin, report } = await runPtxas(toolkit, ptx, name, flags);
    writeWhole(`${base}.cubin`, cubin);
    return report;
  });
  const cubin = await readFile(`${base}.cubin`);
  return { cubin, resources: readResources(report.toString("utf8")) };
}

const runPtxas = (toolkit: Toolkit, ptx: string, name: string, flags: readonly string[]) =>
  inTemporaryFolder(async (folder) => {
    await writeFile(join(folder, "kernels.ptx"), ptx);
    const options = [...flags, `-arch=${name}`, "-o", "kernels.cubin", "kernels.ptx"];
    const { code, stdout, stderr } = await runProgram(toolkit.ptxas, options, { folder });
    const report = `${stdout}${stderr}`;
    if (code === 0) return { cubin: await readFile(join(folder, "kernels.cubin")), report };
    const problem = firstProblem(report).replace(/^ptxas ((error|fatal)\s*: )?/, "");
    const strictly = flags.includes("-Werror") ? ", its warnings being errors" : "";
    throw new CompilerBug(`ptxas rejects ${keep(ptx, "ptx")} for ${name}${strictly}: ${problem}`);
  });

/** The line with the first error or warning. */
function firstProblem(report: string): string {
  const lines = report.split("\n");
  return firstLine(lines.find((line) => /\b(error|fatal|warning)\b/i.test(line)) ?? report);
}

/** Writes a rejected text where it can be looked at. */
function keep(text: string, extension: string): string {
  const path = join(tmpdir(), `eyrie-rejected-${hashOf(text).slice(0, 16)}.${extension}`);
  writeWhole(path, text);
  return path;
}
