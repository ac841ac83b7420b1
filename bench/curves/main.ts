/** `npm run bench:curves`: decode against context and prefill against length for MQA, Hawk and Griffin of one size; writes bench/results/curves.{md,svg,json}. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import {
  type ExecutorFlags,
  executorOptions,
  executorRequest,
  schedulesRequest,
  whole,
} from "../../src/cli/options.ts";
import { print, report, say } from "../../src/cli/terminal.ts";
import { type Executor, openExecutor } from "../../src/execute/executors.ts";
import { madeBy } from "../made-by.ts";
import { curvesChart, curvesPage, type Found } from "./report.ts";
import { decodeCurve, type Plan, prefillCurve } from "./run.ts";
import { type Curve, checksOf, doublings, type ModelName, models } from "./sizes.ts";

type Flags = ExecutorFlags & {
  readonly width: number;
  readonly chunk: number;
  readonly batch: number;
  readonly steps: number;
  readonly prefills: number;
  readonly longest: number;
  readonly longestPrompt: number;
  readonly longestMqaPrompt: number;
  readonly out: string;
};

async function curvesOf(executor: Executor, name: ModelName, plan: Plan, mqaPrompt: number) {
  say(`${name}: steps of one row`);
  const one = await decodeCurve(executor, name, plan, 1);
  say(`${name}: steps of ${plan.batch} rows`);
  const many = await decodeCurve(executor, name, plan, plan.batch);
  say(`${name}: prefill`);
  const lengths = plan.lengths.filter((n) => name !== "mqa" || n <= mqaPrompt);
  const prefill = await prefillCurve(executor, name, { ...plan, lengths });
  return { latency: one.curve, batched: many.curve, prefill, parameters: one.parameters };
}

/** Without the schedules, which have a file of their own. */
function jsonOf(found: Found): string {
  const { request, ...plan } = found.plan;
  const tuned = request.schedules !== undefined;
  const { precision } = request;
  return `${JSON.stringify({ ...found, plan: { ...plan, precision, tuned } }, null, 2)}\n`;
}

async function main(flags: Flags): Promise<void> {
  const { width, chunk, batch, steps, prefills, out } = flags;
  const precision = flags.precision ?? "f32";
  const request = { precision, ...(await schedulesRequest(flags.schedules)) };
  const plan: Plan = {
    ...{ width, chunk, batch, steps, prefills, request },
    contexts: doublings(1024, flags.longest),
    lengths: doublings(1024, flags.longestPrompt),
  };
  const executor = await openExecutor(executorRequest(flags));
  say(`on ${executor.describe}`);
  const all = new Map<ModelName, Awaited<ReturnType<typeof curvesOf>>>();
  for (const name of models)
    all.set(name, await curvesOf(executor, name, plan, flags.longestMqaPrompt));
  const of = <T>(f: (m: Awaited<ReturnType<typeof curvesOf>>) => T) =>
    Object.fromEntries(models.map((m) => [m, f(all.get(m)!)])) as Record<ModelName, T>;
  const curves = {
    latency: of<Curve>((m) => m.latency),
    batched: of<Curve>((m) => m.batched),
    prefill: of<Curve>((m) => m.prefill),
  };
  const found: Found = {
    ...{ info: executor.describe, made: madeBy("npm run bench:curves"), plan, curves },
    parameters: of((m) => m.parameters),
    checks: checksOf(curves),
  };
  const text = curvesPage(found);
  print(text);
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "curves.md"), text);
  writeFileSync(join(out, "curves.svg"), curvesChart(found));
  writeFileSync(join(out, "curves.json"), jsonOf(found));
  await executor.release();
}

const program = executorOptions(new Command("bench:curves"))
  .option("--width <n>", "width of the models, a multiple of 64", whole(64), 128)
  .option("--chunk <n>", "tokens that a prefill reads at a time", whole(1), 512)
  .option("--batch <n>", "rows side by side for the throughput", whole(1), 4)
  .option("--steps <n>", "steps at each context", whole(1), 25)
  .option("--prefills <n>", "prefills of each length", whole(1), 3)
  .option("--longest <n>", "longest context, 1 024 times a power of two", whole(1024), 32_768)
  .option("--longest-prompt <n>", "longest prompt", whole(1024), 16_384)
  .option("--longest-mqa-prompt <n>", "longest prompt of MQA", whole(1024), 4096)
  .option("--out <folder>", "where results go", new URL("../results", import.meta.url).pathname)
  .action(main);
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}
process.exit();
