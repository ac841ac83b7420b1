/**
 * Matrix products on matrix units: a workgroup computes a tile of the result, each of its subgroups a part. Both operands pass
 * through workgroup memory as halves, two depths at a time: while one is multiplied the next one arrives. Sums are f32.
 * Weights are in f16 or bf16 already; the other operand's numbers are split, so that nothing of them is lost.
 */
import { CompilerBug } from "../../src/graph/bug.ts";
import type { Region } from "../../src/passes/regions.ts";
import { RegionIO } from "../access.ts";
import type { Caps, Memory } from "../kernel.ts";
import { placeOfSum } from "../multiply.ts";
import type { LoweredKernel } from "../recipe.ts";
import { cast, literal, type Val } from "../val.ts";
import {
  indexOf,
  join,
  type Layout,
  layoutOfAll,
  type Places,
  type Product,
  productsOf,
  unflatten,
} from "./product.ts";
import {
  clearSums,
  type Half,
  operandIn,
  padding,
  partTiles,
  splitSums,
  splits,
  storeParts,
  subgroup,
  valArithmetic,
  wholeSum,
} from "./split-tiles.ts";
import { leftQuads, rightQuads, writeRow } from "./staging.ts";

/** A workgroup's tile of the result, a subgroup's part of it, and how many terms are staged at once. */
export type MatrixTile = {
  readonly tileRows: number;
  readonly tileColumns: number;
  readonly partRows: number;
  readonly partColumns: number;
  readonly depth: number;
};

export const matrixTiles: readonly MatrixTile[] = [
  { tileRows: 64, tileColumns: 64, partRows: 32, partColumns: 32, depth: 32 },
  { tileRows: 32, tileColumns: 64, partRows: 32, partColumns: 32, depth: 32 },
  { tileRows: 16, tileColumns: 64, partRows: 16, partColumns: 32, depth: 32 },
  { tileRows: 64, tileColumns: 128, partRows: 32, partColumns: 64, depth: 32 },
  { tileRows: 64, tileColumns: 32, partRows: 32, partColumns: 16, depth: 32 },
];

/** Sums in a lane's registers, those of lower parts counted: half of what it has, since operands want some too. */
const mostSums = 128;

/** The half that all products' weights are stored as, so that matrix units may multiply them; null where there is none. */
export function halfOfWeights(products: readonly Product[]): Half | null {
  const stored = products.map(({ right: { node } }) =>
    node.op === "cast" ? node.inputs[0]!.type.dtype : null,
  );
  const [first = null] = stored;
  return (first === "f16" || first === "bf16") && stored.every((s) => s === first) ? first : null;
}

export const lanesOfMatrixTile = (t: MatrixTile): number =>
  subgroup * (t.tileRows / t.partRows) * (t.tileColumns / t.partColumns);

const leftCells = (t: MatrixTile) => t.tileRows * (t.depth + padding);
const rightCells = (t: MatrixTile) => t.depth * (t.tileColumns + padding);

export const matrixGridOf = (t: MatrixTile, p: Product) =>
  [Math.ceil(p.N / t.tileColumns), Math.ceil(p.M / t.tileRows), p.batch] as const;

export function matrixTileFits(t: MatrixTile, products: readonly Product[], caps: Caps): boolean {
  const half = halfOfWeights(products);
  const p = products[0]!;
  return (
    half !== null &&
    2 * products.length * sumsOf(t) <= mostSums &&
    caps.matrixUnits &&
    caps.asyncCopy &&
    lanesOfMatrixTile(t) <= caps.maxWorkgroupLanes &&
    bytesOf(t, half, products.length) <= caps.maxWorkgroupBytes &&
    matrixGridOf(t, p).every((n) => n <= caps.maxWorkgroupsPerDimension)
  );
}

/** Sums of one product in a lane, the lower parts aside. */
const sumsOf = (t: MatrixTile): number => (t.partRows * t.partColumns) / subgroup;

