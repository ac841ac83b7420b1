/** A rough guess at what kernels cost, good enough to leave out what is hopeless. Knows no recipe and no device's speed. */
import type { Caps, Kernel } from "../../codegen/kernel.ts";
import type { Lowered } from "../../codegen/recipe.ts";
import { mostTurnsOf, visitCounted } from "../../codegen/turns.ts";

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

function accesses({ body }: Kernel): number {
  let count = 0;
  visitCounted(
    body,
    mostTurnsOf,
    (e, times) => {
      if (e.kind === "load") count += times;
    },
    (s, times) => {
      if (s.kind === "store" || s.kind === "copy") count += times;
    },
  );
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
