/**
 * Matrix products on matrix units: a workgroup computes a tile of the result, each of its subgroups a part. Both operands pass
 * through workgroup memory in f16, two depths at a time: while one is multiplied the next one arrives. Sums are f32.
 * Weights are in f16 already; the other operand's numbers are split, so that nothing of them is lost.
 */
import type { Node } from "../../src/graph/graph.ts";
import type { Region } from "../../src/passes/regions.ts";
import { RegionIO } from "../access.ts";
import type { Caps, Memory } from "../kernel.ts";
import { placeOfSum } from "../multiply.ts";
import type { LoweredKernel } from "../recipe.ts";
import { cast, literal, type Val } from "../val.ts";
import {
  contractOf,
  indexOf,
  join,
  type Layout,
  layoutOf,
  type Places,
  type Product,
  productOf,
  unflatten,
} from "./product.ts";
import {
  clearSums,
  operandIn,
  padding,
  type SplitTile,
  splitSums,
  splitTile,
  storeSplit,
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
];

/** Whether a product's weights are stored in half precision, so that matrix units may multiply it. */
export const hasHalfWeights = ({ right }: Product): boolean => isHalf(right.node);
const isHalf = (node: Node): boolean => node.op === "cast" && node.inputs[0]!.type.dtype === "f16";

export const lanesOfMatrixTile = (t: MatrixTile): number =>
  subgroup * (t.tileRows / t.partRows) * (t.tileColumns / t.partColumns);

const leftCells = (t: MatrixTile) => t.tileRows * (t.depth + padding);
const rightCells = (t: MatrixTile) => t.depth * (t.tileColumns + padding);

export const matrixGridOf = (t: MatrixTile, p: Product) =>
  [Math.ceil(p.N / t.tileColumns), Math.ceil(p.M / t.tileRows), p.batch] as const;

export function matrixTileFits(t: MatrixTile, p: Product, caps: Caps): boolean {
  const bytes = 2 * (4 * leftCells(t) + 2 * rightCells(t)) + 4 * t.tileRows * t.tileColumns;
  return (
    caps.matrixUnits &&
    caps.asyncCopy &&
    lanesOfMatrixTile(t) <= caps.maxWorkgroupLanes &&
    bytes <= caps.maxWorkgroupBytes &&
    matrixGridOf(t, p).every((n) => n <= caps.maxWorkgroupsPerDimension)
  );
}

/** Where a workgroup stands in the product. */
type Ground = {
  readonly io: RegionIO;
  readonly p: Product;
  readonly layout: Layout;
  readonly t: MatrixTile;
  readonly batch: Places;
  readonly top: Val;
  readonly leftmost: Val;
};

export function matrixTile(region: Region, t: MatrixTile): LoweredKernel {
  const io = new RegionIO(region);
  const k = io.k;
  const p = productOf(contractOf(region));
  const layout = layoutOf(io, p);
  const batch = unflatten(io, k.builtin("workgroup_z"), p.axes.batch);
  const top = k.let("top", k.builtin("workgroup_y").times(t.tileRows));
  const leftmost = k.let("leftmost", k.builtin("workgroup_x").times(t.tileColumns));
  const ground: Ground = { io, p, layout, t, batch, top, leftmost };
  const left = splitTile(k, "left", 2 * leftCells(t));
  const right = k.workgroup("right_tile", "f16", 2 * rightCells(t));
  const result = k.workgroup("result_tile", "f32", t.tileRows * t.tileColumns);
  const sums = splitSums(k, "sums", (t.partRows * t.partColumns) / subgroup);
  clearSums(k, sums);
  const lane = k.builtin("lane");
  const part = k.let("part", lane.over(subgroup));
  const across = t.tileColumns / t.partColumns;
  const partTop = k.let("part_top", part.over(across).times(t.partRows));
  const partLeft = k.let("part_left", part.modulo(across).times(t.partColumns));
  const stageLeft = stagerOfLeft(ground, left);
  const stageRight = stagerOfRight(ground, right);
  const stage = (half: Val, start: Val) => {
    stageLeft(half, start);
    stageRight(half, start);
    k.commit();
  };
  k.note("the first depth arrives");
  stage(literal(0, "u32"), literal(0, "u32"));
  k.loop("start", 0, p.K, t.depth, (start) => {
    const half = k.let("half", start.over(t.depth).modulo(2));
    k.await();
    k.barrier();
    const next = k.let("next", start.plus(t.depth));
    k.note("the next depth arrives while this one is multiplied");
    k.when(next.below(p.K), () => stage(literal(1, "u32").minus(half), next));
    const size = { rows: t.partRows, columns: t.partColumns, depth: t.depth };
    const leftAt = k.let(
      "left_at",
      half.times(leftCells(t)).plus(partTop.times(t.depth + padding)),
    );
    const weights = operandIn(right, half.times(rightCells(t)).plus(partLeft), t.tileColumns);
    k.multiply(sums.high, operandIn(left.high, leftAt, t.depth), weights, size);
    k.multiply(sums.low, operandIn(left.low, leftAt, t.depth), weights, size);
  });
  k.note("through workgroup memory, so that what follows is written four columns at a time");
  const own = k.let("own", lane.modulo(subgroup));
  for (let i = 0; i < sums.high.length; i++) {
    const { row, column } = placeOfSum(valArithmetic, literal(i, "u32"), own, t.partColumns);
    const at = partTop.plus(row).times(t.tileColumns).plus(partLeft.plus(column));
    k.store(result, at, wholeSum(k, sums, i));
  }
  k.barrier();
  writeResult(ground, result);
  return io.finish(`${region.name}_product`, lanesOfMatrixTile(t), matrixGridOf(t, p));
}

