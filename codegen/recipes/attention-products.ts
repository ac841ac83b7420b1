/** Products of attention on matrix units, each subgroup its part: the logits, the weighted values, and the result as it is written. */
import { placeOfSum } from "../multiply.ts";
import { literal, select, type Val, vector } from "../val.ts";
import { across, down, type Ground, keys, logitStride, rows } from "./attention-softmax.ts";
import {
  clearSums,
  operandIn,
  padding,
  type SplitSums,
  type SplitTile,
  splitSums,
  subgroup,
  valArithmetic,
  wholeSum,
} from "./split-tiles.ts";

type Part = { readonly tile: SplitTile; readonly at: Val; readonly width: number };
type Size = { readonly rows: number; readonly columns: number; readonly depth: number };

/** high · high, and in the low sums high · low and low · high; what low · low would add is below f32's last bit. */
function multiplySplit(
  { io }: Ground,
  sums: SplitSums,
  left: Part,
  right: Part & { readonly turned: boolean },
  size: Size,
): void {
  const part = ({ tile, at, width }: Part, which: keyof SplitTile) =>
    operandIn(tile[which], at, width);
  const multiply = (to: keyof SplitSums, a: keyof SplitTile, b: keyof SplitTile) =>
    io.k.multiply(sums[to], part(left, a), part(right, b), size, right.turned);
  multiply("high", "high", "high");
  multiply("low", "high", "low");
  multiply("low", "low", "high");
}

/** The first row and column of a subgroup's part of rows × columns. */
function ownPart({ io }: Ground, columns: number): { readonly top: Val; readonly left: Val } {
  const k = io.k;
  const part = k.let("part", k.builtin("lane").over(subgroup));
  return {
    top: k.let("part_top", part.over(across).times(rows / down)),
    left: k.let("part_left", part.modulo(across).times(columns)),
  };
}

const ownLane = ({ io }: Ground): Val => io.k.let("own", io.k.builtin("lane").modulo(subgroup));

/** Where a lane's sum `number` stands in a part that begins at `top` and `left`. */
function placeIn(own: Val, number: number, columns: number, part: { top: Val; left: Val }) {
  const { row, column } = placeOfSum(valArithmetic, literal(number, "u32"), own, columns);
  return { r: part.top.plus(row), c: part.left.plus(column) };
}

/** A tile's logits, to workgroup memory. */
export function multiplyLogits(ground: Ground): void {
  const { io, q, logits } = ground;
  const k = io.k;
  const size = { rows: rows / down, columns: keys / across, depth: q.dims };
  const part = ownPart(ground, size.columns);
  const sums = splitSums(k, "products", (size.rows * size.columns) / subgroup);
  clearSums(k, sums);
  const [width, apart] = [q.dims, q.dims + padding];
  const left = { tile: ground.query, at: part.top.times(apart), width };
  const right = { tile: ground.past, at: part.left.times(apart), width, turned: true };
  multiplySplit(ground, sums, left, right, size);
  const own = ownLane(ground);
  for (let i = 0; i < sums.high.length; i += 2) {
    const { r, c } = placeIn(own, i, size.columns, part);
    const pair = vector([wholeSum(k, sums, i), wholeSum(k, sums, i + 1)]);
    k.store(logits, r.times(logitStride).plus(c), pair);
  }
}

/** Sums of a subgroup's part of the result fade, then the weighted values are added. */
export function addValues(ground: Ground, totals: SplitSums): void {
  const { io, q, fades } = ground;
  const k = io.k;
  const size = { rows: rows / down, columns: q.dims / across, depth: keys };
  const part = ownPart(ground, size.columns);
  const own = ownLane(ground);
  const fadesOfRows = [0, 2].map((number) =>
    k.load(fades, placeIn(own, number, size.columns, part).r),
  );
  for (let at = 0; at < totals.high.length; at++)
    for (const to of [totals.high, totals.low])
      k.store(to, at, k.load(to, at).times(fadesOfRows[(at >> 1) & 1]!));
  const left = { tile: ground.weights, at: part.top.times(keys + padding), width: keys };
  const right = { tile: ground.past, at: part.left, width: q.dims, turned: false };
  multiplySplit(ground, totals, left, right, size);
}

/** Of each tile of 16 × 8 a lane holds two neighbours in two rows; with the lane beside it, it exchanges one pair for the other's and writes four. */
export function writeTotals(ground: Ground, totals: SplitSums): void {
  const { io, q, row, head, top, fades } = ground;
  const k = io.k;
  const columns = q.dims / across;
  const part = ownPart(ground, columns);
  const own = ownLane(ground);
  const even = k.let("even", own.modulo(2).equals(0));
  const r = k.let("r", placeIn(own, 0, columns, part).r.plus(select(even, literal(0, "u32"), 8)));
  const t = k.let("t", top.plus(r));
  const share = k.load(fades, r);
  for (let tile = 0; tile < columns / 8; tile++) {
    const [a, b, c, d] = [0, 1, 2, 3].map((i) => k.let("sum", wholeSum(k, totals, 4 * tile + i)));
    const got = [select(even, c!, a!), select(even, d!, b!)].map((v) =>
      k.subgroup("shuffle_xor", v, 1),
    );
    const four = [
      ...[select(even, a!, got[0]!), select(even, b!, got[1]!)],
      ...[select(even, got[0]!, c!), select(even, got[1]!, d!)],
    ];
    const column = k.let("c", part.left.plus(8 * tile).plus(own.modulo(4).over(2).times(4)));
    k.when(t.below(q.time), () =>
      io.write([row, t, head, column], k.let("four", vector(four)).times(share)),
    );
  }
}
