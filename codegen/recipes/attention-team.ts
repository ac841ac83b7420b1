/** Attention in which a workgroup owns a query: its lanes are keys while logits are made and parts of the value while values are added. */
import type { Region } from "../../src/passes/regions.ts";
import { RegionIO } from "../access.ts";
import type { Variable } from "../build.ts";
import type { Memory, Width } from "../kernel.ts";
import type { LoweredKernel } from "../recipe.ts";
import { call, cast, fma, literal, select, type Val } from "../val.ts";
import {
  fillRings,
  freshKey,
  freshValue,
  isFirstOfGroup,
  whereReal,
  writeAttended,
} from "./fresh-token.ts";
import {
  keyAt,
  keySpan,
  logitOf,
  type Query,
  slotOf,
  sumOfParts,
  unseen,
  valueAt,
  widthOf,
} from "./query.ts";
import { leave, stretchOf } from "./stretches.ts";

/**
 * `subgroup`: lanes that find their largest logit together, 1 where subgroups are not used. `stretches`: as many workgroups share
 * a query's keys.
 */
export type Team = {
  readonly lanes: number;
  readonly subgroup: number;
  readonly stretches?: number;
};

/**
 * What the lanes of a workgroup know. `across` lanes hold the numbers of a value, `mine` being a lane's first; such parts of the
 * workgroup, numbered by `part`, add different keys. `ownKey`: the new token's key, where this region makes it.
 */
type Ground = {
  readonly io: RegionIO;
  readonly q: Query;
  readonly team: Team;
  readonly width: Width;
  readonly row: Val;
  readonly t: Val;
  readonly head: Val;
  readonly stretch: Val;
  readonly group: Val;
  readonly query: Memory;
  readonly peaks: Memory;
  readonly weights: Memory;
  readonly ownKey: Memory | null;
  readonly across: number;
  readonly parts: number;
  readonly part: Val;
  readonly mine: Val;
};

/** The largest logit so far, and of a lane's keys the sums of their weights and of their weighted values. */
type Sums = Readonly<Record<"largest" | "sum" | "total", Variable>>;

/** A workgroup takes one query, or a stretch of its keys; every tile has as many keys as there are lanes. All loop bounds are uniform: they hold barriers. */
export function workgroupAQuery(region: Region, q: Query, team: Team): LoweredKernel {
  const io = new RegionIO(region);
  const k = io.k;
  const ground = holdQuery(io, q, team);
  const { stretches = 1 } = team;
  const { row, t, head, stretch, group, across, parts, part, mine, width } = ground;
  const isFirst = part.equals(0);
  const isStart = stretches === 1 ? literal(1, "bool") : stretch.equals(0);
  const { from, last } = keysOf(ground, stretches);
  const sums = startSums(ground, isFirst.and(isStart));
  k.loop("tile", from, last.plus(1), team.lanes, (tile) => addTile(ground, sums, tile, last));
  const joined = joinParts(
    io,
    { across, parts, even: across * parts === team.lanes },
    { part, mine, sum: sums.sum.get(), total: sums.total.get() },
  );
  k.when(isFirst, () => {
    const { sum, total } = joined();
    if (stretches === 1) writeAttended(io, region, [row, t, head, mine], total.over(sum));
    else {
      const found = { largest: sums.largest.get(), sum, total };
      leave(io, q, stretches, [row, t, head], stretch, mine, found);
    }
    if (q.fresh)
      k.when(isStart.and(isFirstOfGroup(q, head)), () =>
        whereReal(io, q, row, () => fillRings(io, q, row, group, mine, width)),
      );
  });
  return io.finish(`${region.name}_attend`, team.lanes, [q.heads * stretches, q.time, q.batch]);
}

/** The keys that this workgroup looks up in the ring. */
function keysOf({ io, q, row, t, stretch }: Ground, stretches: number) {
  const { oldest, newest } = keySpan(io, q, row, t);
  // The new token's own key is not in the ring yet.
  const last = q.fresh ? io.k.let("last", newest.minus(1)) : newest;
  const all = { from: oldest, last };
  return stretches === 1 ? all : stretchOf(io, all, stretches, cast(stretch, "i32"));
}

/** Puts the scaled query into workgroup memory, and the new token's key. */
function holdQuery(io: RegionIO, q: Query, team: Team): Ground {
  const k = io.k;
  const width = widthOf(io, q);
  const { lanes, stretches = 1 } = team;
  const lane = k.builtin("lane");
  const number = k.builtin("workgroup_x");
  const head = k.let("head", number.over(stretches));
  const stretch = stretches === 1 ? literal(0, "u32") : k.let("stretch", number.modulo(stretches));
  const [t, row] = [k.builtin("workgroup_y"), k.builtin("workgroup_z")];
  const group = k.let("group", head.over(q.heads / q.groups));
  const query = k.workgroup("query", "f32", q.dims);
  const peaks = k.workgroup("peaks", "f32", lanes / team.subgroup);
  const weights = k.workgroup("weights", "f32", lanes);
  const ownKey = q.fresh && k.workgroup("own_key", "f32", q.dims);
  k.when(lane.below(q.dims / width), () => {
    const d = k.let("d", lane.times(width));
    k.store(query, d, io.read(q.q)([row, t, head, d], width).times(q.scale));
    if (ownKey) k.store(ownKey, d, freshKey(io, q, row, group, d, width));
  });
  k.barrier();
  const across = q.dims / width;
  const part = k.let("part", lane.over(across));
  const mine = k.let("mine", lane.modulo(across).times(width));
  return {
    ...{ io, q, team, width, row, t, head, stretch, group, query, peaks, weights, ownKey },
    ...{ across, parts: Math.floor(lanes / across), part, mine },
  };
}

