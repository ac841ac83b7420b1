/**
 * A lane's share of a matrix product, held in registers: a few rows times a few groups of columns, summed over some of the
 * terms. Knows nothing of who else works on the same product.
 */
import { groupSize } from "../../src/graph/quantize.ts";
import type { Region } from "../../src/passes/regions.ts";
import { RegionIO } from "../access.ts";
import { linearLanes } from "../grid.ts";
import type { Caps } from "../kernel.ts";
import type { LoweredKernel } from "../recipe.ts";
import { call, fma, literal, type Num, type Val } from "../val.ts";
import { sumGroups } from "./group-sums.ts";
import { leftTerms } from "./left-terms.ts";
import {
  columnsAtOnce,
  indexOf,
  join,
  type Layout,
  layoutOfAll,
  type Places,
  type Product,
  productsOf,
  readRight,
  termsATurn,
  unflatten,
  writeGroup,
} from "./product.ts";
import { type LaneTile, mapSums, type RowsHeld, type Sums, times } from "./sums.ts";

/** The sums of a lane's tile of each product. */
export function sumTile(
  io: RegionIO,
  products: readonly Product[],
  layout: Layout,
  tile: LaneTile,
  rowsHeld: RowsHeld | null = null,
): Sums {
  const k = io.k;
  const p = products[0]!;
  if (tile.terms === groupSize) return sumGroups(io, products, tile, rowsHeld);
  const { rows } = tile;
  const leftsAt = leftTerms(io, p, tile, rowsHeld);
  const columns = tile.columns.map((column) =>
    join(tile.batch, unflatten(io, column, p.axes.columns)),
  );
  const width = layout.kind === "scalar" ? 1 : 4;
  const sums = products.map(() =>
    rows.map((_, i) =>
      columns.map((_, j) => k.variable(`sum_${i}_${j}`, literal(0, "f32", width))),
    ),
  );
  const terms = tile.terms === 4 ? 4 : 1;
  k.loop("term", times(tile.from, terms), p.K, times(tile.step, terms), (term) => {
    const inner = unflatten(io, term, p.axes.inner);
    const lefts = leftsAt(term, terms);
    for (let u = 0; u < (layout.kind === "inner" ? 1 : terms); u++) {
      const at = u === 0 ? inner : nextTerm(p, inner, u);
      const rights = products.map((q) =>
        columns.map((column) =>
          k.let("right", readRight(io, q, layout)(indexOf(q.right, join(column, at)), width)),
        ),
      );
      for (const [n, ofProduct] of sums.entries())
        for (const [i, row] of ofProduct.entries())
          for (const [j, sum] of row.entries()) {
            const a = layout.kind === "inner" ? lefts[i]!.all() : lefts[i]!.at(u);
            k.accumulate(sum, (now) => fma(a, rights[n]![j]!, now));
          }
    }
  });
  return mapSums(sums, (sum) => {
    const total = sum.get();
    return layout.kind === "inner" ? k.let("sum", sumOfParts(total)) : total;
  });
}

function nextTerm(p: Product, inner: Places, u: number): Places {
  const last = p.axes.inner[p.axes.inner.length - 1];
  const at = last && inner.get(last.label);
  return at ? join(inner, new Map([[last.label, at.plus(u)]])) : inner;
}

const sumOfParts = (v: Val): Val =>
  call(
    "add",
    call("add", v.component(0), v.component(1)),
    call("add", v.component(2), v.component(3)),
  );

/**
 * First columns of a lane's groups. The lanes of a bundle take turns: neighbouring lanes read neighbouring groups, and all that
 * a bundle reads of a row lies together.
 */
export function columnsOf(
  io: RegionIO,
  layout: Layout,
  lane: Val,
  count: number,
  bundle: number,
): readonly Val[] {
  const columnOf = columnOfGroup(io, layout, lane, count, bundle);
  return Array.from({ length: count }, (_, j) => columnOf(j));
}

/** The first column of a lane's j-th group. */
function columnOfGroup(
  io: RegionIO,
  layout: Layout,
  lane: Val,
  count: number,
  bundle: number,
): (j: Num) => Val {
  const k = io.k;
  const turn = () =>
    lane
      .over(bundle)
      .times(bundle * count)
      .plus(lane.modulo(bundle));
  const first = count === 1 ? lane : k.let("group", turn());
  return (j) => k.let("column", first.plus(times(j, bundle)).times(columnsAtOnce(layout)));
}

/** The last group that exists instead of one past the edge, where an edge is possible at all. */
export function clampColumn(
  io: RegionIO,
  p: Product,
  layout: Layout,
  column: Val,
  covered: number,
): Val {
  return covered === p.N
    ? column
    : io.k.let("column_read", column.atMost(p.N - columnsAtOnce(layout)));
}

/** Eight lanes' groups of four columns are 128 bytes: a GPU's line of cache, and a vector of a software adapter. */
const mostTogether = 8;

