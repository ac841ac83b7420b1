/**
 * Attention of many queries on matrix units: a workgroup takes a tile of one head's queries and walks through the keys that any
 * of them sees, a tile at a time, with an online softmax. Queries, keys, weights and values pass through workgroup memory,
 * each split into two of f16, so that nothing of them is lost; logits, the softmax and all sums are f32. Values wait in registers
 * until the keys are multiplied, and then take their place. As ptxas assembles it for heads of 64, 128 and 256: 28, 44 and 76 KiB a
 * workgroup of eight subgroups, of which 2, 2 and 1 fit a multiprocessor; not measured on a GPU.
 */
import type { Region } from "../../src/passes/regions.ts";
import { RegionIO } from "../access.ts";
import type { Caps } from "../kernel.ts";
import type { LoweredKernel } from "../recipe.ts";
import { call, cast, select, type Val } from "../val.ts";
import { addValues, multiplyLogits, writeTotals } from "./attention-products.ts";
import { type Ground, keys, lanes, logitStride, rows, softmaxOf } from "./attention-softmax.ts";
import { keySpan, type Query, slotOf, widthOf } from "./query.ts";
import { clearSums, padding, splitSums, splitTile, storeSplit } from "./split-tiles.ts";

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
  const split = (rows + keys) * (dims + padding) + rows * (keys + padding);
  return 4 * split + 4 * rows * (logitStride + 3);
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
    past: splitTile(k, "past", keys * (q.dims + padding)),
    weights: splitTile(k, "weights", rows * (keys + padding)),
    logits: k.workgroup("logits", "f32", rows * logitStride),
    oldest: k.workgroup("oldest_of", "i32", rows),
    newest: k.workgroup("newest_of", "i32", rows),
    fades: k.workgroup("fades", "f32", rows),
  };
  const totals = splitSums(k, "totals", (rows * q.dims) / lanes);
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
    const values = stageKeys(ground, tile, last);
    k.barrier();
    multiplyLogits(ground);
    k.barrier();
    k.note("the values take the keys' place");
    for (const { place, numbers } of values) storeSplit(k, ground.past, place, numbers);
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

/** Where quad `part` of a tile of rows of a head's numbers lies. */
function quadAt({ io, q }: Ground, part: Val): { readonly r: Val; readonly c: Val } {
  const r = io.k.let("r", part.over(q.dims / 4));
  return { r, c: io.k.let("c", part.modulo(q.dims / 4).times(4)) };
}

function stageQueries(ground: Ground): void {
  const { io, q, row, head } = ground;
  const k = io.k;
  const lane = k.builtin("lane");
  k.note("the queries, scaled, and what keys each sees");
  k.loop("part", lane, (rows * q.dims) / 4, lanes, (part) => {
    const { r, c } = quadAt(ground, part);
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

/** Beyond this, f16 is infinite. */
const largestHalf = 65504;

/**
 * Stages the keys and reads the values, which are staged later. A value that is infinite or not a number in f16 would spoil the
 * rows that do not see it, too, since it times a weight of 0 is not a number: it becomes 0, and its key's logit not a number,
 * which only the rows that see it take.
 */
function stageKeys(ground: Ground, tile: Val, last: Val) {
  const { io, q, row, group } = ground;
  const k = io.k;
  k.note("keys, and values in registers; past the last they repeat it and weigh nothing");
  return Array.from({ length: (keys * q.dims) / 4 / lanes }, (_, i) => {
    const { r, c } = quadAt(ground, k.let("part", k.builtin("lane").plus(i * lanes)));
    const slot = slotOf(io, q, tile.plus(cast(r, "i32")).atMost(last));
    const at = [row, slot, group, c];
    const key = io.read(q.keys)(at, 4);
    const value = k.let("value", io.read(q.values)(at, 4));
    const spoiling = cast(cast(value, "f16"), "f32").times(0);
    const place = k.let("place", r.times(q.dims + padding).plus(c));
    storeSplit(k, ground.past, place, key.plus(spoiling));
    const finite = call("le", call("abs", value), largestHalf);
    return { place, numbers: k.let("finite", select(finite, value, 0)) };
  });
}
