/** `npm run bench`: the 110 M Griffin with random weights on one adapter, the scan alone, and the language and its server; writes what it measured to bench/results/. */
import { mkdirSync, writeFileSync } from "node:fs";
import { Command, Option } from "commander";
import type { Kernel } from "../codegen/kernel.ts";
import type { Program } from "../codegen/program.ts";
import { totalTraffic } from "../codegen/traffic.ts";
import {
  type ExecutorFlags,
  executorOptions,
  executorRequest,
  schedulesRequest,
  whole,
} from "../src/cli/options.ts";
import { print, report, say } from "../src/cli/terminal.ts";
import { type Executor, openExecutor, wgslExecutor } from "../src/execute/executors.ts";
import { compileFile, weightsFor } from "../src/execute/open-model.ts";
import { processPeak } from "../src/execute/process-peak.ts";
import { printMemory } from "../src/explain/readable.ts";
import { memoryOf } from "../src/limits/memory.ts";
import { Stream } from "../targets/stream.ts";
import { openDevice } from "../targets/wgsl/device.ts";
import { benchFront } from "./front.ts";
import { benchEditor, editorTable } from "./lsp.ts";
import { madeBy } from "./made-by.ts";
import { benchScanGrid } from "./scan/main.ts";
import { benchScan, type ScanTimes } from "./scan.ts";

type Flags = ExecutorFlags & {
  readonly chunk: number;
  readonly steps: number;
  readonly model: boolean;
  readonly scan: boolean;
  readonly editor: boolean;
  readonly only?: "scan";
  readonly quick?: boolean;
  readonly runs: number;
  readonly out: string;
};

/** The sizes at which other runtimes were measured: width 768, 12 layers, recurrence 768, MLP 2304, 6 heads of 128. */
const sizes = {
  width: 768,
  rnn_width: 768,
  depth: 12,
  heads: 6,
  head_dim: 128,
  hidden: 2304,
  gate_blocks: 6,
  window: 1024,
  vocab: 32_000,
};
const modelFile = new URL("../examples/griffin.eyrie", import.meta.url).pathname;

async function benchModel(
  executor: Executor,
  { chunk, steps, precision = "f32", schedules }: Flags,
) {
  const tuned = await schedulesRequest(schedules);
  const compiling = performance.now();
  const compiled = await compileFile(
    {
      ...{ model: modelFile, settings: sizes, chunk, precision, ...tuned },
      entries: ["prefill", "decode"],
    },
    executor.caps,
    executor.device,
  );
  const compileMs = performance.now() - compiling;
  const { weights } = await weightsFor(compiled, { seed: 1 });
  const loading = performance.now();
  let pipelinesFrom = 0;
  let pipelinesMs = 0;
  const session = await executor.load(compiled, weights, (done) => {
    if (done === 0) pipelinesFrom = performance.now();
    pipelinesMs = performance.now() - pipelinesFrom;
  });
  const loadMs = performance.now() - loading;
  const prompt = Array.from({ length: chunk }, (_, i) => (i * 7919) % sizes.vocab);
  const stream = Stream.open(session);
  // A driver may compile a kernel when it first runs: first calls are told by themselves.
  const firstPrefill = performance.now();
  await stream.feed([prompt], { outputs: ["token"] });
  const firstPrefillMs = performance.now() - firstPrefill;
  const prefillStart = performance.now();
  await stream.feed([prompt], { outputs: ["token"] });
  const prefillSeconds = (performance.now() - prefillStart) / 1000;
  const firstDecode = performance.now();
  await stream.step([1], { outputs: ["token"] });
  const firstDecodeMs = performance.now() - firstDecode;
  const decodeStart = performance.now();
  for (let i = 0; i < steps; i++) await stream.step([i], { outputs: ["token"] });
  const decodeSeconds = (performance.now() - decodeStart) / 1000;
  const memory = { device: session.memory?.() ?? null, process: processPeak() };
  stream.release();
  await session.release();
  const values = compiled.model.parameters.reduce(
    (sum, p) => sum + p.shape.reduce((a, b) => a * b, 1),
    0,
  );
  return {
    parameters: values,
    compileMs,
    loadMs,
    pipelinesMs,
    firstPrefillMs,
    firstDecodeMs,
    prefill: {
      ...counts(compiled.entries.prefill!.program),
      tokens: chunk,
      tokensPerSecond: chunk / prefillSeconds,
    },
    decode: {
      ...counts(compiled.entries.decode!.program),
      tokens: steps,
      tokensPerSecond: steps / decodeSeconds,
    },
    stored: precision,
    tuned: schedules !== undefined,
    memory,
    weightBytes: memoryOf(Object.values(compiled.entries).map((e) => e.program)).weights,
  };
}

function counts(program: Program<Kernel>) {
  const { read, written } = totalTraffic(program);
  const inLayers = program.steps.length;
  return {
    kernels: program.kernels.length,
    dispatches: inLayers,
    dispatchesPerLayer: inLayers / sizes.depth,
    bytesRead: read,
    bytesWritten: written,
    arenaBytes: program.slots.reduce((a, b) => a + b, 0),
  };
}

const made = madeBy("npm run bench");

const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