type Stage = (half: Val, start: Val) => void;

/** Computes the left operand's numbers four at a time and splits them. */
function stagerOfLeft({ io, p, layout, t, batch, top }: Ground, tile: SplitTile): Stage {
  const k = io.k;
  const at = leftQuads(io, p, layout, batch, p.K % t.depth === 0);
  const across = t.depth / 4;
  return (half, start) =>
    k.loop("part", k.builtin("lane"), t.tileRows * across, lanesOfMatrixTile(t), (part) => {
      const row = k.let("row", part.over(across));
      const term = k.let("term", part.modulo(across).times(4));
      const place = half
        .times(leftCells(t))
        .plus(row.times(t.depth + padding))
        .plus(term);
      const x = at(k.let("row", top.plus(row)), k.let("term", start.plus(term)));
      storeSplit(k, tile, place, x);
    });
}

/** Copies stored weights eight at a time beside other work; others are computed and rounded four at a time. */
function stagerOfRight(ground: Ground, tile: Memory): Stage {
  const { io, p, t, leftmost } = ground;
  const k = io.k;
  const copied = copyOfRight(ground);
  const at = copied ? null : rightQuads(io, p, ground.layout, ground.batch);
  const width = copied ? 8 : 4;
  const across = t.tileColumns / width;
  return (half, start) =>
    k.loop("part", k.builtin("lane"), t.depth * across, lanesOfMatrixTile(t), (part) => {
      const down = k.let("down", part.over(across));
      const aside = k.let("aside", part.modulo(across).times(width));
      const term = k.let("term", start.plus(down));
      const column = k.let("column", leftmost.plus(aside));
      const place = half
        .times(rightCells(t))
        .plus(down.times(t.tileColumns + padding))
        .plus(aside);
      if (at) k.store(tile, place, cast(at(term, column), "f16"));
      else copied!(tile, place, term, column);
    });
}

/** How eight weights of a row are copied, where they lie together as they are multiplied; null where they do not. */
function copyOfRight({ io, p, batch }: Ground) {
  const last = p.axes.columns.at(-1);
  const stored = io.stored(p.right.node);
  const together = last && last.size % 8 === 0 && p.right.labels.at(-1) === last.label;
  if (stored?.memory.scalar !== "f16" || !together) return null;
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
function writeResult({ io, p, layout, t, batch, top, leftmost }: Ground, result: Memory): void {
  const k = io.k;
  const across = t.tileColumns / 4;
  k.loop("part", k.builtin("lane"), t.tileRows * across, lanesOfMatrixTile(t), (part) => {
    const row = k.let("row", top.plus(part.over(across)));
    const column = k.let("column", leftmost.plus(part.modulo(across).times(4)));
    writeRow(io, p, layout, batch, row, column, k.load(result, part.times(4), 4));
  });
}
