/**
 * Attention of many queries on matrix units: a workgroup takes a tile of one head's queries and walks through the keys that any
 * of them sees, a tile at a time, with an online softmax. Queries, keys, weights and values pass through workgroup memory,
 * each split into two of f16, so that nothing of them is lost; logits, the softmax and all sums are f32.
 */
import type { Region } from "../../src/passes/regions.ts";
import { RegionIO } from "../access.ts";
import type { Caps } from "../kernel.ts";
import { placeOfSum } from "../multiply.ts";
import type { LoweredKernel } from "../recipe.ts";
import { cast, literal, type Val } from "../val.ts";
import { type Ground, keys, lanes, rows, softmaxOf } from "./attention-softmax.ts";
import { keySpan, type Query, slotOf, widthOf } from "./query.ts";
import {
  clearSums,
  operandIn,
  padding,
  type SplitSums,
  type SplitTile,
  splitSums,
  splitTile,
  storeSplit,
  subgroup,
  valArithmetic,
  wholeSum,
} from "./split-tiles.ts";

export const attentionTileFits = (region: Region, q: Query, caps: Caps): boolean =>
  caps.matrixUnits &&
  caps.f16 &&
  q.dims % 32 === 0 &&
  q.time >= rows / 2 &&
  widthOf(new RegionIO(region), q) === 4 &&
  lanes <= caps.maxWorkgroupLanes &&
  bytesOf(q) <= caps.maxWorkgroupBytes &&
  [q.heads, Math.ceil(q.time / rows), q.batch].every((n) => n <= caps.maxWorkgroupsPerDimension);

function bytesOf({ dims }: Query): number {
  const split = rows * (dims + padding) + dims * (keys + padding) + keys * (dims + padding);
  return 4 * (split + rows * (keys + padding)) + 4 * rows * (keys + dims + 4) + 64;
}

export function attentionTile(region: Region, q: Query): LoweredKernel {
  const io = new RegionIO(region);
  const k = io.k;
  const head = k.let("head", k.builtin("workgroup_x"));
  const ground: Ground = {
    ...{ io, q, head },
    row: k.builtin("workgroup_z"),
    group: k.let("group", head.over(q.heads / q.groups)),
    top: k.let("top", k.builtin("workgroup_y").times(rows)),
    query: splitTile(k, "query", rows * (q.dims + padding)),
    turnedKeys: splitTile(k, "keys", q.dims * (keys + padding)),
    weights: splitTile(k, "weights", rows * (keys + padding)),
    values: splitTile(k, "values", keys * (q.dims + padding)),
    logits: k.workgroup("logits", "f32", rows * keys),
    oldest: k.workgroup("oldest_of", "i32", rows),
    newest: k.workgroup("newest_of", "i32", rows),
    fades: k.workgroup("fades", "f32", rows),
  };
  const totals = splitSums(k, "totals", (rows * q.dims) / 4 / subgroup);
  clearSums(k, totals);
  stageQueries(ground);
  k.barrier();
  const softmax = softmaxOf(ground);
  const first = k.variable("first", k.load(ground.oldest, 0));
  k.loop("other", 1, rows, 1, (other) =>
    k.accumulate(first, (now) => now.atMost(k.load(ground.oldest, other))),
  );
  const last = k.load(ground.newest, rows - 1);
  k.loop("tile", first.get(), last.plus(1), keys, (tile) => {
    stageKeys(ground, tile, last);
    k.barrier();
    multiplyLogits(ground);
    k.barrier();
    softmax.weigh(tile);
    k.barrier();
    addValues(ground, totals);
    k.barrier();
  });
  softmax.share();
  k.barrier();
  writeTotals(ground, totals);
  return io.finish(`${region.name}_attend`, lanes, [q.heads, Math.ceil(q.time / rows), q.batch]);
}

/** The token of a row; rows past the last repeat it and are not written. */
const tokenOf = ({ io, q, top }: Ground, r: Val): Val =>
  io.k.let("t", q.time % rows === 0 ? top.plus(r) : top.plus(r).atMost(q.time - 1));

/** All lanes together go through `count` quads of a tile, `across` numbers in a row. */
function eachQuad({ io }: Ground, down: number, across: number, body: (r: Val, c: Val) => void) {
  const k = io.k;
  k.loop("part", k.builtin("lane"), (down * across) / 4, lanes, (part) => {
    const r = k.let("r", part.over(across / 4));
    body(r, k.let("c", part.modulo(across / 4).times(4)));
  });
}

function stageQueries(ground: Ground): void {
  const { io, q, row, head } = ground;
  const k = io.k;
  const lane = k.builtin("lane");
  k.note("the queries, scaled, and what keys each sees");
  eachQuad(ground, rows, q.dims, (r, c) => {
    const numbers = io
      .read(q.q)([row, tokenOf(ground, r), head, c], 4)
      .times(q.scale);
    storeSplit(k, ground.query, r.times(q.dims + padding).plus(c), numbers);
  });
  k.when(lane.below(rows), () => {
    const { oldest, newest } = keySpan(io, q, row, tokenOf(ground, lane));
    k.store(ground.oldest, lane, oldest);
    k.store(ground.newest, lane, newest);
  });
}

