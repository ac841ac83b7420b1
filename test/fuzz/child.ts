/** Throws batches of texts at the language, one batch a seed, and tells its parent where it is and what broke. */
import fc from "fast-check";
import { type Ending, probe } from "./probe.ts";
import { texts } from "./texts.ts";

/** Which seeds: `first`, `first + stride`, … as many as `seeds`; the first `skip` texts of the first are left out. */
export type Work = {
  readonly first: number;
  readonly skip: number;
  readonly seeds: number;
  readonly stride: number;
  readonly batch: number;
};
export type Report =
  | { readonly kind: "start"; readonly seed: number; readonly index: number }
  | {
      readonly kind: "batch";
      readonly endings: Readonly<Record<Ending, number>>;
      readonly slowest: number;
      readonly slow: string;
    }
  | {
      readonly kind: "crash";
      readonly seed: number;
      readonly index: number;
      readonly text: string;
      readonly error: string;
    }
  | { readonly kind: "done" };

/** The texts of one seed; the same wherever they are asked for. */
export const batchOf = (seed: number, batch: number): readonly string[] =>
  fc.sample(texts, { seed, numRuns: batch });

const failure = (text: string): string | null => {
  try {
    probe(text);
    return null;
  } catch (error) {
    return String((error as Error).stack ?? error);
  }
};
const firstLine = (error: string): string => error.split("\n")[0]!;

/** The same failure from less text: pieces are left out, large ones first, as long as it fails in the same words. */
function shrink(text: string, error: string): string {
  let small = text;
  for (let size = small.length >> 1; size >= 1; size >>= 1)
    for (let at = 0; at < small.length; ) {
      const less = small.slice(0, at) + small.slice(at + size);
      const still = failure(less);
      if (still !== null && firstLine(still) === firstLine(error)) small = less;
      else at += size;
    }
  return small;
}

/** A text's ending and time; what it threw is told. */
function throwAt(
  text: string,
  seed: number,
  index: number,
): { ending: Ending | null; took: number } {
  tell({ kind: "start", seed, index });
  const started = performance.now();
  try {
    return { ending: probe(text), took: performance.now() - started };
  } catch (caught) {
    const error = String((caught as Error).stack ?? caught);
    const short = text.length < 20_000 ? shrink(text, error) : text;
    tell({ kind: "crash", seed, index, text: short, error });
    return { ending: null, took: performance.now() - started };
  }
}

const tell = (report: Report): void => void process.send?.(report);

async function run({ first, skip, seeds, stride, batch }: Work): Promise<void> {
  for (let round = 0; round < seeds; round++) {
    const seed = first + round * stride;
    const endings = { diagnostics: 0, model: 0, blocks: 0 };
    let [slowest, slow] = [0, ""];
    batchOf(seed, batch).forEach((text, index) => {
      if (round === 0 && index < skip) return;
      const { ending, took } = throwAt(text, seed, index);
      if (ending !== null) endings[ending]++;
      if (took > slowest) [slowest, slow] = [took, text.slice(0, 400)];
    });
    tell({ kind: "batch", endings, slowest, slow });
    // Between batches the end of the parent is noticed.
    await new Promise(setImmediate);
  }
  tell({ kind: "done" });
}

process.on("disconnect", () => process.exit());
process.on("message", (work: Work) => void run(work));
