/** How tiles of a product are read and written four numbers at a time, whatever lies past the edges. Knows no tile. */
import type { RegionIO } from "../access.ts";
import { select, type Val, vector } from "../val.ts";
import {
  indexOf,
  join,
  type Layout,
  type Places,
  type Product,
  readRight,
  unflatten,
  writeGroup,
} from "./product.ts";

/** Four terms of a row of the left operand, zero past the last term; rows past the edge repeat the last. */
export function leftQuads(
  io: RegionIO,
  p: Product,
  layout: Layout,
  batch: Places,
  wholeTiles: boolean,
) {
  const k = io.k;
  const read = io.read(p.left.node);
  const width = layout.innerByFour ? 4 : 1;
  return (row: Val, first: Val): Val => {
    const place = join(batch, unflatten(io, k.let("row_read", row.atMost(p.M - 1)), p.axes.rows));
    const parts = Array.from({ length: 4 / width }, (_, u) => {
      const term = first.plus(u);
      const inside = wholeTiles ? term : k.let("term_read", term.atMost(p.K - width));
      const value = read(indexOf(p.left, join(place, unflatten(io, inside, p.axes.inner))), width);
      return wholeTiles ? value : select(term.below(p.K), value, 0);
    });
    return vector(parts);
  };
}

/** One term of four columns of the right operand; past either edge the last is repeated: its results are not kept. */
export function rightQuads(io: RegionIO, p: Product, layout: Layout, batch: Places) {
  const k = io.k;
  const read = readRight(io, p, layout);
  const width = layout.kind === "columns" ? 4 : 1;
  return (term: Val, first: Val): Val => {
    const inner = join(
      batch,
      unflatten(io, k.let("term_read", term.atMost(p.K - 1)), p.axes.inner),
    );
    const parts = Array.from({ length: 4 / width }, (_, u) => {
      const column = k.let("column_read", first.plus(u).atMost(p.N - width));
      return read(indexOf(p.right, join(inner, unflatten(io, column, p.axes.columns))), width);
    });
    return vector(parts);
  };
}

/** Writes four neighbouring columns of a row of each product, where they exist. */
export function writeRow(
  io: RegionIO,
  products: readonly Product[],
  layout: Layout,
  batch: Places,
  row: Val,
  column: Val,
  sums: readonly Val[],
): void {
  const k = io.k;
  const p = products[0]!;
  const width = layout.kind === "columns" ? 4 : 1;
  const places = join(batch, unflatten(io, row, p.axes.rows));
  for (let c = 0; c < 4; c += width) {
    const at = k.let("column", column.plus(c));
    const values = sums.map((sum) => (width === 4 ? sum : sum.component(c)));
    k.when(row.below(p.M).and(at.below(p.N)), () =>
      writeGroup(io, products, join(places, unflatten(io, at, p.axes.columns)), values),
    );
  }
}
