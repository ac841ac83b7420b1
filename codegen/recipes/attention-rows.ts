/**
 * Attention in which the lanes of a subgroup share queries, for devices whose lanes' loads are dear: two small products with a
 * softmax between. Lanes are keys while logits are made, four each; then queries, each of which weighs its row of logits; then
 * numbers of the value, four each. What one lane holds of a row, a broadcast gives to all.
 * Seen on lavapipe, 512 tokens of 6 heads of 128 with keys of their own, CPU milliseconds on busy cores: 66 with 16 queries, 104
 * with a lane for four queries.
 */
import type { Region } from "../../src/passes/regions.ts";
import { RegionIO } from "../access.ts";
import { linearWorkgroups } from "../grid.ts";
import type { Caps, Memory } from "../kernel.ts";
import type { LoweredKernel } from "../recipe.ts";
import { fma, literal, type Val } from "../val.ts";
import { fillRing, freshKey, freshValue, whereReal, writeAttended } from "./fresh-token.ts";
import { addValues, storeLogits } from "./key-blocks.ts";
import { logitOf, type Query, sumOfParts, widthOf } from "./query.ts";
import {
  chunksOf,
  eachChunk,
  keysOf,
  numberOf,
  placeOf,
  quad,
  spanOf,
  type Tile,
} from "./query-tile.ts";
import { softmaxOf } from "./row-softmax.ts";

/** Queries that a subgroup owns. */
export type Rows = { readonly rows: number };

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
  const { io, q, rows, row, query, size } = tile;
  const k = io.k;
  const from = k.builtin("subgroup_lane").times(quad);
  k.loop("cell", from, rows * q.dims, quad * size, (cell) => {
    const { t, head } = placeOf(tile, cell.over(q.dims));
    const at = [row, k.let("t", t), k.let("head", head), cell.modulo(q.dims)];
    k.store(query, cell, io.read(q.q)(at, quad).times(q.scale));
  });
  k.barrier();
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
  const { io, rows, row, first, weights, totals } = tile;
  const k = io.k;
  eachChunk(tile, (chunk, d) =>
    k.loop("i", 0, rows, 1, (i) => {
      const { t, head } = placeOf(tile, i);
      const share = k.load(weights, i.times(quad), quad);
      const value = k.load(totals, chunk.times(rows).plus(i).times(quad), quad).times(share);
      k.when(first.plus(i).below(queries), () =>
        writeAttended(io, region, [row, k.let("t", t), k.let("head", head), d], value),
      );
    }),
  );
}
