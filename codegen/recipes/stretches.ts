/**
 * Keys dealt to several workgroups, where the queries are too few to keep a device busy: each workgroup takes a stretch of the
 * keys and leaves its largest logit, the sum of its weights and its weighted values, and a second kernel joins them (Dao et al.,
 * "Flash-Decoding for long-context inference", 2023).
 */
import type { Region } from "../../src/passes/regions.ts";
import { RegionIO } from "../access.ts";
import { linearLanes } from "../grid.ts";
import type { Caps, Width } from "../kernel.ts";
import type { LoweredKernel, Scratch } from "../recipe.ts";
import { call, fma, literal, type Val, vector } from "../val.ts";
import { writeAttended } from "./fresh-token.ts";
import { type Query, unseen, widthOf } from "./query.ts";

/** What the online softmax of one query knows of its keys, or of a stretch of them; of the values, the numbers of one lane. */
export type Attended = { readonly largest: Val; readonly sum: Val; readonly total: Val };

const queriesOf = (q: Query): number => q.batch * q.time * q.heads;

/**
 * A record for each stretch of each query, all in one buffer, so that the region binds no more than with its result: the largest
 * logit, the sum, nothing where vectors would else not be whole, and from `head` on the weighted values.
 */
type Records = {
  readonly name: "left";
  readonly length: number;
  readonly width: Width;
  readonly head: number;
  readonly record: number;
};

function recordsOf(io: RegionIO, q: Query, count: number): Records {
  const width = widthOf(io, q);
  const head = width === 1 ? 2 : width;
  const record = head + q.dims;
  return { name: "left", length: queriesOf(q) * count * record, width, head, record };
}

/** What `count` stretches of each query leave. */
export function leftBy(region: Region, q: Query, count: number): readonly Scratch[] {
  const { name, length } = recordsOf(new RegionIO(region), q, count);
  return [{ name, length }];
}

/** The keys of one stretch of `from` to `last`; the last ones may be empty. */
export function stretchOf(
  io: RegionIO,
  { from, last }: { readonly from: Val; readonly last: Val },
  count: number,
  number: Val,
): { readonly from: Val; readonly last: Val } {
  const k = io.k;
  const keys = last.minus(from).plus(1).atLeast(0);
  const each = k.let("keys_each", keys.plus(count - 1).over(count));
  const first = k.let("stretch_from", from.plus(each.times(number)));
  return { from: first, last: k.let("stretch_last", first.plus(each).minus(1).atMost(last)) };
}

/** Stores what stretch `number` of a query found: of the values from number `d` on. */
export function leave(
  io: RegionIO,
  q: Query,
  count: number,
  [row, t, head]: readonly [Val, Val, Val],
  number: Val,
  d: Val,
  { largest, sum, total }: Attended,
): void {
  const k = io.k;
  const { name, length, width, head: start, record } = recordsOf(io, q, count);
  const left = io.scratch(name, length);
  const query = io.indices.flatten([row, t, head], [q.batch, q.time, q.heads]);
  const at = k.let("left_at", query.times(count).plus(number).times(record));
  k.when(d.equals(0), () => {
    const head = [largest, sum, ...Array.from({ length: start - 2 }, () => literal(0, "f32"))];
    if (width > 1) k.store(left, at, vector(head));
    else for (const [i, value] of head.entries()) k.store(left, at.plus(i), value);
  });
  k.store(left, at.plus(start).plus(d), total);
}

/** One lane a few numbers of a query's result. */
export function joinStretches(region: Region, q: Query, caps: Caps, count: number): LoweredKernel {
  const io = new RegionIO(region);
  const k = io.k;
  const { name, length, width, head: start, record } = recordsOf(io, q, count);
  const left = io.scratch(name, length);
  const across = q.dims / width;
  const lanes = queriesOf(q) * across;
  const workgroupSize = Math.min(64, caps.maxWorkgroupLanes);
  const { index, grid } = linearLanes(io, caps, lanes, workgroupSize);
  k.when(index.below(lanes), () => {
    const shape = [q.batch, q.time, q.heads, across];
    const [row, t, head, part] = io.indices.unflatten(index, shape) as [Val, Val, Val, Val];
    const d = k.let("d", part.times(width));
    const first = k.let("first", index.over(across).times(count * record));
    const at = (n: Val) => first.plus(n.times(record));
    const largest = k.variable("largest", literal(unseen, "f32"));
    k.loop("stretch", 0, count, 1, (n) =>
      k.accumulate(largest, (so) => so.atLeast(k.load(left, at(n), width).component(0))),
    );
    const sum = k.variable("sum", literal(0, "f32"));
    const total = k.variable("total", literal(0, "f32", width));
    k.loop("stretch", 0, count, 1, (n) => {
      const here = k.let("here", at(n));
      const peak = k.load(left, here, width);
      const own = width > 1 ? peak.component(1) : k.load(left, here.plus(1));
      const weight = k.let("weight", call("exp", peak.component(0).minus(largest.get())));
      k.accumulate(sum, (so) => fma(own, weight, so));
      const values = k.load(left, here.plus(start).plus(d), width);
      k.accumulate(total, (so) => fma(values, weight, so));
    });
    writeAttended(io, region, [row, t, head, d], total.get().over(sum.get()));
  });
  return io.finish(`${region.name}_join`, workgroupSize, grid);
}
