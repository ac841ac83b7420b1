/**
 * Products for devices whose lanes' loads are dear: a subgroup owns a few rows of four columns a lane. Each lane loads four
 * terms of its own row and of its own columns; all get each row's terms from the lane that loaded them, so that a number of the
 * left operand is loaded once a subgroup and one of the right operand once for all rows.
 * Seen on lavapipe, which loads a lane's number in about seven instructions and broadcasts one in one: CPU milliseconds of
 * 512×768×2304, interleaved, least of 7: 93 with 16 rows, 130 with 8, 256 with registerTiles' 4×3.
 */
import type { Region } from "../../src/passes/regions.ts";
import { RegionIO } from "../access.ts";
import { linearWorkgroups } from "../grid.ts";
import type { Caps } from "../kernel.ts";
import type { LoweredKernel } from "../recipe.ts";
import { fma, literal, spread, type Val, vector } from "../val.ts";
import {
  indexOf,
  join,
  type Layout,
  layoutOfAll,
  type Places,
  type Product,
  productsOf,
  readRight,
  unflatten,
} from "./product.ts";
import { leftQuads } from "./staging.ts";
import type { Sums } from "./sums.ts";
import { writeTileInTurn } from "./tile.ts";

export type SharedRows = { readonly sharedRows: number };

/** Terms that a lane loads at once, and columns that it owns. */
const quad = 4;

/**
 * Best first; rows that are not there would be computed in vain. Of two products side by side 16 rows are 0.92 of the time of 8,
 * though so many sums do not fit into registers.
 */
export function waysToShareRows(region: Region, caps: Caps): readonly SharedRows[] {
  const products = productsOf(region);
  const { M, N, K } = products[0]!;
  const { kind } = layoutOfAll(new RegionIO(region), products);
  if (caps.barriers === "cheap" || !caps.subgroup || kind === "scalar") return [];
  if (K % quad !== 0 || N % quad !== 0) return [];
  const [most, least] = products.length <= 2 ? [16, 8] : [8, 4];
  return (M < most ? [least] : [most, least]).map((sharedRows) => ({ sharedRows }));
}

/** Which rows and columns a subgroup computes; `read`: a lane's columns, or the last that there are. */
type Tile = {
  readonly batch: Places;
  readonly top: Val;
  readonly column: Val;
  readonly read: Val;
  readonly whole: { readonly rows: boolean; readonly columns: boolean };
};

/** Tiles of a product across and down, the lanes of each and its rows. */
type Cut = Readonly<Record<"across" | "down" | "size" | "sharedRows", number>>;

export function shareRows(
  region: Region,
  caps: Caps,
  { size }: NonNullable<Caps["subgroup"]>,
  { sharedRows }: SharedRows,
): LoweredKernel {
  const io = new RegionIO(region);
  const products = productsOf(region);
  const p = products[0]!;
  const across = Math.ceil(p.N / (quad * size));
  const down = Math.ceil(p.M / sharedRows);
  const count = across * down * p.batch;
  const { number, grid, exact } = linearWorkgroups(io, caps, count);
  // Subgroups are whole: the lanes of a workgroup without work leave together.
  io.k.when(exact ? literal(1, "bool") : number.below(count), () => {
    const tile = tileOf(io, p, number, { across, down, size, sharedRows });
    const { batch, top, column, whole } = tile;
    const sums = sumRows(io, products, tile, size, sharedRows);
    const row = (i: Val) => top.plus(i);
    writeTileInTurn(io, products, batch, row, () => column, sums, whole);
  });
  return io.finish(`${region.name}_product`, size, grid);
}

/** Neighbouring workgroups share the columns, whose terms do not lie together in memory, and find them in a cache. */
function tileOf(
  io: RegionIO,
  p: Product,
  number: Val,
  { across, down, size, sharedRows }: Cut,
): Tile {
  const k = io.k;
  const strip = k.let("strip", number.over(down));
  const top = k.let("top", number.modulo(down).times(sharedRows));
  const left = (p.batch === 1 ? strip : strip.modulo(across)).times(quad * size);
  const product = p.batch === 1 ? literal(0, "u32") : k.let("product", strip.over(across));
  const column = k.let("column", left.plus(k.builtin("subgroup_lane").times(quad)));
  const whole = { rows: down * sharedRows === p.M, columns: across * quad * size === p.N };
  const read = whole.columns ? column : k.let("column_read", column.atMost(p.N - quad));
  return { batch: unflatten(io, product, p.axes.batch), top, column, read, whole };
}

/** Of each product and row of the tile, one lane's four columns. */
function sumRows(
  io: RegionIO,
  products: readonly Product[],
  { batch, top, read }: Tile,
  size: number,
  sharedRows: number,
): Sums {
  const k = io.k;
  const layout = layoutOfAll(io, products);
  const sums = products.map(() =>
    Array.from({ length: sharedRows }, (_, i) => k.variable(`sum_${i}`, literal(0, "f32", quad))),
  );
  const leftAt = leftQuads(io, products[0]!, layout, batch, true);
  const owners = Array.from({ length: Math.ceil(sharedRows / size) }, (_, i) =>
    k.let("own_row", top.plus(k.builtin("subgroup_lane")).plus(i * size)),
  );
  k.loop("term", 0, products[0]!.K, quad, (term) => {
    const lefts = owners.map((row) => k.let("left", leftAt(row, term)));
    const rights = products.map((q) => termsOfColumns(io, q, layout, batch, term, read));
    for (let i = 0; i < sharedRows; i++) {
      const of = k.subgroup("broadcast", lefts[Math.floor(i / size)]!, i % size);
      for (const [n, ofProduct] of sums.entries())
        for (const [u, right] of rights[n]!.entries())
          k.accumulate(ofProduct[i]!, (now) => fma(spread(of.component(u), quad), right, now));
    }
  });
  return sums.map((ofProduct) => ofProduct.map((sum) => [sum.get()]));
}

/** Four terms of a lane's four columns: a vector of columns for each term. */
function termsOfColumns(
  io: RegionIO,
  q: Product,
  layout: Layout,
  batch: Places,
  term: Val,
  column: Val,
): readonly Val[] {
  const k = io.k;
  const read = readRight(io, q, layout);
  const steps = [0, 1, 2, 3];
  const at = (t: Val, c: Val) =>
    indexOf(q.right, join(batch, unflatten(io, t, q.axes.inner), unflatten(io, c, q.axes.columns)));
  if (layout.kind === "columns")
    return steps.map((u) => k.let("right", read(at(term.plus(u), column), quad)));
  const turned = steps.map((u) => k.let("turned", read(at(term, column.plus(u)), quad)));
  return steps.map((u) => k.let("right", vector(turned.map((t) => t.component(u)))));
}
