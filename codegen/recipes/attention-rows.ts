/**
 * Attention in which the lanes of a subgroup share keys, for devices whose lanes' loads are dear: each lane owns a few queries
 * and has their logits to itself; of a block of keys each lane loads a part, for all.
 * Lanes hand on what they load by broadcasts, and no barrier is needed: with barriers lavapipe makes the kernel a coroutine, whose
 * vectors live in memory instead of registers (1.5 times the time by itself).
 * Seen on lavapipe, 512 tokens of 6 heads of 128 with keys of their own, CPU time on busy cores, interleaved: 16 queries take 1.2
 * times as long as 32, and 8 take 1.7 times.
 */
import type { Region } from "../../src/passes/regions.ts";
import { RegionIO } from "../access.ts";
import { linearWorkgroups } from "../grid.ts";
import type { Caps } from "../kernel.ts";
import type { LoweredKernel } from "../recipe.ts";
import { call, cast, fma, literal, spread, type Val, vector } from "../val.ts";
import { fillRings, freshKey, freshValue, whereReal, writeAttended } from "./fresh-token.ts";
import { addValues, logitsOf } from "./key-blocks.ts";
import { logitOf, type Query, slotOf, sumOfParts, widthOf } from "./query.ts";
import {
  keysOf,
  type Own,
  ownQueries,
  quad,
  queryAt,
  range,
  type Tile,
  totalAt,
} from "./query-tile.ts";
import { type RowSoftmax, softmaxOf } from "./row-softmax.ts";

/** Queries that a subgroup owns: some for each lane. */
export type Rows = { readonly rows: number };

/** Keys of a block that are a lane's own. */
const keysEach = 4;

/** Best first: the time goes into loading keys and values, however many queries they serve. */
export function waysToShareQueries(region: Region, q: Query, caps: Caps): readonly Rows[] {
  const { subgroup } = caps;
  if (caps.barriers === "cheap" || !subgroup || q.dims % quad !== 0) return [];
  if (widthOf(new RegionIO(region), q) !== quad) return [];
  const { size } = subgroup;
  // Four fill a core's cache of instructions (32 kB) with a loop's code: five take 1.1 times as long. SwiftShader, whose
  // subgroups are 4 lanes, compiles one in 2 s and two not within 60.
  const limit = size < 8 ? 1 : 4;
  const most = Math.min(Math.ceil((q.time * (q.heads / q.groups)) / size), limit);
  return [most, 2, 1]
    .filter((each, i) => i === 0 || each < most)
    .map((each) => ({ rows: each * size }))
    .filter(({ rows }) => 4 * rows * q.dims <= caps.maxWorkgroupBytes);
}

export function shareQueries(
  region: Region,
  q: Query,
  caps: Caps,
  { size }: NonNullable<Caps["subgroup"]>,
  { rows }: Rows,
): LoweredKernel {
  const io = new RegionIO(region);
  const k = io.k;
  const across = Math.ceil((q.time * (q.heads / q.groups)) / rows);
  const count = q.batch * q.groups * across;
  const { number, grid, exact } = linearWorkgroups(io, caps, count);
  const query = k.registers("query", "f32", (rows / size) * q.dims);
  // Each lane has its own places; here a loop loads and stores them in half the time that registers take (whole kernel: 0.8).
  const totals = k.workgroup("totals", "f32", rows * q.dims);
  k.when(exact ? literal(1, "bool") : number.below(count), () => {
    const places = io.indices.unflatten(number, [q.batch, q.groups, across]);
    const [row, group, place] = places as [Val, Val, Val];
    const first = k.let("first_query", place.times(rows));
    const owns = ownQueries(io, q, size, rows / size, [row, group, first]);
    const tile: Tile = { io, q, size, row, group, first, owns, query, totals };
    holdQueries(tile);
    const fresh = q.fresh ? holdFresh(tile) : null;
    const softmaxes = owns.map((_, p) => softmaxOf(k, fresh?.[p] ?? null));
    attendToRing(tile, softmaxes);
    writeRows(tile, region, softmaxes);
  });
  return io.finish(`${region.name}_attend`, size, grid);
}

