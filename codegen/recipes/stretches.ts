/**
 * Keys dealt to several workgroups, where the queries are too few to keep a device busy: each workgroup takes a stretch of the
 * keys and leaves its largest logit, the sum of its weights and its weighted values, and a second kernel joins them (Dao et al.,
 * "Flash-Decoding for long-context inference", 2023).
 */
import type { Region } from "../../src/passes/regions.ts";
import { RegionIO } from "../access.ts";
import { linearLanes } from "../grid.ts";
import type { Caps } from "../kernel.ts";
import type { LoweredKernel, Scratch } from "../recipe.ts";
import { call, fma, literal, type Val } from "../val.ts";
import { writeAttended } from "./fresh-token.ts";
import { type Query, unseen } from "./query.ts";

/** What the online softmax of one query knows of its keys, or of a stretch of them; of the values, the numbers of one lane. */
type Attended = { readonly largest: Val; readonly sum: Val; readonly total: Val };

const queriesOf = (q: Query): number => q.batch * q.time * q.heads;

/**
 * A record for each stretch of each query: the weighted values, the largest logit, the sum. All lie in one buffer, so that the
 * region binds no more than with its result.
 */
const recordOf = (q: Query): number => q.dims + 2;
const name = "left";
const lengthOf = (q: Query, count: number): number => queriesOf(q) * count * recordOf(q);

/** What `count` stretches of each query leave. */
export const leftBy = (q: Query, count: number): readonly Scratch[] => [
  { name, length: lengthOf(q, count) },
];

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
  const left = io.scratch(name, lengthOf(q, count));
  const query = io.indices.flatten([row, t, head], [q.batch, q.time, q.heads]);
  const at = k.let("left_at", query.times(count).plus(number).times(recordOf(q)));
  for (let c = 0; c < total.type.width; c++) k.store(left, at.plus(d).plus(c), total.component(c));
  k.when(d.equals(0), () => {
    k.store(left, at.plus(q.dims), largest);
    k.store(left, at.plus(q.dims + 1), sum);
  });
}

/** One lane a number of a query's result. */
export function joinStretches(region: Region, q: Query, caps: Caps, count: number): LoweredKernel {
  const io = new RegionIO(region);
  const k = io.k;
  const lanes = queriesOf(q) * q.dims;
  const workgroupSize = Math.min(64, caps.maxWorkgroupLanes);
  const { index, grid } = linearLanes(io, caps, lanes, workgroupSize);
  const left = io.scratch(name, lengthOf(q, count));
  k.when(index.below(lanes), () => {
    const place = io.indices.unflatten(index, [q.batch, q.time, q.heads, q.dims]);
    const d = place[3]!;
    const first = k.let("first", index.over(q.dims).times(count * recordOf(q)));
    const at = (n: Val) => first.plus(n.times(recordOf(q)));
    const largest = k.variable("largest", literal(unseen, "f32"));
    k.loop("stretch", 0, count, 1, (n) =>
      k.accumulate(largest, (so) => so.atLeast(k.load(left, at(n).plus(q.dims)))),
    );
    const [sum, total] = [
      k.variable("sum", literal(0, "f32")),
      k.variable("total", literal(0, "f32")),
    ];
    k.loop("stretch", 0, count, 1, (n) => {
      const here = k.let("here", at(n));
      const peak = k.load(left, here.plus(q.dims));
      const weight = k.let("weight", call("exp", peak.minus(largest.get())));
      k.accumulate(sum, (so) => fma(k.load(left, here.plus(q.dims + 1)), weight, so));
      k.accumulate(total, (so) => fma(k.load(left, here.plus(d)), weight, so));
    });
    writeAttended(io, region, place, total.get().over(sum.get()));
  });
  return io.finish(`${region.name}_join`, workgroupSize, grid);
}
