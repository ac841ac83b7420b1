/**
 * Attention in which the lanes of a subgroup share queries, for devices whose lanes' loads are dear: two small products with a
 * softmax between. Lanes are keys while logits are made, four each; then queries, each of which weighs its row of logits; then
 * numbers of the value, four each. What one lane holds of a row, a broadcast gives to all.
 * Seen on lavapipe, 512 tokens of 6 heads of 128 with keys of their own, CPU milliseconds on busy cores: 66 with 16 queries, 104
 * with a lane for four queries.
 */
import type { Region } from "../../src/passes/regions.ts";
import { RegionIO } from "../access.ts";
import type { Variable } from "../build.ts";
import { linearWorkgroups } from "../grid.ts";
import type { Caps, Memory } from "../kernel.ts";
import type { LoweredKernel } from "../recipe.ts";
import { call, cast, fma, literal, select, spread, type Val, vector } from "../val.ts";
import { fillRing, freshKey, freshValue, whereReal, writeAttended } from "./fresh-token.ts";
import {
  keyAt,
  keySpan,
  logitOf,
  type Query,
  slotOf,
  sumOfParts,
  valueAt,
  widthOf,
} from "./query.ts";
import { softmaxOf } from "./row-softmax.ts";

/** Queries that a subgroup owns. */
export type Rows = { readonly rows: number };

const quad = 4;
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** Best first: a workgroup's time goes into loading keys and values, however many queries they serve. */
export function waysToShareQueries(region: Region, q: Query, caps: Caps): readonly Rows[] {
  const { subgroup } = caps;
  if (caps.barriers === "cheap" || !subgroup || q.dims % quad !== 0) return [];
  if (widthOf(new RegionIO(region), q) !== quad) return [];
  const queries = Math.min(q.time * (q.heads / q.groups), 16);
  const sizes = new Set([queries, ...[8, 4, 2, 1].filter((rows) => rows < queries)]);
  return [...sizes]
    .filter((rows) => bytesOf(q, rows, subgroup.size) <= caps.maxWorkgroupBytes)
    .slice(0, 3)
    .map((rows) => ({ rows }));
}

const bytesOf = (q: Query, rows: number, size: number) =>
  4 * (rows * (q.dims + quad * size) + (q.fresh ? q.dims : 0));

/**
 * What a subgroup works on. `query` and `weights` are rows in workgroup memory, `ownKey` the new token's key there, where this
 * region makes it; `totals` are a lane's part of the values.
 */
type Tile = {
  readonly io: RegionIO;
  readonly q: Query;
  readonly size: number;
  readonly rows: number;
  readonly row: Val;
  readonly group: Val;
  /** The first query, of all that share the keys. */
  readonly first: Val;
  readonly query: Memory;
  readonly ownKey: Memory | null;
  readonly weights: Memory;
  readonly totals: Memory;
};

export function shareQueries(
  region: Region,
  q: Query,
  caps: Caps,
  { size }: NonNullable<Caps["subgroup"]>,
  { rows }: Rows,
): LoweredKernel {
  const io = new RegionIO(region);
  const k = io.k;
  const queries = q.time * (q.heads / q.groups);
  const across = Math.ceil(queries / rows);
  const count = q.batch * q.groups * across;
  const { number, grid, exact } = linearWorkgroups(io, caps, count);
  const query = k.workgroup("query", "f32", rows * q.dims);
  const ownKey = q.fresh && k.workgroup("own_key", "f32", q.dims);
  const weights = k.workgroup("weights", "f32", rows * quad * size);
  const totals = k.registers("totals", "f32", rows * chunksOf(q, size) * quad);
  k.when(exact ? literal(1, "bool") : number.below(count), () => {
    const [row, group, place] = io.indices.unflatten(number, [q.batch, q.groups, across]) as [
      Val,
      Val,
      Val,
    ];
    const first = k.let("first_query", place.times(rows));
    const tile: Tile = { io, q, size, rows, row, group, first, query, ownKey, weights, totals };
    if (ownKey) holdKey(tile, ownKey);
    holdQueries(tile);
    const span = (i: Val) => spanOf(tile, i);
    const softmax = softmaxOf(
      { io, q, size, rows, weights, span },
      ownKey ? (own) => freshLogit(tile, ownKey, own) : null,
    );
    startTotals(tile);
    const keys = keysOf(tile);
    k.loop("key", keys.from, keys.last.plus(1), quad * size, (key) => {
      storeLogits(tile, key, keys.last);
      k.barrier();
      const fades = softmax.weigh(key, keys.last);
      k.barrier();
      addValues(tile, fades, key, keys);
      k.barrier();
    });
    softmax.storeShares();
    k.barrier();
    writeRows(tile, region, queries);
  });
  return io.finish(`${region.name}_attend`, size, grid);
}

/** Parts of a value, one after another by all lanes. */
const chunksOf = (q: Query, size: number) => Math.ceil(q.dims / (quad * size));

