/** `npm run fuzz -- --runs N`: any text must end in diagnostics or a model, in bounded time and memory. What does not is written to test/fuzz/found. */
import { fork } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { Command } from "commander";
import { whole } from "../../src/cli/options.ts";
import { batchOf, type Report, type Work } from "./child.ts";
import { probe } from "./probe.ts";

const batch = 100;
/** Longest time for one text on a busy machine, and the memory that a worker may take. */
const limits = { milliseconds: 5_000, megabytes: 1_024 };
const found = new URL("found/", import.meta.url).pathname;

type Flags = { readonly runs: number; readonly seed: number; readonly only?: number };
const totals = { runs: 0, diagnostics: 0, model: 0, blocks: 0, crashes: 0, hangs: 0, slowest: 0 };
let slowText = "";

function keep(kind: string, seed: number, index: number, text: string, why: string): void {
  mkdirSync(found, { recursive: true });
  const name = `${kind}-${seed}-${index}`;
  writeFileSync(`${found}${name}.eyrie`, text);
  writeFileSync(`${found}${name}.txt`, `${why}\n`);
  process.stdout.write(
    `\n${kind}: seed ${seed}, text ${index}: ${why.split("\n")[0]}\n  test/fuzz/found/${name}.eyrie\n`,
  );
}

function count(report: Report): void {
  if (report.kind === "crash") {
    totals.crashes++;
    keep("crash", report.seed, report.index, report.text, report.error);
  } else if (report.kind === "batch") {
    for (const [ending, n] of Object.entries(report.endings))
      totals[ending as keyof typeof report.endings] += n;
    if (report.slowest > totals.slowest) [totals.slowest, slowText] = [report.slowest, report.slow];
  }
}

/** Runs a process's share of the seeds; one that hangs or dies is replaced by one that goes on behind the text that did it. */
function share(first: number, stride: number, seeds: number, skip = 0): Promise<void> {
  if (seeds <= 0) return Promise.resolve();
  const work: Work = { first, skip, seeds, stride, batch };
  const execArgv = [...process.execArgv, `--max-old-space-size=${limits.megabytes}`];
  const child = fork(new URL("child.ts", import.meta.url), { execArgv });
  child.send(work);
  return new Promise((done) => {
    let at = { seed: first, index: skip, since: Number.POSITIVE_INFINITY };
    let why = "";
    const watch = setInterval(() => {
      if (Date.now() - at.since < limits.milliseconds) return;
      why = `longer than ${limits.milliseconds} ms`;
      child.kill("SIGKILL");
    }, 200);
    child.on("message", (report: Report) => {
      if (report.kind === "start") {
        totals.runs++;
        at = { ...report, since: Date.now() };
      } else if (report.kind === "done") child.disconnect();
      else count(report);
    });
    child.on("exit", (code, signal) => {
      clearInterval(watch);
      if (code === 0) return done();
      const { seed, index } = at;
      totals.hangs++;
      const text = batchOf(seed, batch)[index]!;
      keep("hang", seed, index, text, why || `the process ended: ${code ?? signal}`);
      done(share(seed, stride, seeds - (seed - first) / stride, index + 1));
    });
  });
}

async function fuzz({ runs, seed, only }: Flags): Promise<void> {
  if (only !== undefined) {
    const text = batchOf(seed, batch)[only] ?? "";
    process.stdout.write(`${text}\n\n${probe(text)}\n`);
    return;
  }
  const batches = Math.ceil(runs / batch);
  const workers = Math.min(availableParallelism(), batches);
  const started = Date.now();
  const shown = setInterval(() => {
    process.stderr.write(
      `\r${totals.runs} of ${batches * batch} texts, ${totals.crashes} crashes, ${totals.hangs} hangs `,
    );
  }, 1_000);
  await Promise.all(
    Array.from({ length: workers }, (_, i) =>
      share(seed + i, workers, Math.ceil((batches - i) / workers)),
    ),
  );
  clearInterval(shown);
  const seconds = Math.round((Date.now() - started) / 1000);
  process.stdout.write(
    `\nseeds ${seed}…${seed + batches - 1}, ${totals.runs} texts in ${seconds} s: ${totals.diagnostics} ended in diagnostics, ${totals.model} in a model, ${totals.blocks} in blocks alone\n` +
      `slowest ${Math.round(totals.slowest)} ms: ${JSON.stringify(slowText.slice(0, 160))}\n` +
      `${totals.crashes} crashes, ${totals.hangs} hangs\n`,
  );
  process.exitCode = totals.crashes + totals.hangs > 0 ? 1 : 0;
}

await new Command("fuzz")
  .description("throw texts at the model language")
  .option("--runs <n>", "texts", whole(1), 2_000)
  .option("--seed <n>", "first seed; each stands for 100 texts", whole(0), 1)
  .option("--only <n>", "show and try one text of the first seed", whole(0))
  .action(fuzz)
  .parseAsync();
