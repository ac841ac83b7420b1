/** `npm run cuda:mutate`: whether the checks see broken CUDA kernels, recipe by recipe; writes bench/results/cuda-mutations.md. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildRuntime } from "../../../../targets/cuda/emulator/emulator.ts";
import { printCudaFile } from "../../../../targets/cuda/print.ts";
import { type Mutant, mutantsOf } from "./mutants.ts";
import { judgeAll } from "./pool.ts";
import { type Judgement, reportOf, scoreOf } from "./report.ts";
import { lower, type Subject } from "./subject.ts";
import { subjects } from "./subjects.ts";
import type { Job } from "./worker.ts";

/** The least share of mutants that must be caught. */
const least = 0.95;
/** Mutants that are compiled together. */
const together = 36;
/** Large kernels have hundreds of mutants of a kind that differ in nothing: so many of them, evenly spread. */
const mostOfAKind = 12;

function spread(mutants: readonly Mutant[], most: number): readonly number[] {
  const kinds = new Set(mutants.map((m) => m.kind));
  return [...kinds].flatMap((kind) => {
    const own = [...mutants.keys()].filter((i) => mutants[i]!.kind === kind);
    const count = Math.min(most, own.length);
    return Array.from({ length: count }, (_, i) => own[Math.floor((i * own.length) / count)]!);
  });
}

const chunks = <T>(all: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
    all.slice(i * size, (i + 1) * size),
  );

type Kernel = { readonly subject: Subject; readonly mutants: readonly Mutant[] };

/** Every kernel of the chosen subjects by "subject kernel", and the jobs that they make. */
function plan(only: string | undefined, most: number) {
  const kernels = new Map<string, Kernel>();
  const jobs = subjects.flatMap((make, at): readonly Job[] => {
    const subject = make();
    if (only !== undefined && !subject.name.includes(only)) return [];
    return lower(subject).kernels.flatMap(({ kernel }, i) => {
      const mutants = mutantsOf(printCudaFile([kernel]));
      kernels.set(`${at} ${i}`, { subject, mutants });
      return chunks(spread(mutants, most), together).map((m) => ({
        subject: at,
        kernel: i,
        mutants: m,
      }));
    });
  });
  return { kernels, jobs };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { only: { type: "string" }, all: { type: "boolean", default: false } },
  });
  const { kernels, jobs } = plan(values.only, values.all ? Infinity : mostOfAKind);
  const judgements: Judgement[] = [];
  let done = 0;
  await judgeAll(jobs, (job, verdicts) => {
    const { subject, mutants } = kernels.get(`${job.subject} ${job.kernel}`)!;
    for (const [i, verdict] of verdicts.entries())
      judgements.push({ subject: subject.name, mutant: mutants[job.mutants[i]!]!, verdict });
    process.stderr.write(`${++done} of ${jobs.length} jobs: ${subject.name}\n`);
  });
  const order = subjects.map((make) => make().name);
  const sorted = judgements.toSorted((a, b) => order.indexOf(a.subject) - order.indexOf(b.subject));
  const date = new Date().toISOString().slice(0, 10);
  const report = reportOf(sorted, `${date}; made by \`npm run cuda:mutate\`.`);
  process.stdout.write(`${report}\n`);
  if (values.only === undefined)
    writeFileSync(
      fileURLToPath(new URL("../../../../bench/results/cuda-mutations.md", import.meta.url)),
      report,
    );
  if (scoreOf(sorted) < least) process.exitCode = 1;
}

/** What is compiled once and never again stays out of the user's cache. */
async function withOwnCache(work: () => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "eyrie-mutants-"));
  process.env["XDG_CACHE_HOME"] = folder;
  try {
    await buildRuntime();
    await work();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await withOwnCache(main);