/** Calls back for each chunk with the lane's numbers in it, where they exist. */
function eachChunk(tile: Tile, then: (chunk: Val, d: Val) => void): void {
  const { io, q, size } = tile;
  const k = io.k;
  k.loop("chunk", 0, chunksOf(q, size), 1, (chunk) => {
    const d = k.let("d", numberOf(tile, chunk));
    if (q.dims % (quad * size) === 0) then(chunk, d);
    else k.when(d.below(q.dims), () => then(chunk, d));
  });
}
const numberOf = ({ io, size }: Tile, chunk: Val): Val =>
  chunk.times(size).plus(io.k.builtin("subgroup_lane")).times(quad);

/** Which token and head a query of the tile is; past the last, that. */
function placeOf({ q, first, row, group }: Tile, i: Val) {
  const shared = q.heads / q.groups;
  const number = first.plus(i).atMost(q.time * shared - 1);
  return { row, t: number.over(shared), head: group.times(shared).plus(number.modulo(shared)) };
}

/** All lanes put the new token's key into workgroup memory, and on into the ring. */
function holdKey(tile: Tile, ownKey: Memory): void {
  const { io, q, row, group } = tile;
  eachChunk(tile, (_, d) => {
    const key = io.k.let("fresh_key", freshKey(io, q, row, group, d, quad));
    io.k.store(ownKey, d, key);
    keepFresh(tile, "keys", d, key);
  });
}

/** Of the subgroups that share a key, the first puts what is new into the ring. */
function keepFresh(
  { io, q, first, row, group }: Tile,
  ring: "keys" | "values",
  d: Val,
  numbers: Val,
): void {
  io.k.when(first.equals(0), () =>
    whereReal(io, q, row, () => fillRing(io, q, ring, [row, group, d], numbers)),
  );
}

/** All lanes put the scaled queries into workgroup memory, part by part. */
function holdQueries(tile: Tile): void {
  const { io, q, rows, query, size } = tile;
  const k = io.k;
  const from = k.builtin("subgroup_lane").times(quad);
  k.loop("cell", from, rows * q.dims, quad * size, (cell) => {
    const { row, t, head } = placeOf(tile, cell.over(q.dims));
    const at = [row, k.let("t", t), k.let("head", head), cell.modulo(q.dims)];
    k.store(query, cell, io.read(q.q)(at, quad).times(q.scale));
  });
  k.barrier();
}

/** The keys that a query of the tile sees. */
function spanOf(tile: Tile, i: Val): { readonly oldest: Val; readonly newest: Val } {
  const { row, t } = placeOf(tile, i);
  return keySpan(tile.io, tile.q, row, tile.io.k.let("t", t));
}

/** The keys of the past that one of the queries sees, and of those the ones that all see. */
type Keys = {
  readonly from: Val;
  readonly last: Val;
  readonly allFrom: Val;
  readonly allLast: Val;
};

function keysOf(tile: Tile): Keys {
  const { io, q, rows } = tile;
  const k = io.k;
  const most = 2 ** 31 - 1;
  const [from, allLast] = [
    k.variable("from", literal(most, "i32")),
    k.variable("all_last", literal(most, "i32")),
  ];
  const [last, allFrom] = [
    k.variable("last", literal(-1, "i32")),
    k.variable("all_from", literal(-1, "i32")),
  ];
  k.loop("i", 0, rows, 1, (i) => {
    const { oldest, newest } = spanOf(tile, i);
    k.accumulate(from, (so) => so.atMost(oldest));
    k.accumulate(allFrom, (so) => so.atLeast(oldest));
    k.accumulate(last, (so) => so.atLeast(newest));
    k.accumulate(allLast, (so) => so.atMost(newest));
  });
  // The new token's own key is not in the ring yet.
  const past = (v: Val) => (q.fresh ? k.let("past_key", v.minus(1)) : v);
  return {
    ...{ from: from.get(), allFrom: allFrom.get() },
    ...{ last: past(last.get()), allLast: past(allLast.get()) },
  };
}

/** Of each query with each lane's four keys; those past the last key repeat that. */
function storeLogits({ io, q, size, rows, row, group, query, weights }: Tile, key: Val, last: Val) {
  const k = io.k;
  const lane = k.builtin("subgroup_lane");
  const own = k.let("own_key", key.plus(cast(lane.times(quad), "i32")));
  const slots = range(quad).map((c) => slotOf(io, q, own.plus(c).atMost(last)));
  const logits = range(rows).map(() => k.variable("logit", literal(0, "f32", quad)));
  const owners = range(Math.ceil(rows / size)).map((p) =>
    k.let(
      "own_query",
      lane
        .plus(p * size)
        .atMost(rows - 1)
        .times(q.dims),
    ),
  );
  k.loop("d", 0, q.dims, quad, (d) => {
    const queries = owners.map((at) => k.load(query, at.plus(d), quad));
    const keys = slots.map((slot) => k.let("key_part", keyAt(io, q, [row, slot, group, d], quad)));
    const turned = range(quad).map((u) =>
      k.let("of_keys", vector(keys.map((one) => one.component(u)))),
    );
    for (const [i, logit] of logits.entries()) {
      const of = k.subgroup("broadcast", queries[Math.floor(i / size)]!, i % size);
      for (const [u, part] of turned.entries())
        k.accumulate(logit, (now) => fma(spread(of.component(u), quad), part, now));
    }
  });
  for (const [i, logit] of logits.entries())
    k.store(weights, lane.plus(i * size).times(quad), logit.get());
}

