/** Finds the fastest of several programs that compute the same. Knows no device: whoever opens the programs times them. */
import type { Tensors } from "../../targets/tensor.ts";
import { CompilerBug } from "../graph/bug.ts";
import { differenceOf } from "./agreement.ts";
import { median } from "./median.ts";

/** A program on a device, ready to be timed. */
export type Trial = {
  /** Runs once, and gives everything that it wrote. */
  run(): Promise<Tensors>;
  /** Microseconds of one run, of `times` in a row. */
  time(times: number): Promise<number>;
  release(): Promise<void>;
};

export type Contest = {
  /** How many programs there are; the first is the one that is used where nothing is measured. */
  readonly count: number;
  readonly open: (number: number) => Promise<Trial>;
  /** Milliseconds; the first is measured whatever it takes, others while there is time left. */
  readonly budget: number;
  readonly now: () => number;
  readonly isStopped: () => boolean;
  /** Told the best so far. */
  readonly onBest?: (microseconds: number) => void;
};

export type Result = {
  /** Number of the fastest. */
  readonly best: number;
  readonly microseconds: number;
  /** What the first took. */
  readonly first: number;
  readonly tried: number;
  /** Those that were left out because they do not work, and why. */
  readonly dropped: readonly { readonly number: number; readonly why: string }[];
};

/** A measurement of so many microseconds is not hurt by what clocks and timestamps round off. */
const longEnough = 4000;
const mostTimes = 500;
/** Slower than the best by this after one run, or two: no more are made. */
const hopeless = [3, 2] as const;
/** Within this of the best, and at most so many: measured again in turn, because machines drift. */
const close = 1.25;
const mostFinalists = 3;
const rounds = { first: 5, final: 5 } as const;
/** The part of the time that is kept for that. */
const forFinals = 0.25;
/** The first stays unless another saves more than this part of its time. */
const worthwhile = 0.05;

type Runner = {
  readonly number: number;
  readonly trial: Trial;
  readonly times: number;
  readonly microseconds: number;
};

/** Null where it was stopped before it was done. Throws where the first program does not work. */
export async function findFastest(contest: Contest): Promise<Result | null> {
  const { count, now, budget, isStopped } = contest;
  const started = now();
  const open = new Set<Trial>();
  const release = async (trial: Trial) => {
    open.delete(trial);
    await trial.release();
  };
  const dropped: Result["dropped"][number][] = [];
  let runners: readonly Runner[] = [];
  let reference: Tensors | null = null;
  let tried = 0;
  try {
    for (let number = 0; number < count; number++) {
      if (isStopped()) return null;
      if (number > 0 && now() - started > (1 - forFinals) * budget) break;
      const best = Math.min(...runners.map((r) => r.microseconds));
      const made = await attempt(contest, number, reference, open);
      if ("why" in made) {
        dropped.push({ number, why: made.why });
        continue;
      }
      reference ??= made.outputs;
      tried++;
      const runner = { number, trial: made.trial, ...(await heat(made.trial, best, contest)) };
      if (runner.microseconds < best) contest.onBest?.(runner.microseconds);
      const kept = finalists([...runners, runner]);
      for (const { trial } of [...runners, runner])
        if (!kept.some((r) => r.trial === trial)) await release(trial);
      runners = kept;
    }
    if (isStopped()) return null;
    const placed = await finalsOf(runners, () => now() - started > budget);
    return { ...winnerOf(placed), tried, dropped };
  } finally {
    for (const trial of open) await trial.release();
  }
}

/** Opens a program, runs it once, which compiles it on some drivers, and compares what it computes. */
async function attempt(
  { open: openTrial }: Contest,
  number: number,
  reference: Tensors | null,
  open: Set<Trial>,
): Promise<{ readonly trial: Trial; readonly outputs: Tensors } | { readonly why: string }> {
  try {
    const trial = await openTrial(number);
    open.add(trial);
    const outputs = await trial.run();
    const why = reference && differenceOf(outputs, reference);
    if (!why) return { trial, outputs };
    open.delete(trial);
    await trial.release();
    return { why };
  } catch (error) {
    if (number > 0 && error instanceof CompilerBug) return { why: error.message };
    throw error;
  }
}

/** A few measurements: one or two where it is clearly worse than `best`. */
async function heat(trial: Trial, best: number, { now, budget }: Contest) {
  const started = now();
  const once = await trial.time(1);
  const times = Math.min(mostTimes, Math.max(1, Math.ceil(longEnough / Math.max(once, 1))));
  const runs: number[] = times === 1 ? [once] : [];
  while (runs.length < rounds.first) {
    const [afterOne, afterTwo] = hopeless;
    const slower = Math.min(...runs) / best;
    if (runs.length >= 1 && slower > (runs.length === 1 ? afterOne : afterTwo)) break;
    if (runs.length >= 2 && now() - started > budget / 5) break;
    runs.push(await trial.time(times));
  }
  return { times, microseconds: median(runs) };
}

/** The first, and the fastest of those that are close to the fastest. */
function finalists(runners: readonly Runner[]): readonly Runner[] {
  const best = Math.min(...runners.map((r) => r.microseconds));
  const near = runners
    .filter((r) => r.microseconds <= close * best)
    .toSorted((a, b) => a.microseconds - b.microseconds)
    .slice(0, mostFinalists);
  return runners.filter((r) => r.number === 0 || near.includes(r));
}

/** The first and those close to the best are measured again, one after another and over again; nothing where that is one. */
async function finalsOf(
  runners: readonly Runner[],
  isLate: () => boolean,
): Promise<readonly Runner[]> {
  const best = Math.min(...runners.map((r) => r.microseconds));
  const near = runners.filter((r) => r.number === 0 || r.microseconds <= close * best);
  if (near.length < 2) return runners;
  const runs = new Map(near.map((r) => [r, [] as number[]]));
  for (let round = 0; round < rounds.final && !(round >= 2 && isLate()); round++)
    for (const [{ trial, times }, own] of runs) own.push(await trial.time(times));
  return near.map((r) => ({ ...r, microseconds: median(runs.get(r)!) }));
}

function winnerOf(runners: readonly Runner[]): Pick<Result, "best" | "microseconds" | "first"> {
  const [first] = runners as readonly [Runner, ...Runner[]];
  const fastest = runners.reduce((a, b) => (b.microseconds < a.microseconds ? b : a));
  const { number: best, microseconds } =
    fastest.microseconds < (1 - worthwhile) * first.microseconds ? fastest : first;
  return { best, microseconds, first: first.microseconds };
}
