/** One block of keys for the queries that a subgroup owns: their logits, and their values by weights that are at hand. */
import type { Variable } from "../build.ts";
import { call, cast, fma, literal, select, spread, type Val, vector } from "../val.ts";
import { keyAt, slotOf, valueAt } from "./query.ts";
import { chunksOf, type Keys, numberOf, quad, type Tile } from "./query-tile.ts";

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** Of each query with each lane's four keys; those past the last key repeat that. */
export function storeLogits(
  { io, q, size, rows, row, group, query, weights }: Tile,
  key: Val,
  last: Val,
) {
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
export function addValues(tile: Tile, fades: readonly Val[], key: Val, keys: Keys): void {
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
