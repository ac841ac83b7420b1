/** Repeated runs and what is said of them: median, quartiles, least and most. */
export type Timing = {
  readonly median: number;
  /** A quarter of the runs took no longer, and a quarter no less. */
  readonly quartiles: readonly [number, number];
  readonly least: number;
  readonly most: number;
  readonly runs: number;
};

/** Milliseconds of `work`, after one run that does not count. */
export async function time(runs: number, work: () => Promise<void>): Promise<Timing> {
  const [timing] = await timeInTurn(runs, [work]);
  return timing!;
}

/** Runs the works in turn, A B A B …, so that a drifting machine changes all of them alike. */
export async function timeInTurn(
  runs: number,
  works: readonly (() => Promise<void>)[],
): Promise<readonly Timing[]> {
  return inTurn(
    runs,
    works.map((work) => async () => {
      const start = performance.now();
      await work();
      return performance.now() - start;
    }),
  );
}

/** The same for works that measure themselves, in milliseconds; the first run of each does not count. */
export async function inTurn(
  runs: number,
  works: readonly (() => Promise<number>)[],
): Promise<readonly Timing[]> {
  for (const work of works) await work();
  const times: number[][] = works.map(() => []);
  for (let i = 0; i < runs; i++)
    for (const [j, work] of works.entries()) times[j]!.push(await work());
  return times.map(summarise);
}

/** NaN everywhere where there was no run. */
export function summarise(times: readonly number[]): Timing {
  const sorted = times.toSorted((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.75)],
    least: quantile(sorted, 0),
    most: quantile(sorted, 1),
    runs: times.length,
  };
}

/** Between neighbours in proportion; `sorted` from least to most. */
export function quantile(sorted: readonly number[], q: number): number {
  const at = q * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}

/** The largest difference, to the largest of what was expected; infinite where sizes differ or a number is none. */
export function relativeError(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const d = Math.abs(found[i]! - expected[i]!);
    if (!Number.isFinite(d)) return Number.POSITIVE_INFINITY;
    difference = Math.max(difference, d);
    largest = Math.max(largest, Math.abs(expected[i]!));
  }
  return difference === 0 ? 0 : difference / largest;
}
