/** What the tests of standalone folders share: two small models, folders written and built, and programs run. */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { standardLibrary } from "../../../../dsl/standard-node.ts";
import { type Compiled, type CompileOptions, compile } from "../../../../src/compile.ts";
import { cudaFolderOf } from "../../../../src/cuda-folder.ts";
import { initialWeights } from "../../../../src/weights/initialize.ts";
import { hashOf } from "../../../../targets/cache.ts";
import { loadEvaluator } from "../../../../targets/cpu/evaluate.ts";
import { cudaCaps } from "../../../../targets/cuda/caps.ts";
import { buildEmulated } from "../../../../targets/cuda/emulator/build.ts";
import { buildStandIn } from "../../../../targets/cuda/stand-in/build.ts";
import { hasToolkit } from "../../../../targets/cuda/toolkit.ts";
import type { Session } from "../../../../targets/executor.ts";

export type Tool = "nvcc" | "g++" | "make" | "cmake";

/** Skips a suite aloud where what it needs is not installed. */
export async function needsTools(context: Mocha.Context, ...tools: readonly Tool[]): Promise<void> {
  const here = await Promise.all(
    tools.map((tool) =>
      tool === "nvcc" ? hasToolkit() : spawnSync(tool, ["--version"]).status === 0,
    ),
  );
  const missing = tools.filter((_, i) => !here[i]);
  if (missing.length === 0) return;
  console.log(`      skipped: ${missing.join(" and ")} not installed`);
  context.skip();
}

/** Compiles an example for CUDA. */
export function compileExample(path: string, options: Partial<CompileOptions>): Compiled {
  const file = new URL(`../../../../examples/${path}`, import.meta.url).pathname;
  const { compiled, diagnostics } = compile([{ file, text: readFileSync(file, "utf8") }], {
    ...{ standard: standardLibrary(), caps: cudaCaps("sm_80"), entries: ["prefill", "decode"] },
    ...options,
  });
  if (!compiled) throw new Error(JSON.stringify(diagnostics));
  return compiled;
}

/** Over bytes, one row; recurrent blocks and local attention. */
export const bytesModel = (options: Partial<CompileOptions> = {}): Compiled =>
  compileExample("griffin.eyrie", {
    chunk: 16,
    settings: {
      ...{ vocab: 256, width: 32, rnn_width: 32, depth: 3, heads: 2, head_dim: 16 },
      ...{ gate_blocks: 2, hidden: 64, window: 8 },
    },
    ...options,
  });

/** Two rows, weights in half precision, its tables in pieces, a context that ends, and a checkpoint's own names. */
export const rowsModel = (): Compiled =>
  compileExample("zoo/llama2.eyrie", {
    ...{ batch: 2, chunk: 8, context: 32, precision: { parameters: "f16" } },
    caps: { ...cudaCaps("sm_80"), maxBindingBytes: 8192 },
    settings: { vocab: 300, width: 24, depth: 1, heads: 2, kv_heads: 1, hidden: 32 },
  });

/** Weights of this seed on the graph evaluator. */
export function evaluate({ model, entries }: Compiled, seed: number): Promise<Session> {
  const each = Object.entries(entries);
  return loadEvaluator(
    Object.fromEntries(each.map(([name, { graph }]) => [name, graph])),
    Object.fromEntries(each.map(([name, { spec }]) => [name, spec])),
    initialWeights(model.parameters, seed),
  );
}

/** A temporary folder for a suite, removed by `remove`. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "eyrie-standalone-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Writes the folder; the stand-in has none of these architectures, so that it is given PTX. */
export function writeFolder(
  compiled: Compiled,
  folder: string,
  architectures: readonly string[] = ["sm_90"],
): void {
  for (const [path, text] of cudaFolderOf(compiled, architectures)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

export type Finished = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** Runs a program; `environment` is added to this process's, undefined takes a name away. */
export function run(
  program: string,
  options: readonly string[],
  {
    folder,
    environment = {},
  }: { folder?: string; environment?: Readonly<Record<string, string | undefined>> } = {},
): Finished {
  const { status, stdout, stderr } = spawnSync(program, [...options], {
    ...(folder === undefined ? {} : { cwd: folder }),
    env: { ...process.env, ...environment },
    encoding: "latin1",
    maxBuffer: 2 ** 26,
  });
  return { code: status, stdout, stderr };
}

/** Runs a program that must succeed. */
export function mustRun(...call: Parameters<typeof run>): string {
  const { code, stdout, stderr } = run(...call);
  if (code !== 0)
    throw new Error(`${call[0]} ${call[1].join(" ")}: ${code}\n${stdout.slice(-4000)}\n${stderr}`);
  return stdout;
}

/** Fast compiles; what is measured is behaviour. */
export const make = (folder: string, ...targets: readonly string[]): string =>
  mustRun("make", ["-j2", "CXXFLAGS=-O0", ...targets], { folder });

const libraries = temporaryFolder();
// Imported by test files at their top, so this is a hook of mocha's root suite.
after(libraries.remove);

/**
 * Makes targets as `make` does, with the library's objects from a folder whose library has the same texts where one was made
 * before: they take most of the time.
 */
export function makeWithKnownLibrary(folder: string, ...targets: readonly string[]): void {
  const sources = readdirSync(join(folder, "library")).sort();
  const texts = [...sources.map((name) => join("library", name)), "eyrie.h"].map((path) =>
    readFileSync(join(folder, path)),
  );
  const known = join(libraries.path, hashOf(...sources, ...texts));
  const objects = join(folder, "build", "library");
  if (existsSync(known)) cpSync(known, objects, { recursive: true });
  make(folder, ...targets);
  cpSync(objects, known, { recursive: true });
}

/**
 * The environment in which a built folder runs on the CPU: the stand-in for the driver, of an architecture that the folder has
 * no machine code for, and its PTX translated.
 */
export async function onStandIn(folder: string): Promise<Readonly<Record<string, string>>> {
  const { path } = await buildStandIn();
  for (const entry of ["prefill", "decode"])
    await buildEmulated(readFileSync(join(folder, "build", `${entry}.ptx`), "utf8"));
  return { EYRIE_LIBCUDA: path, EYRIE_STAND_IN_CAPABILITY: "80" };
}