/** Two depths of all operands, and the results. */
function bytesOf(t: MatrixTile, half: Half, products: number): number {
  const cells = splits[half].parts.length * leftCells(t) + rightCells(t) * products;
  return 2 * 2 * cells + 4 * t.tileRows * t.tileColumns * products;
}

/** Where a workgroup stands in the product. */
type Ground = {
  readonly io: RegionIO;
  readonly products: readonly Product[];
  readonly layout: Layout;
  readonly t: MatrixTile;
  readonly half: Half;
  readonly batch: Places;
  readonly top: Val;
  readonly leftmost: Val;
};

/** The weights are halves, as `matrixTileFits` has found. */
export function matrixTile(region: Region, t: MatrixTile): LoweredKernel {
  const io = new RegionIO(region);
  const k = io.k;
  const products = productsOf(region);
  const p = products[0]!;
  const half = halfOfWeights(products);
  if (!half) throw new CompilerBug(`the weights of ${region.name} are no halves`);
  const layout = layoutOfAll(io, products);
  const batch = unflatten(io, k.builtin("workgroup_z"), p.axes.batch);
  const top = k.let("top", k.builtin("workgroup_y").times(t.tileRows));
  const leftmost = k.let("leftmost", k.builtin("workgroup_x").times(t.tileColumns));
  const ground: Ground = { io, products, layout, t, half, batch, top, leftmost };
  const left = partTiles(k, splits[half], "left", 2 * leftCells(t));
  const rights = products.map(() => k.workgroup("right_tile", half, 2 * rightCells(t)));
  const results = products.map(() => k.workgroup("result_tile", "f32", t.tileRows * t.tileColumns));
  const sums = products.map(() => splitSums(k, "sums", sumsOf(t)));
  for (const ofProduct of sums) clearSums(k, ofProduct);
  const lane = k.builtin("lane");
  const part = k.let("part", lane.over(subgroup));
  const across = t.tileColumns / t.partColumns;
  const partTop = k.let("part_top", part.over(across).times(t.partRows));
  const partLeft = k.let("part_left", part.modulo(across).times(t.partColumns));
  const stageLeft = stagerOfLeft(ground, left);
  const stageRights = products.map((q, i) => stagerOfRight(ground, q, rights[i]!));
  const stage = (side: Val, start: Val) => {
    stageLeft(side, start);
    for (const stageRight of stageRights) stageRight(side, start);
    k.commit();
  };
  k.note("the first depth arrives");
  stage(literal(0, "u32"), literal(0, "u32"));
  k.loop("start", 0, p.K, t.depth, (start) => {
    const side = k.let("half", start.over(t.depth).modulo(2));
    k.await();
    k.barrier();
    const next = k.let("next", start.plus(t.depth));
    k.note("the next depth arrives while this one is multiplied");
    k.when(next.below(p.K), () => stage(literal(1, "u32").minus(side), next));
    const size = { rows: t.partRows, columns: t.partColumns, depth: t.depth };
    const leftAt = k.let(
      "left_at",
      side.times(leftCells(t)).plus(partTop.times(t.depth + padding)),
    );
    for (const [n, { high, low }] of sums.entries()) {
      const at = side.times(rightCells(t)).plus(partLeft);
      const weights = operandIn(rights[n]!, at, t.tileColumns);
      for (const [i, tile] of left.entries())
        k.multiply(i === 0 ? high : low, operandIn(tile, leftAt, t.depth), weights, size);
    }
  });
  k.note("through workgroup memory, so that what follows is written four columns at a time");
  const own = k.let("own", lane.modulo(subgroup));
  for (let i = 0; i < sumsOf(t); i++) {
    const { row, column } = placeOfSum(valArithmetic, literal(i, "u32"), own, t.partColumns);
    const at = partTop.plus(row).times(t.tileColumns).plus(partLeft.plus(column));
    for (const [n, ofProduct] of sums.entries())
      k.store(results[n]!, at, wholeSum(k, ofProduct, i, splits[half]));
  }
  k.barrier();
  writeResults(ground, results);
  return io.finish(`${region.name}_product`, lanesOfMatrixTile(t), matrixGridOf(t, p));
}