/** Fades what was kept of the values, and adds those of the keys by their weights. */
function addValues(tile: Tile, fades: readonly Val[], key: Val, keys: Keys): void {
  const { io, q, size, rows, totals } = tile;
  const k = io.k;
  const lane = k.builtin("subgroup_lane");
  const upTo = (end: Val) =>
    end
      .plus(1)
      .minus(key)
      .atLeast(0)
      .atMost(quad * size);
  const here = k.let("keys_here", cast(upTo(keys.last), "u32"));
  const common = select(call("le", keys.allFrom, key), upTo(keys.allLast), 0);
  const whole = k.let("whole", cast(common.over(quad).times(quad), "u32"));
  k.loop("chunk", 0, chunksOf(q, size), 1, (chunk) => {
    const d = k.let("d", numberOf(tile, chunk).atMost(q.dims - quad));
    const at = (i: number) => chunk.times(rows).plus(i).times(quad);
    const sums = range(rows).map((i) => {
      const fade = k.subgroup("broadcast", fades[Math.floor(i / size)]!, i % size);
      return k.variable("so_far", k.load(totals, at(i), quad).times(spread(fade, quad)));
    });
    const owners = range(Math.ceil(rows / size)).map((p) =>
      k.let(
        "own_row",
        lane
          .plus(p * size)
          .atMost(rows - 1)
          .times(quad * size),
      ),
    );
    k.note("keys that all see");
    k.loop("past", 0, whole, quad, (past) => addKeys(tile, sums, owners, [key, past, d], null));
    k.note("keys that some do not see: a weight of 0 must hide what is no number");
    k.loop("past", whole, here, quad, (past) =>
      addKeys(tile, sums, owners, [key, past, d], keys.last),
    );
    for (const [i, sum] of sums.entries()) k.store(totals, at(i), sum.get());
  });
}

/** Four keys; `last`: beyond that there is none, and not every query sees those that are there. */
function addKeys(
  { io, q, size, row, group, weights }: Tile,
  sums: readonly Variable[],
  owners: readonly Val[],
  [key, past, d]: readonly [Val, Val, Val],
  last: Val | null,
): void {
  const k = io.k;
  const own = owners.map((at) => k.load(weights, at.plus(past), quad));
  const values = range(quad).map((u) => {
    const place = key.plus(cast(past, "i32")).plus(u);
    const slot = slotOf(io, q, last ? place.atMost(last) : place);
    return k.let("value", valueAt(io, q, [row, slot, group, d], quad));
  });
  for (const [i, sum] of sums.entries()) {
    const of = k.subgroup("broadcast", own[Math.floor(i / size)]!, i % size);
    for (const [u, value] of values.entries()) {
      const weight = of.component(u);
      const seen = last ? select(call("ne", weight, 0), value, 0) : value;
      k.accumulate(sum, (so) => fma(spread(weight, quad), seen, so));
    }
  }
}

/** The logit of a lane's own query with the new token's key. */
function freshLogit({ io, q, query }: Tile, key: Memory, own: Val): Val {
  const k = io.k;
  const product = k.variable("own_product", literal(0, "f32", quad));
  k.loop("d", 0, q.dims, quad, (d) =>
    k.accumulate(product, (now) =>
      fma(k.load(query, own.times(q.dims).plus(d), quad), k.load(key, d, quad), now),
    ),
  );
  return k.let("own_logit", logitOf(q, sumOfParts(product.get())));
}

/** The weighted values begin with the new token's, whose weight is 1 until a larger logit comes. */
function startTotals(tile: Tile): void {
  const { io, q, size, rows, row, group, totals } = tile;
  const k = io.k;
  k.loop("chunk", 0, chunksOf(q, size), 1, (chunk) => {
    const d = k.let("d", numberOf(tile, chunk));
    const here = k.let("d_read", d.atMost(q.dims - quad));
    const value = q.fresh
      ? k.let("fresh_value", freshValue(io, q, row, group, here, quad))
      : literal(0, "f32", quad);
    k.loop("i", 0, rows, 1, (i) => k.store(totals, chunk.times(rows).plus(i).times(quad), value));
    if (q.fresh) k.when(d.below(q.dims), () => keepFresh(tile, "values", here, value));
  });
}

/** Divides by the sums, which wait as shares in `weights`. */
function writeRows(tile: Tile, region: Region, queries: number): void {
  const { io, rows, first, weights, totals } = tile;
  const k = io.k;
  eachChunk(tile, (chunk, d) =>
    k.loop("i", 0, rows, 1, (i) => {
      const { row, t, head } = placeOf(tile, i);
      const share = k.load(weights, i.times(quad), quad);
      const value = k.load(totals, chunk.times(rows).plus(i).times(quad), quad).times(share);
      k.when(first.plus(i).below(queries), () =>
        writeAttended(io, region, [row, k.let("t", t), k.let("head", head), d], value),
      );
    }),
  );
}