function stageKeys(ground: Ground, tile: Val, last: Val): void {
  const { io, q, row, group } = ground;
  const k = io.k;
  k.note("keys, turned round, and values; past the last they repeat it and weigh nothing");
  eachQuad(ground, keys, q.dims, (key, c) => {
    const slot = slotOf(io, q, tile.plus(cast(key, "i32")).atMost(last));
    const turned = c.times(keys + padding).plus(key);
    const at = [row, slot, group, c];
    storeSplit(k, ground.turnedKeys, turned, io.read(q.keys)(at, 4), keys + padding);
    const place = key.times(q.dims + padding).plus(c);
    storeSplit(k, ground.values, place, io.read(q.values)(at, 4));
  });
}

/** high · high, and in the low sums high · low and low · high; what low · low would add is below f32's last bit. */
function multiplySplit(
  { io }: Ground,
  sums: SplitSums,
  left: { readonly tile: SplitTile; readonly at: Val; readonly width: number },
  right: { readonly tile: SplitTile; readonly at: Val; readonly width: number },
  size: { readonly rows: number; readonly columns: number; readonly depth: number },
): void {
  const part = ({ tile, at, width }: typeof left, which: keyof SplitTile) =>
    operandIn(tile[which], at, width);
  io.k.multiply(sums.high, part(left, "high"), part(right, "high"), size);
  io.k.multiply(sums.low, part(left, "high"), part(right, "low"), size);
  io.k.multiply(sums.low, part(left, "low"), part(right, "high"), size);
}

/** Each subgroup's quarter of rows × keys, half of the rows and half of the keys. */
function multiplyLogits(ground: Ground): void {
  const { io, q, logits } = ground;
  const k = io.k;
  const size = { rows: rows / 2, columns: keys / 2, depth: q.dims };
  const part = k.let("part", k.builtin("lane").over(subgroup));
  const partTop = k.let("part_top", part.over(2).times(size.rows));
  const partLeft = k.let("part_left", part.modulo(2).times(size.columns));
  const sums = splitSums(k, "products", (size.rows * size.columns) / subgroup);
  clearSums(k, sums);
  multiplySplit(
    ground,
    sums,
    { tile: ground.query, at: partTop.times(q.dims + padding), width: q.dims },
    { tile: ground.turnedKeys, at: partLeft, width: keys },
    size,
  );
  const own = k.let("own", k.builtin("lane").modulo(subgroup));
  for (let i = 0; i < sums.high.length; i++) {
    const { row, column } = placeOfSum(valArithmetic, literal(i, "u32"), own, size.columns);
    const at = partTop.plus(row).times(keys).plus(partLeft.plus(column));
    k.store(logits, at, wholeSum(k, sums, i));
  }
}

/** Sums of a subgroup's quarter of the columns fade, then the weighted values are added. */
function addValues(ground: Ground, totals: SplitSums): void {
  const { io, q, fades } = ground;
  const k = io.k;
  const columns = q.dims / 4;
  for (const [i, row] of rowsOfSums(ground).entries()) {
    const fade = k.load(fades, row);
    for (const at of sumsInRow(totals, columns, i))
      for (const to of [totals.high, totals.low]) k.store(to, at, k.load(to, at).times(fade));
  }
  const left = k.let("part_left", k.builtin("lane").over(subgroup).times(columns));
  multiplySplit(
    ground,
    totals,
    { tile: ground.weights, at: literal(0, "u32"), width: keys },
    { tile: ground.values, at: left, width: q.dims },
    { rows, columns, depth: keys },
  );
}

/** A lane's sums lie in this many rows, two a tile of 16. */
const rowsOfLane = rows / 8;

/** The rows in which a lane's sums lie. */
function rowsOfSums({ io, q }: Ground): readonly Val[] {
  const k = io.k;
  const own = k.let("own", k.builtin("lane").modulo(subgroup));
  const tiles = q.dims / 4 / 8;
  return Array.from({ length: rowsOfLane }, (_, i) => {
    const number = literal((i >> 1) * 4 * tiles + (i & 1) * 2, "u32");
    return k.let("row_of_sum", placeOfSum(valArithmetic, number, own, q.dims / 4).row);
  });
}

/** The numbers of a lane's sums in its i-th row. */
function sumsInRow({ high }: SplitSums, columns: number, i: number): readonly number[] {
  const tiles = columns / 8;
  return Array.from({ length: high.length }, (_, at) => at).filter(
    (at) => Math.floor(at / (4 * tiles)) * 2 + Math.floor((at % 4) / 2) === i,
  );
}

/** Through workgroup memory, so that what follows is written four columns at a time. */
function writeTotals(ground: Ground, totals: SplitSums): void {
  const { io, q, row, head, top, fades } = ground;
  const k = io.k;
  const columns = q.dims / 4;
  const result = k.workgroup("result", "f32", rows * q.dims);
  const lane = k.builtin("lane");
  const left = k.let("part_left", lane.over(subgroup).times(columns));
  const own = k.let("own", lane.modulo(subgroup));
  for (let i = 0; i < totals.high.length; i++) {
    const place = placeOfSum(valArithmetic, literal(i, "u32"), own, columns);
    const at = place.row.times(q.dims).plus(left.plus(place.column));
    k.store(result, at, wholeSum(k, totals, i));
  }
  k.barrier();
  eachQuad(ground, rows, q.dims, (r, c) => {
    const t = k.let("t", top.plus(r));
    k.when(t.below(q.time), () => {
      const share = k.load(fades, r);
      const numbers = k.load(result, r.times(q.dims).plus(c), 4);
      io.write([row, t, head, c], numbers.times(share));
    });
  });
}
