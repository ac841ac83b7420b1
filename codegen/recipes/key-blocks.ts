/**
 * One block of keys for the queries that a subgroup owns: their logits, and their values by weights that are at hand. A lane
 * loads its own keys' numbers and broadcasts them.
 */
import { bitcast, call, fma, literal, select, spread, type Val, vector } from "../val.ts";
import { keyAt, valueAt } from "./query.ts";
import { quad, queryAt, range, type Tile, totalAt } from "./query-tile.ts";
import type { Weighed } from "./row-softmax.ts";

/** Of each of a lane's queries with the keys in all lanes' slots, four keys a vector. */
export function logitsOf(tile: Tile, slots: readonly Val[]): readonly (readonly Val[])[] {
  const { io, q, size, row, group, owns, query } = tile;
  const k = io.k;
  const quads = range((slots.length * size) / quad);
  const logits = owns.map(() => quads.map(() => k.variable("logit", literal(0, "f32", quad))));
  k.loop("d", 0, q.dims, quad, (d) => {
    const terms = owns.map((_, p) => k.load(query, queryAt(tile, p, d), quad));
    const keys = fromAllLanes(
      tile,
      slots.map((slot) => k.let("own_key", keyAt(io, q, [row, slot, group, d], quad))),
    );
    for (const m of quads)
      for (const u of range(quad)) {
        const four = keys.slice(m * quad, (m + 1) * quad);
        const of = k.let("of_keys", vector(four.map((key) => key.component(u))));
        for (const [p, term] of terms.entries())
          k.accumulate(logits[p]![m]!, (so) => fma(spread(term.component(u), quad), of, so));
      }
  });
  return logits.map((ofQuery) => ofQuery.map((logit) => logit.get()));
}

/** Fades what was kept of the values, and adds those of the block's keys by their weights. */
export function addValues(tile: Tile, slots: readonly Val[], weighed: readonly Weighed[]): void {
  const { io, q, row, group, totals } = tile;
  const k = io.k;
  const masks = weighed.map(({ weights }) =>
    weights.map((w) => k.let("mask", select(call("ne", w, 0), literal(allBits, "u32", quad), 0))),
  );
  k.loop("d", 0, q.dims, quad, (d) => {
    const sums = weighed.map(({ fade }, p) =>
      k.variable("so_far", k.load(totals, totalAt(tile, p, d), quad).times(spread(fade, quad))),
    );
    const values = fromAllLanes(
      tile,
      slots.map((slot) => k.let("own_value", valueAt(io, q, [row, slot, group, d], quad))),
    ).map((value) => k.let("value_bits", bitcast(value, "u32")));
    for (const [p, sum] of sums.entries())
      for (const [j, value] of values.entries()) {
        const [weight, mask] = [weighed[p]!.weights, masks[p]!].map((of) => keyOf(of, j));
        k.accumulate(sum, (so) => fma(weight!, bitcast(value.atMost(mask!), "f32"), so));
      }
    // Last, when few sums and values are left in registers: a store is a branch for each lane.
    for (const [p, sum] of sums.entries()) k.store(totals, totalAt(tile, p, d), sum.get());
  });
}

/**
 * A weight of 0 must hide what is no number. A minimum of bits does it in one instruction, where LLVM makes three of a select;
 * a loop of its own for keys that all see is no faster, and takes 1.4 times as long to compile.
 */
const allBits = 2 ** 32 - 1;

/** Number `j` of vectors, four times. */
const keyOf = (vectors: readonly Val[], j: number): Val =>
  spread(vectors[Math.floor(j / quad)]!.component(j % quad), quad);

/** What each lane holds of its keys, in the order of the keys. */
const fromAllLanes = ({ io, size }: Tile, owns: readonly Val[]): readonly Val[] =>
  owns.flatMap((own) => range(size).map((lane) => io.k.subgroup("broadcast", own, lane)));
