/**
 * Attention in which a lane owns several queries that share their keys: neighbouring tokens, and the heads of one group. Each
 * key and value that is loaded serves all of them.
 */
import type { Region } from "../../src/passes/regions.ts";
import { RegionIO } from "../access.ts";
import { linearLanes } from "../grid.ts";
import type { Caps, Memory, Width } from "../kernel.ts";
import type { LoweredKernel } from "../recipe.ts";
import { call, fma, literal, select, type Val } from "../val.ts";
import { writeAttended } from "./fresh-token.ts";
import { type Kept, takeIn, type Weights } from "./online-softmax.ts";
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

/** Queries of a lane, and keys that it takes at a time. */
export type Block = { readonly queries: number; readonly keys: number };

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** A query's place, which keys it sees, and what is kept of them so far. */
type Own = {
  readonly at: readonly [Val, Val, Val];
  readonly oldest: Val;
  readonly newest: Val;
  readonly kept: Kept;
};

export function laneSomeQueries(region: Region, q: Query, caps: Caps, block: Block): LoweredKernel {
  const io = new RegionIO(region);
  const k = io.k;
  const width = widthOf(io, q);
  const shared = q.heads / q.groups;
  const across = Math.ceil((q.time * shared) / block.queries);
  const lanes = q.batch * q.groups * across;
  const workgroupSize = Math.min(32, caps.maxWorkgroupLanes);
  const { index, grid } = linearLanes(io, caps, lanes, workgroupSize);
  const query = k.registers("query", "f32", block.queries * q.dims);
  const total = k.registers("total", "f32", block.queries * q.dims);
  k.when(index.below(lanes), () => {
    const [row, group, place] = io.indices.unflatten(index, [q.batch, q.groups, across]) as [
      Val,
      Val,
      Val,
    ];
    const numbers = range(block.queries).map((i) =>
      k.let("number", place.times(block.queries).plus(i)),
    );
    const owns = numbers.map((number, i): Own => {
      const real = k.let("real", number.atMost(q.time * shared - 1));
      const [t, head] = [k.let("t", real.over(shared)), real.modulo(shared)];
      const at = [row, t, k.let("head", group.times(shared).plus(head))] as const;
      k.loop("d", 0, q.dims, width, (d) => {
        k.store(
          query,
          d.plus(i * q.dims),
          io
            .read(q.q)([...at, d], width)
            .times(q.scale),
        );
        k.store(total, d.plus(i * q.dims), literal(0, "f32", width));
      });
      const largest = k.variable("largest", literal(unseen, "f32"));
      const kept = { largest, sum: k.variable("sum", literal(0, "f32")) };
      return { at, ...keySpan(io, q, row, t), kept };
    });
    const take = (keys: readonly Val[], visible: Visible) => {
      const places = keys.map((key) => [row, slotOf(io, q, key), group] as const);
      const weights = weightsOf(io, q, query, owns, places, visible, width);
      addValues(io, q, total, weights, places, visible, width);
    };
    const { first, allFrom, wholeEnd, last } = spansOf(k, owns, block.keys);
    k.note("keys that all see");
    k.loop("key", allFrom, wholeEnd, block.keys, (key) =>
      take(
        range(block.keys).map((j) => k.let("key_here", key.plus(j))),
        null,
      ),
    );
    k.note("those that some do not");
    const before = k.let("before", allFrom.minus(first));
    const others = k.let("others", before.plus(last.plus(1).minus(wholeEnd)));
    k.loop("other", 0, others, 1, (other) => {
      const key = k.let(
        "key",
        select(other.below(before), first.plus(other), wholeEnd.plus(other.minus(before))),
      );
      take(
        [key],
        owns.map(({ oldest, newest }) => [
          k.let("visible", call("le", oldest, key).and(call("le", key, newest))),
        ]),
      );
    });
    for (const [i, { at, kept }] of owns.entries())
      k.when(numbers[i]!.below(q.time * shared), () => {
        const share = k.let("share", call("div", literal(1, "f32"), kept.sum.get()));
        k.loop("d", 0, q.dims, width, (d) => {
          const value = k.load(total, d.plus(i * q.dims), width).times(share);
          writeAttended(io, region, [...at, d], value);
        });
      });
  });
  return io.finish(`${region.name}_attend`, workgroupSize, grid);
}

type Places = readonly (readonly [Val, Val, Val])[];
/** Of each query, of each key; null: every query sees every key. */
type Visible = readonly (readonly Val[])[] | null;

/** From the first key that one sees, from the first that all see, to where a last whole step of those ends, to the last that one sees. */
function spansOf(k: RegionIO["k"], owns: readonly Own[], step: number) {
  const least = (name: string, of: (o: Own) => Val) =>
    k.let(
      name,
      owns.map(of).reduce((a, b) => a.atMost(b)),
    );
  const most = (name: string, of: (o: Own) => Val) =>
    k.let(
      name,
      owns.map(of).reduce((a, b) => a.atLeast(b)),
    );
  const first = least("first", (o) => o.oldest);
  const last = most("last", (o) => o.newest);
  const allFrom = k.let("all_from", most("latest_oldest", (o) => o.oldest).atMost(last.plus(1)));
  const common = least("earliest_newest", (o) => o.newest)
    .plus(1)
    .minus(allFrom)
    .atLeast(0);
  const wholeEnd = k.let("whole_end", allFrom.plus(common.over(step).times(step)));
  return { first, allFrom, wholeEnd, last };
}

function weightsOf(
  io: RegionIO,
  q: Query,
  query: Memory,
  owns: readonly Own[],
  places: Places,
  visible: Visible,
  width: Width,
): readonly Weights[] {
  const k = io.k;
  const products = owns.map(() =>
    places.map(() => k.variable("product", literal(0, "f32", width))),
  );
  k.loop("d", 0, q.dims, width, (d) => {
    const read = places.map((place) => keyAt(io, q, [...place, d], width));
    for (const [i, ofQuery] of products.entries()) {
      const part = k.load(query, d.plus(i * q.dims), width);
      for (const [j, product] of ofQuery.entries())
        k.accumulate(product, (now) => fma(part, read[j]!, now));
    }
  });
  return owns.map(({ kept }, i) => {
    const seen = visible?.[i] ?? null;
    const logits = products[i]!.map((p, j) => {
      const logit = logitOf(q, sumOfParts(p.get()));
      return k.let("logit", seen ? select(seen[j]!, logit, unseen) : logit);
    });
    return takeIn(k, kept, logits, seen);
  });
}

function addValues(
  io: RegionIO,
  q: Query,
  total: Memory,
  weights: readonly Weights[],
  places: Places,
  visible: Visible,
  width: Width,
): void {
  const k = io.k;
  k.loop("d", 0, q.dims, width, (d) => {
    const values = places.map((place) => valueAt(io, q, [...place, d], width));
    for (const [i, { fade, of }] of weights.entries()) {
      const at = k.let("at", d.plus(i * q.dims));
      const faded = k.load(total, at, width).times(fade);
      k.store(
        total,
        at,
        values.reduce((so, value, j) => {
          // A weight of 0 does not hide what is no number.
          const seen = visible ? select(visible[i]![j]!, value, 0) : value;
          return fma(seen, of[j]!, so);
        }, faded),
      );
    }
  });
}