/** Block by block, the keys of the ring. */
function attendToRing(tile: Tile, softmaxes: readonly RowSoftmax[]): void {
  const { io, q, size, owns } = tile;
  const k = io.k;
  const { from, last } = keysOf(tile);
  k.loop("key", from, last.plus(1), keysEach * size, (key) => {
    const mine = key.plus(cast(k.builtin("subgroup_lane"), "i32"));
    const slots = range(keysEach).map((s) => slotOf(io, q, mine.plus(s * size).atMost(last)));
    const logits = logitsOf(tile, slots);
    const weighed = owns.map((own, p) =>
      softmaxes[p]!.weigh(
        logits[p]!.map((logit) => k.let("logit", logitOf(q, logit))),
        logits[p]!.map((_, m) => k.let("visible", seesFour(own, key.plus(m * quad)))),
      ),
    );
    addValues(tile, slots, weighed);
  });
}

/** Which of four keys a query sees. */
const seesFour = ({ oldest, newest }: Own, key: Val): Val =>
  vector(
    range(quad).map((c) => call("le", oldest, key.plus(c)).and(call("le", key.plus(c), newest))),
  );

/** Each lane keeps its queries, scaled, and begins their values. */
function holdQueries(tile: Tile): void {
  const { io, q, row, owns, query, totals } = tile;
  const k = io.k;
  k.loop("d", 0, q.dims, quad, (d) => {
    for (const [p, { t, head }] of owns.entries()) {
      const numbers = io.read(q.q)([row, t, head, d], quad);
      k.store(query, queryAt(tile, p, d), numbers.times(q.scale));
      if (!q.fresh) k.store(totals, totalAt(tile, p, d), literal(0, "f32", quad));
    }
  });
}

/** The logit of each query with the new token's key; values begin with that token's, whose weight is 1 until a larger logit comes. */
function holdFresh(tile: Tile): readonly Val[] {
  const { io, q, row, group, owns, query, totals } = tile;
  const k = io.k;
  keepFresh(tile);
  const products = owns.map(() => k.variable("own_product", literal(0, "f32", quad)));
  k.loop("d", 0, q.dims, quad, (d) => {
    const key = k.let("fresh_key", freshKey(io, q, row, group, d, quad));
    const value = k.let("fresh_value", freshValue(io, q, row, group, d, quad));
    for (const [p, product] of products.entries()) {
      k.accumulate(product, (so) => fma(k.load(query, queryAt(tile, p, d), quad), key, so));
      k.store(totals, totalAt(tile, p, d), value);
    }
  });
  return products.map((product) => k.let("own_logit", logitOf(q, sumOfParts(product.get()))));
}

/** Of the subgroups that share a key, the first puts what is new into the rings. */
function keepFresh({ io, q, size, row, group, first }: Tile): void {
  const k = io.k;
  const from = k.builtin("subgroup_lane").times(quad);
  k.when(first.equals(0), () =>
    whereReal(io, q, row, () =>
      k.loop("d", from, q.dims, quad * size, (d) => fillRings(io, q, row, group, d, quad)),
    ),
  );
}

/** Divides by the sums of the weights. */
function writeRows(tile: Tile, region: Region, softmaxes: readonly RowSoftmax[]): void {
  const { io, q, row, owns, totals } = tile;
  const k = io.k;
  const shares = softmaxes.map(({ share }) => share());
  k.loop("d", 0, q.dims, quad, (d) => {
    for (const [p, { t, head, exists }] of owns.entries()) {
      const value = k.load(totals, totalAt(tile, p, d), quad).times(spread(shares[p]!, quad));
      k.when(exists, () => writeAttended(io, region, [row, t, head, d], value));
    }
  });
}