/** The logit of the query with a key, whose numbers `key` gives. */
function logitWith({ io, q, query, width }: Ground, key: (d: Val) => Val): Val {
  const k = io.k;
  const product = k.variable("product", literal(0, "f32", width));
  k.loop("d", 0, q.dims, width, (d) => {
    const at = key(d);
    k.accumulate(product, (now) => fma(k.load(query, d, width), at, now));
  });
  return logitOf(q, sumOfParts(product.get()));
}

/** The sums begin with the new token, where its key and value are made here: all weigh it, one part counts it. */
function startSums(ground: Ground, startsHere: Val): Sums {
  const { io, q, row, group, mine, ownKey, width } = ground;
  const k = io.k;
  const none = literal(0, "f32");
  if (!ownKey)
    return {
      largest: k.variable("largest", literal(unseen, "f32")),
      sum: k.variable("sum", none),
      total: k.variable("total", literal(0, "f32", width)),
    };
  const own = k.let(
    "own_logit",
    logitWith(ground, (d) => k.load(ownKey, d, width)),
  );
  const value = k.variable("own_value", literal(0, "f32", width));
  k.when(startsHere, () => value.set(freshValue(io, q, row, group, mine, width)));
  return {
    largest: k.variable("largest", own),
    sum: k.variable("sum", select(startsHere, literal(1, "f32"), none)),
    total: k.variable("total", value.get()),
  };
}

/** One key a lane: all weigh theirs by the largest logit, then each part adds every so many-th. */
function addTile(ground: Ground, { largest, sum, total }: Sums, tile: Val, last: Val): void {
  const { io, q, team, width, row, group, peaks, weights, parts, part, mine } = ground;
  const k = io.k;
  const lane = k.builtin("lane");
  const key = k.let("key", tile.plus(cast(lane, "i32")));
  const visible = k.let("visible", call("le", key, last));
  const slot = slotOf(io, q, key.atMost(last));
  const product = logitWith(ground, (d) => keyAt(io, q, [row, slot, group, d], width));
  const logit = k.let("logit", select(visible, product, unseen));
  storePeak(io, team, peaks, logit);
  k.barrier();
  const before = largest.get();
  k.loop("other", 0, peaks.length, 1, (other) =>
    k.accumulate(largest, (now) => now.atLeast(k.load(peaks, other))),
  );
  const now = largest.get();
  const fade = k.let("fade", call("exp", before.minus(now)));
  k.store(weights, lane, select(visible, call("exp", logit.minus(now)), 0));
  k.barrier();
  k.accumulate(sum, (so) => so.times(fade));
  k.accumulate(total, (so) => so.times(fade));
  const keysHere = k.let("keys_here", cast(last.plus(1).minus(tile).atMost(team.lanes), "u32"));
  k.loop("other", part, keysHere, parts, (other) => {
    const weight = k.load(weights, other);
    const from = slotOf(io, q, tile.plus(cast(other, "i32")));
    k.accumulate(sum, (so) => so.plus(weight));
    const value = valueAt(io, q, [row, from, group, mine], width);
    k.accumulate(total, (so) => fma(value, weight, so));
  });
}

/** The largest logit of each subgroup, or of each lane where subgroups are not used. */
function storePeak(io: RegionIO, team: Team, peaks: Memory, logit: Val): void {
  const k = io.k;
  const lane = k.builtin("lane");
  if (team.subgroup === 1) k.store(peaks, lane, logit);
  else {
    const peak = k.subgroup("max", logit);
    k.when(lane.modulo(team.subgroup).equals(0), () =>
      k.store(peaks, lane.over(team.subgroup), peak),
    );
  }
}

/** Lanes of different parts have added different keys of the same numbers: the first part adds up what the others have. */
function joinParts(
  io: RegionIO,
  shape: { readonly across: number; readonly parts: number; readonly even: boolean },
  own: { readonly part: Val; readonly mine: Val; readonly sum: Val; readonly total: Val },
): () => Readonly<Record<"sum" | "total", Val>> {
  const k = io.k;
  const { width } = own.total.type;
  if (shape.parts === 1) return () => own;
  const dims = shape.across * width;
  const sums = k.workgroup("sums", "f32", shape.parts * shape.across);
  const totals = k.workgroup("totals", "f32", shape.parts * dims);
  k.when(shape.even ? literal(1, "bool") : own.part.below(shape.parts), () => {
    k.store(sums, own.part.times(shape.across).plus(own.mine.over(width)), own.sum);
    k.store(totals, own.part.times(dims).plus(own.mine), own.total);
  });
  k.barrier();
  return () => {
    const sum = k.variable("sum", own.sum);
    const total = k.variable("total", own.total);
    k.loop("other", 1, shape.parts, 1, (other) => {
      k.accumulate(sum, (so) =>
        so.plus(k.load(sums, other.times(shape.across).plus(own.mine.over(width)))),
      );
      k.accumulate(total, (so) => so.plus(k.load(totals, other.times(dims).plus(own.mine), width)));
    });
    return { sum: sum.get(), total: total.get() };
  };
}
