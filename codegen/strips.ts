/** Where the numbers of a parameter lie whose columns are kept in strips. Knows no kernel. */
import type { Node } from "../src/graph/graph.ts";
import type { Indices } from "./indices.ts";
import type { Val } from "./val.ts";

/** Columns of a strip of a node; null where its rows are whole. */
export const stripOf = (node: Node): number | null =>
  (node.op === "parameter" && node.attrs.strip) || null;

/** The place of the element `at`: strip after strip, each with all rows. */
export function placeInStrips(
  indices: Indices,
  at: readonly Val[],
  shape: readonly number[],
  strip: number,
): Val {
  const [column, row] = at.toReversed() as [Val, Val];
  const [columns = 1, rows = 1] = shape.toReversed();
  const sizes = [columns / strip, strip];
  const [which, within] = indices.unflatten(column, sizes) as [Val, Val];
  const matrix = at.slice(0, -2);
  return indices.flatten(
    [...matrix, which, row, within],
    [...shape.slice(0, -2), sizes[0]!, rows, strip],
  );
}
