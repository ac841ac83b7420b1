/** Medians of repeated runs. */
export type Timing = {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly runs: number;
};

/** Milliseconds of `work`, after one run that does not count. */
export async function time(runs: number, work: () => Promise<void>): Promise<Timing> {
  await work();
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return summarise(times);
}

/** Runs the works in turn, A B A B …, so that a drifting machine changes all of them alike. */
export async function timeInTurn(
  runs: number,
  works: readonly (() => Promise<void>)[],
): Promise<readonly Timing[]> {
  for (const work of works) await work();
  const times: number[][] = works.map(() => []);
  for (let i = 0; i < runs; i++)
    for (const [j, work] of works.entries()) {
      const start = performance.now();
      await work();
      times[j]?.push(performance.now() - start);
    }
  return times.map(summarise);
}

function summarise(times: readonly number[]): Timing {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (i: number) => sorted[i] ?? Number.NaN;
  return {
    median: at(Math.floor(sorted.length / 2)),
    least: at(0),
    most: at(sorted.length - 1),
    runs: times.length,
  };
}