/** Products in which every lane sums `rows` × `columns` groups of each alone; `hold` readies rows that all lanes read. */
export function registerTiles(
  region: Region,
  caps: Caps,
  shape: { rows: number; columns: number; lanes?: number },
  hold: (io: RegionIO, lanes: number) => RowsHeld | null = () => null,
): LoweredKernel {
  const io = new RegionIO(region);
  const k = io.k;
  const products = productsOf(region);
  const p = products[0]!;
  const layout = layoutOfAll(io, products);
  const least = Math.ceil(p.N / (columnsAtOnce(layout) * shape.columns));
  const bundle = Math.min(mostTogether, least);
  const across = Math.ceil(least / bundle) * bundle;
  const down = Math.ceil(p.M / shape.rows);
  const lanes = across * down * p.batch;
  const workgroupSize = Math.min(shape.lanes ?? 64, caps.maxWorkgroupLanes);
  const rowsHeld = hold(io, workgroupSize);
  const { index, grid } = linearLanes(io, caps, lanes, workgroupSize);
  k.when(index.below(lanes), () => {
    const tile = k.let("tile", index.over(across));
    const place = k.let("place", index.modulo(across));
    const top = k.let("top", (p.batch === 1 ? tile : tile.modulo(down)).times(shape.rows));
    const batch = unflatten(
      io,
      p.batch === 1 ? literal(0, "u32") : k.let("product", tile.over(down)),
      p.axes.batch,
    );
    const rows = Array.from({ length: shape.rows }, (_, i) => k.let("row", top.plus(i)));
    const columnOf = columnOfGroup(io, layout, place, shape.columns, bundle);
    const columns = Array.from({ length: shape.columns }, (_, j) => columnOf(j));
    const covered = across * shape.columns * columnsAtOnce(layout);
    const lane: LaneTile = {
      batch,
      rows:
        down * shape.rows === p.M
          ? rows
          : rows.map((row) => k.let("row_read", row.atMost(p.M - 1))),
      columns: columns.map((column) => clampColumn(io, p, layout, column, covered)),
      from: 0,
      step: 1,
      // With several rows one term a turn: four would multiply the code for no gain on lavapipe (see matmul).
      terms: layout.kind === "columns" && shape.rows > 1 ? 1 : termsATurn(layout, p),
      sharedBy: sharing(caps, shape.rows === p.M, [lanes, across, workgroupSize]),
    };
    const sums = sumTile(io, products, layout, lane, rowsHeld);
    const whole = { rows: down * shape.rows === p.M, columns: covered === p.N };
    if (caps.barriers === "dear" && shape.rows * shape.columns > 2)
      writeTileInTurn(io, products, batch, (i) => top.plus(i), columnOf, sums, whole);
    else writeTile(io, products, batch, rows, columns, sums, whole.rows, whole.columns);
  });
  return io.finish(`${region.name}_product`, workgroupSize, grid);
}

/**
 * Lanes that share what they read of the rows: subgroups, where loads are dear, all lanes have the same rows, and `together`
 * counts whole subgroups.
 */
const sharing = (
  { barriers, subgroup }: Caps,
  sameRows: boolean,
  together: readonly number[],
): number =>
  barriers === "dear" && subgroup && sameRows && together.every((n) => n % subgroup.size === 0)
    ? subgroup.size
    : 0;

/** Writes the sums one after the other: what is fused behind stands in the kernel once, not once a sum. */
export function writeTileInTurn(
  io: RegionIO,
  products: readonly Product[],
  batch: Places,
  rowOf: (i: Val) => Val,
  columnOf: (j: Val) => Val,
  sums: Sums,
  whole: { readonly rows: boolean; readonly columns: boolean },
): void {
  const k = io.k;
  const down = sums[0]!.length;
  const across = sums[0]![0]!.length;
  const width = sums[0]![0]![0]!.type.width;
  const kept = k.registers("sums", "f32", sums.length * down * across * width);
  mapSums(sums, (sum, n) => k.store(kept, n * width, sum));
  k.loop("n", 0, down * across, 1, (n) => {
    const row = k.let("row", rowOf(n.over(across)));
    const column = columnOf(n.modulo(across));
    const ofEach = products.map((_, i) => [
      [k.load(kept, n.plus(i * down * across).times(width), width, "sum")],
    ]);
    writeTile(io, products, batch, [row], [column], ofEach, whole.rows, whole.columns);
  });
}

/** Writes the sums that lie within the product. */
export function writeTile(
  io: RegionIO,
  products: readonly Product[],
  batch: Places,
  rows: readonly Val[],
  columns: readonly Val[],
  sums: Sums,
  allRows: boolean,
  allColumns: boolean,
): void {
  const k = io.k;
  const p = products[0]!;
  const yes = literal(1, "bool");
  for (const [i, row] of rows.entries())
    for (const [j, column] of columns.entries()) {
      const inside = [
        ...(allRows ? [] : [row.below(p.M)]),
        ...(allColumns ? [] : [column.below(p.N)]),
      ];
      k.when(inside.length === 0 ? yes : inside.reduce((a, b) => a.and(b)), () => {
        const places = join(
          batch,
          unflatten(io, row, p.axes.rows),
          unflatten(io, column, p.axes.columns),
        );
        const values = sums.map((ofProduct) => ofProduct[i]![j]!);
        writeGroup(io, products, places, values);
      });
    }
}
