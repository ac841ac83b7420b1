/**
 * Sums of products with a quantised operand: whole numbers are summed over a group of terms first, and their scale is taken once
 * a group. Knows nothing of who else works on the same product.
 */
import { groupSize } from "../../src/graph/quantize.ts";
import type { RegionIO } from "../access.ts";
import { packedOf, readBlock, readScales } from "../dequantize.ts";
import { blockTerms } from "../packing.ts";
import { fma, literal } from "../val.ts";
import { leftTerms } from "./left-terms.ts";
import { indexOf, join, type Product, unflatten } from "./product.ts";
import { type LaneTile, mapSums, type RowsHeld, type Sums, times } from "./sums.ts";

/** The sums of a lane's tile of each product; its turns are groups. */
export function sumGroups(
  io: RegionIO,
  products: readonly Product[],
  tile: LaneTile,
  rowsHeld: RowsHeld | null,
): Sums {
  const k = io.k;
  const p = products[0]!;
  const inBlock = blockTerms(packedOf(p.right.node).quantized.bits);
  const { rows } = tile;
  const leftsAt = leftTerms(io, p, tile, rowsHeld);
  const columns = tile.columns.map((column) =>
    join(tile.batch, unflatten(io, column, p.axes.columns)),
  );
  const zeros = (name: string) =>
    products.map(() =>
      rows.map((_, i) =>
        columns.map((_, j) => k.variable(`${name}_${i}_${j}`, literal(0, "f32", 4))),
      ),
    );
  const sums = zeros("sum");
  k.loop("group", times(tile.from, groupSize), p.K, times(tile.step, groupSize), (group) => {
    const parts = zeros("part");
    const end = p.K % groupSize === 0 ? group.plus(groupSize) : group.plus(groupSize).atMost(p.K);
    k.loop("term", group, end, inBlock, (term) => {
      const lefts = leftsAt(term, inBlock);
      const inner = unflatten(io, term, p.axes.inner);
      for (const [n, q] of products.entries())
        for (const [j, column] of columns.entries()) {
          const block = readBlock(io.packed, q.right.node, indexOf(q.right, join(column, inner)));
          for (const [u, numbers] of block.entries()) {
            const right = k.let("right", numbers);
            for (const [i] of rows.entries())
              k.accumulate(parts[n]![i]![j]!, (now) => fma(lefts[i]!.at(u), right, now));
          }
        }
    });
    const inner = unflatten(io, group, p.axes.inner);
    for (const [n, q] of products.entries())
      for (const [j, column] of columns.entries()) {
        const scales = readScales(io.packed, q.right.node, indexOf(q.right, join(column, inner)));
        for (const [i] of rows.entries()) {
          const part = parts[n]![i]![j]!.get();
          k.accumulate(sums[n]![i]![j]!, (now) => fma(part, scales, now));
        }
      }
  });
  return mapSums(sums, (sum) => sum.get());
}