/** Brings the terms from `start` on to one side, 0 or 1, of a tile that holds two depths. */
type Stage = (side: Val, start: Val) => void;

/** Computes the left operand's numbers four at a time and splits them. */
function stagerOfLeft(ground: Ground, tiles: readonly Memory[]): Stage {
  const { io, products, layout, t, half, batch, top } = ground;
  const k = io.k;
  const p = products[0]!;
  const at = leftQuads(io, p, layout, batch, p.K % t.depth === 0);
  const across = t.depth / 4;
  return (side, start) =>
    k.loop("part", k.builtin("lane"), t.tileRows * across, lanesOfMatrixTile(t), (part) => {
      const row = k.let("row", part.over(across));
      const term = k.let("term", part.modulo(across).times(4));
      const place = side
        .times(leftCells(t))
        .plus(row.times(t.depth + padding))
        .plus(term);
      const x = at(k.let("row", top.plus(row)), k.let("term", start.plus(term)));
      storeParts(k, splits[half], tiles, place, x);
    });
}

/** Copies stored weights eight at a time beside other work; others are computed and rounded four at a time. */
function stagerOfRight(ground: Ground, p: Product, tile: Memory): Stage {
  const { io, t, half, leftmost } = ground;
  const k = io.k;
  const copied = copyOfRight(ground, p);
  const at = copied ? null : rightQuads(io, p, ground.layout, ground.batch);
  const width = copied ? 8 : 4;
  const across = t.tileColumns / width;
  return (side, start) =>
    k.loop("part", k.builtin("lane"), t.depth * across, lanesOfMatrixTile(t), (part) => {
      const down = k.let("down", part.over(across));
      const aside = k.let("aside", part.modulo(across).times(width));
      const term = k.let("term", start.plus(down));
      const column = k.let("column", leftmost.plus(aside));
      const place = side
        .times(rightCells(t))
        .plus(down.times(t.tileColumns + padding))
        .plus(aside);
      if (at) k.store(tile, place, cast(at(term, column), half));
      else copied!(tile, place, term, column);
    });
}

/** How eight weights of a row are copied, where they lie together as they are multiplied; null where they do not. */
function copyOfRight({ io, half, batch }: Ground, p: Product) {
  const last = p.axes.columns.at(-1);
  const stored = io.stored(p.right.node);
  const together = last && last.size % 8 === 0 && p.right.labels.at(-1) === last.label;
  if (stored?.memory.scalar !== half || !together) return null;
  return (tile: Memory, place: Val, term: Val, column: Val): void => {
    const inside = term.below(p.K).and(column.below(p.N));
    const [termRead, columnRead] = [term.atMost(p.K - 1), column.atMost(p.N - 8)];
    const places = join(
      batch,
      unflatten(io, io.k.let("term_read", termRead), p.axes.inner),
      unflatten(io, io.k.let("column_read", columnRead), p.axes.columns),
    );
    const from = stored.index(indexOf(p.right, places));
    io.k.copy(tile, place, stored.memory, from, 8, inside);
  };
}

/** Four columns a lane at a time. */
function writeResults(
  { io, products, layout, t, batch, top, leftmost }: Ground,
  results: readonly Memory[],
): void {
  const k = io.k;
  const across = t.tileColumns / 4;
  k.loop("part", k.builtin("lane"), t.tileRows * across, lanesOfMatrixTile(t), (part) => {
    const row = k.let("row", top.plus(part.over(across)));
    const column = k.let("column", leftmost.plus(part.modulo(across).times(4)));
    const values = results.map((result) => k.load(result, part.times(4), 4));
    writeRow(io, products, layout, batch, row, column, values);
  });
}