function table(
  info: string,
  model: Awaited<ReturnType<typeof benchModel>> | null,
  scans: readonly ScanTimes[],
): string {
  const lines = [`# ${info}`, "", made, ""];
  if (model) {
    lines.push(
      `Griffin, ${(model.parameters / 1e6).toFixed(0)} M parameters, ${model.stored}, ${model.tuned ? "tuned schedules, " : ""}random weights: text to kernels ${model.compileMs.toFixed(0)} ms (prefill and decode); weights drawn, uploaded and pipelines ready in ${model.loadMs.toFixed(0)} ms, of which pipelines ${model.pipelinesMs.toFixed(0)} ms; first prefill call ${model.firstPrefillMs.toFixed(0)} ms, first decode call ${model.firstDecodeMs.toFixed(0)} ms (software drivers compile a kernel when it first runs, and cache it on disk).`,
      "",
      "| entry | tokens/s | kernels | dispatches | a layer | read | written | arena |",
      "|---|---|---|---|---|---|---|---|",
      ...(["prefill", "decode"] as const).map((name) => {
        const e = model[name];
        return `| ${name} (${e.tokens} tokens) | ${e.tokensPerSecond.toFixed(2)} | ${e.kernels} | ${e.dispatches} | ${e.dispatchesPerLayer.toFixed(1)} | ${mib(e.bytesRead)} | ${mib(e.bytesWritten)} | ${mib(e.arenaBytes)} |`;
      }),
      "",
      "Dispatches a layer: all of the program's, embedding, output and sampling included, over 12. Bytes are counted by the plan.",
      "",
      `Memory, as allocated: ${printMemory(model.memory)}; a software adapter's is the process's, too.`,
      "",
    );
  }
  for (const s of scans) {
    const fastest = Math.min(...s.choices.map((c) => c.time.median));
    lines.push(
      `Scan, ${s.batch} × ${s.T} × ${s.D}, times in turn:`,
      "",
      "| schedule | median ms | least – most | to the fastest |",
      "|---|---|---|---|",
    );
    for (const c of s.choices)
      lines.push(
        `| ${c.schedule} | ${c.time.median.toFixed(1)} | ${c.time.least.toFixed(1)} – ${c.time.most.toFixed(1)} | ${(c.time.median / fastest).toFixed(2)} |`,
      );
    lines.push("");
  }
  return lines.join("\n");
}

const results = new URL("results/", import.meta.url);

/** Measures the model on CUDA, or on its emulator: the scan's schedules are compared through WebGPU alone. */
async function benchCuda(flags: Flags): Promise<void> {
  const executor = await openExecutor(executorRequest(flags));
  say(`on ${executor.describe}`);
  const model = await benchModel(executor, flags);
  write(executor.name, executor.describe, model, []);
  await executor.release();
}

function write(
  file: string,
  info: string,
  model: Awaited<ReturnType<typeof benchModel>> | null,
  scans: readonly ScanTimes[],
): void {
  const text = table(info, model, scans);
  print(text);
  const stored = model && model.stored !== "f32" ? `-${model.stored}` : "";
  const name = `${file}${stored}${model?.tuned ? "-tuned" : ""}`;
  writeFileSync(new URL(`${name}.md`, results), `${text}\n`);
  writeFileSync(
    new URL(`${name}.json`, results),
    `${JSON.stringify({ adapter: info, date: new Date().toISOString(), model, scans }, null, 2)}\n`,
  );
}

async function main(flags: Flags): Promise<void> {
  if (flags.only === "scan") return benchScanGrid(flags);
  mkdirSync(results, { recursive: true });
  if (flags.editor) {
    const text = `${await benchFront()}\n\n${editorTable(await benchEditor())}`;
    print(text);
    writeFileSync(new URL("editor.md", results), `# The language in use\n\n${made}\n\n${text}`);
  }
  if (!flags.scan && !flags.model) return;
  if (flags.executor !== "wgsl") return benchCuda(flags);
  const { adapter, precision } = flags;
  const opened = await openDevice({ f16: precision === "f16", ...(adapter ? { adapter } : {}) });
  say(`on ${opened.info}`);
  const scans: ScanTimes[] = [];
  if (flags.scan)
    for (const [batch, T, D] of [
      [1, 2048, 1024],
      [1, 2048, 100],
      [4, 512, 768],
    ] as const)
      scans.push(await benchScan(opened, batch, T, D, 7));
  const model = flags.model ? await benchModel(wgslExecutor(opened), flags) : null;
  write(opened.kind, opened.info, model, scans);
  await opened.release();
}

const program = new Command("bench");
executorOptions(program)
  .option("--chunk <n>", "tokens of the prefill", whole(1), 512)
  .option("--steps <n>", "tokens to decode", whole(1), 64)
  .addOption(
    new Option("--only <part>", "measure this alone, over a grid of sizes").choices(["scan"]),
  )
  .option("--quick", "with --only: few sizes")
  .option("--runs <n>", "with --only: runs of each that count", whole(1), 7)
  .option("--out <folder>", "with --only: where results go", results.pathname)
  .option("--no-model", "leave the 110 M model out")
  .option("--no-scan", "leave the scan out")
  .option("--no-editor", "leave the language server out")
  .action(main);
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}
process.exit();
