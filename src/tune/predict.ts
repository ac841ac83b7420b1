/** A rough guess at what kernels cost, good enough to leave out what is hopeless. Knows no recipe and no device's speed. */
import type { Caps, Kernel, Stmt } from "../../codegen/kernel.ts";
import type { Lowered } from "../../codegen/recipe.ts";
import { mostTurnsOf } from "../../codegen/turns.ts";
import { visit } from "../../codegen/visit.ts";

/**
 * Loads and stores of a lane, one after another, times how often the device has to begin anew with as many lanes as it keeps
 * busy. Null where a loop's turns are known only when it runs.
 */
export function guessCost({ kernels }: Lowered, { busyLanes }: Caps): number | null {
  const costs = kernels.map(({ kernel, grid }) => {
    const lanes = kernel.workgroupSize * grid.reduce((a, b) => a * b, 1);
    return accesses(kernel) * Math.max(1, lanes / busyLanes);
  });
  const total = costs.reduce((a, b) => a + b, 0);
  return Number.isFinite(total) ? total : null;
}

/** As if the lane took every branch. */
function accesses({ body }: Kernel): number {
  let count = 0;
  const walk = (statements: readonly Stmt[], times: number): void => {
    for (const s of statements) {
      if (s.kind === "for") walk(s.body, times * mostTurnsOf(s));
      else if (s.kind === "if") for (const inner of [s.then, s.otherwise]) walk(inner, times);
      else
        visit(
          [s],
          (e) => {
            if (e.kind === "load") count += times;
          },
          (t) => {
            if (t.kind === "store" || t.kind === "copy") count += times;
          },
        );
    }
  };
  walk(body, 1);
  return count;
}

/** Costlier than the cheapest by this: not worth a measurement. */
const hopeless = 16;

/**
 * The numbers of the choices that are worth a measurement: the first, then the others by their costs, or as they are where one
 * of them cannot be guessed.
 */
export function worthMeasuring(costs: readonly (number | null)[]): readonly number[] {
  const known = costs.filter((cost) => cost !== null);
  const least = Math.min(...known);
  const others = costs.flatMap((cost, i) =>
    i > 0 && (cost === null || cost <= hopeless * least) ? [i] : [],
  );
  return known.length < costs.length
    ? [0, ...others]
    : [0, ...others.toSorted((a, b) => costs[a]! - costs[b]!)];
}
