/** Regions that work on a piece of something too large for one binding. Plain data; splits.ts makes them. */
import type { Node } from "../src/graph/graph.ts";
import type { Region } from "../src/passes/regions.ts";

/**
 * One piece of a parameter that is too large for a binding; its start comes from a tiny buffer, so that one kernel serves all
 * pieces of a size. `rows`: gathers from `table` read rows [start, start + size) of `parameters`, and only what they find is
 * stored. `columns`: the region's anchor is `whole` cut along `axis`; stores go to the whole's places.
 */
export type Split =
  | {
      readonly kind: "rows";
      readonly table: Node;
      /** One, or the two of a quantised one. */
      readonly parameters: readonly Node[];
      readonly size: number;
    }
  | { readonly kind: "columns"; readonly whole: Node; readonly axis: number };
export type SplitRegion = Region & { readonly split: Split };

/** How a region's parameter is split, if it is. */
export const splitOf = (region: Region): Split | null =>
  "split" in region ? (region as SplitRegion).split : null;
