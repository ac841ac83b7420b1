/** Compiles C++ into shared libraries in the cache folder, each once for its content. Knows g++, nothing of kernels. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { CompilerBug, UserError } from "../../../src/graph/bug.ts";

const run = promisify(execFile);

export type LibrarySources = {
  /** Where the library shall lie; taken as it is where it exists. */
  readonly path: string;
  /** C++ files, compiled at the same time, two at most; or texts by file name, written before. */
  readonly files: readonly string[];
  readonly texts?: Readonly<Record<string, string>>;
  readonly compile: readonly string[];
  readonly link: readonly string[];
};

/** Compiles and links in a folder of its own, then renames: other processes see all of a library or nothing. */
export async function buildLibrary(sources: LibrarySources): Promise<void> {
  if (existsSync(sources.path)) return;
  mkdirSync(dirname(sources.path), { recursive: true });
  const folder = mkdtempSync(`${sources.path}-`);
  try {
    const objects = await compileAll(folder, sources);
    const whole = join(folder, "whole.so");
    await compiler(["-shared", "-o", whole, ...objects, ...sources.link]);
    renameSync(whole, sources.path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compileAll(folder: string, sources: LibrarySources): Promise<string[]> {
  const written = Object.entries(sources.texts ?? {}).map(async ([name, text]) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  });
  const waiting = [...sources.files, ...(await Promise.all(written))].entries();
  const objects: string[] = [];
  const worker = async (): Promise<void> => {
    for (const [at, file] of waiting) {
      objects[at] = join(folder, `${at}.o`);
      await compiler([...sources.compile, "-c", "-o", objects[at]!, file]);
    }
  };
  await Promise.all([worker(), worker()]);
  return objects;
}

async function compiler(options: readonly string[]): Promise<void> {
  try {
    await run("g++", options, { maxBuffer: 64 * 2 ** 20 });
  } catch (error) {
    const { code, stderr } = error as { code?: string | number; stderr?: string };
    if (code === "ENOENT")
      throw new UserError(
        "CUDA kernels run on the CPU through g++, which is not here: install it (Debian: apt install g++)",
      );
    throw new CompilerBug(`g++ refused a text that was generated:\n${stderr ?? String(error)}`);
  }
}

/** Instructions beyond the machine's baseline that compiled kernels may use: those of x86-64-v3, where the CPU has them. */
export function machineOptions(): readonly string[] {
  if (process.arch !== "x64") return [];
  const wanted = ["avx2", "fma", "f16c"];
  try {
    const flags = new Set(
      /^flags\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1]?.split(" "),
    );
    return wanted.every((flag) => flags.has(flag)) ? wanted.map((flag) => `-m${flag}`) : [];
  } catch {
    return [];
  }
}
