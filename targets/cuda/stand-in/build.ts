/** Makes the stand-in for the driver's library: the driver's functions in front of the emulator. Knows g++, nothing of sessions. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildRuntime } from "../emulator/build.ts";
import { buildLibrary } from "../emulator/library.ts";

const here = dirname(fileURLToPath(import.meta.url));
/** Not the driver's own name: a loader takes two libraries of one name for the same one. */
const name = "libcuda_eyrie.so.1";
const options = ["-std=c++17", "-O2", "-fPIC", "-fvisibility=hidden", "-Wall", "-Wextra"];

/**
 * The library's path; compiled where it is not yet. The folder has it as libcuda.so.1 and libcuda.so, too, for programs that
 * are linked with -lcuda. Its kernels lie beside the emulator's runtime. Throws a UserError without g++.
 */
export async function buildStandIn(): Promise<{ readonly path: string }> {
  const runtime = (await buildRuntime()).path;
  const sources = readdirSync(here)
    .filter((file) => /\.(h|cpp)$/.test(file))
    .sort()
    .map((file) => join(here, file));
  const hash = createHash("sha256").update(JSON.stringify([options, runtime]));
  for (const file of sources) hash.update(readFileSync(file));
  const path = join(dirname(runtime), `stand-in-${hash.digest("hex").slice(0, 16)}`, name);
  await buildLibrary({
    path,
    files: sources.filter((file) => file.endsWith(".cpp")),
    compile: options,
    link: [runtime, `-Wl,-rpath,${dirname(runtime)}`, `-Wl,-soname,${name}`],
  });
  for (const alias of ["libcuda.so.1", "libcuda.so"]) linkBeside(path, alias);
  return { path };
}

function linkBeside(path: string, alias: string): void {
  const link = join(dirname(path), alias);
  try {
    if (!existsSync(link)) symlinkSync(name, link);
  } catch (error) {
    // Another process may have been first.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
