/** What a lane of a product works on, and the sums that it holds. Knows no loop. */
import type { Num, Val } from "../val.ts";
import type { Places } from "./product.ts";

export type LaneTile = {
  readonly batch: Places;
  /** In range; past the edge they repeat the last row. */
  readonly rows: readonly Val[];
  /** The first column of each group, in range. */
  readonly columns: readonly Val[];
  /** Turns of the loop over the terms: which is this lane's first, and how far the next is. */
  readonly from: Num;
  readonly step: Num;
  /** Terms a turn of the loop: one, four, or a whole group of a quantised operand. */
  readonly terms: number;
  /** Lanes of a subgroup that have the same rows and turns, and share what they read of the rows; 0: each reads for itself. */
  readonly sharedBy: number;
};

/** A row's terms from workgroup memory: the row, the first term, and how many. */
export type RowsHeld = (row: Val, term: Val, width: 1 | 4) => Val;

/** `v` so many times. */
export const times = (v: Num, n: number): Num => (typeof v === "number" ? v * n : v.times(n));

/** Sums by product, row and group; a group has four columns in the columns layout, else one. */
export type Sums = readonly (readonly (readonly Val[])[])[];

/** Every sum replaced; it is counted over all products, rows and groups. */
export function mapSums<A, B>(
  sums: readonly (readonly (readonly A[])[])[],
  change: (sum: A, count: number) => B,
): readonly (readonly (readonly B[])[])[] {
  let count = 0;
  return sums.map((rows) => rows.map((row) => row.map((sum) => change(sum, count++))));
}
