/** Attention in which a lane owns a query and takes a few keys at a time. */
import type { Region } from "../../src/passes/regions.ts";
import { RegionIO } from "../access.ts";
import type { KernelBuilder, Variable } from "../build.ts";
import { linearLanes } from "../grid.ts";
import type { Caps, Memory, Width } from "../kernel.ts";
import type { LoweredKernel } from "../recipe.ts";
import { call, fma, literal, select, type Val } from "../val.ts";
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

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** A lane takes one query and `block` keys at a time; query and weighted values live in registers. */
export function laneAQuery(region: Region, q: Query, caps: Caps, block: number): LoweredKernel {
  const io = new RegionIO(region);
  const k = io.k;
  const width = widthOf(io, q);
  const lanes = q.batch * q.time * q.heads;
  const workgroupSize = lanesTogether(lanes, caps);
  const { index, grid } = linearLanes(io, caps, lanes, workgroupSize);
  const query = k.registers("query", "f32", q.dims);
  const total = k.registers("total", "f32", q.dims);
  k.when(index.below(lanes), () => {
    const [row, t, head] = io.indices.unflatten(index, [q.batch, q.time, q.heads]) as [
      Val,
      Val,
      Val,
    ];
    const group = k.let("group", head.over(q.heads / q.groups));
    k.loop("d", 0, q.dims, width, (d) => {
      k.store(query, d, io.read(q.q)([row, t, head, d], width).times(q.scale));
      k.store(total, d, literal(0, "f32", width));
    });
    const { oldest, newest } = keySpan(io, q, row, t);
    const fresh = q.fresh && freshLogit(io, q, query, [row, group], width);
    if (fresh) storeFresh(io, q, total, [row, group], width);
    const largest = k.variable("largest", fresh ?? literal(unseen, "f32"));
    const sum = k.variable("sum", literal(fresh ? 1 : 0, "f32"));
    const last = fresh ? k.let("last", newest.minus(1)) : newest;
    k.loop("key", oldest, last.plus(1), block, (key) => {
      const visible = range(block).map((i) => k.let("visible", call("le", key.plus(i), last)));
      const slots = range(block).map((i) => slotOf(io, q, key.plus(i).atMost(last)));
      const products = slots.map(() => k.variable("product", literal(0, "f32", width)));
      k.loop("d", 0, q.dims, width, (d) => {
        const part = k.load(query, d, width);
        const keys = slots.map((slot) => keyAt(io, q, [row, slot, group, d], width));
        for (const [i, product] of products.entries())
          k.accumulate(product, (now) => fma(part, keys[i]!, now));
      });
      const logits = products.map((p, i) =>
        k.let("logit", select(visible[i]!, logitOf(q, sumOfParts(p.get())), unseen)),
      );
      const { fade, of: weights } = takeIn(k, { largest, sum }, logits, visible);
      k.loop("d", 0, q.dims, width, (d) => {
        const faded = k.load(total, d, width).times(fade);
        k.store(
          total,
          d,
          slots.reduce(
            (so, slot, i) => fma(valueAt(io, q, [row, slot, group, d], width), weights[i]!, so),
            faded,
          ),
        );
      });
    });
    const share = k.let("share", call("div", literal(1, "f32"), sum.get()));
    k.loop("d", 0, q.dims, width, (d) =>
      writeAttended(io, region, [row, t, head, d], k.load(total, d, width).times(share)),
    );
    if (q.fresh)
      k.when(isFirstOfGroup(q, head), () =>
        whereReal(io, q, row, () =>
          k.loop("d", 0, q.dims, width, (d) => fillRings(io, q, row, group, d, width)),
        ),
      );
  });
  return io.finish(`${region.name}_attend`, workgroupSize, grid);
}

/**
 * Software runs a workgroup on one core: there, few lanes are dealt to two. Seen on lavapipe, 6 heads of 128 over 1 023 keys of
 * their own, interleaved: 0.8 of the time.
 */
function lanesTogether(lanes: number, caps: Caps): number {
  const most = Math.min(32, caps.maxWorkgroupLanes);
  return caps.barriers === "dear" ? Math.min(most, Math.ceil(lanes / 2)) : most;
}

/** The logit of the new token with itself. */
function freshLogit(
  io: RegionIO,
  q: Query,
  query: Memory,
  [row, group]: readonly [Val, Val],
  width: Width,
): Val {
  const k = io.k;
  const product = k.variable("own_product", literal(0, "f32", width));
  k.loop("d", 0, q.dims, width, (d) =>
    k.accumulate(product, (now) =>
      fma(k.load(query, d, width), freshKey(io, q, row, group, d, width), now),
    ),
  );
  return k.let("own_logit", logitOf(q, sumOfParts(product.get())));
}

/** The weighted values begin with the new token's, whose weight is 1 until a larger logit comes. */
function storeFresh(
  io: RegionIO,
  q: Query,
  total: Memory,
  [row, group]: readonly [Val, Val],
  width: Width,
): void {
  io.k.loop("d", 0, q.dims, width, (d) =>
    io.k.store(total, d, freshValue(io, q, row, group, d, width)),
  );
}

/** The largest logit so far, and the sum of weights counted from it. */
type Kept = { readonly largest: Variable; readonly sum: Variable };

/** By how much what was kept fades, and the weights of the keys that came: 0 where one is not visible. */
type Weights = { readonly fade: Val; readonly of: readonly Val[] };

/** Takes in the logits of some keys; those that are not visible are `unseen`. */
function takeIn(
  k: KernelBuilder,
  { largest, sum }: Kept,
  logits: readonly Val[],
  visible: readonly Val[],
): Weights {
  const before = largest.get();
  const now = k.let(
    "largest_now",
    logits.reduce((a, b) => a.atLeast(b), before),
  );
  const fade = k.let("fade", call("exp", before.minus(now)));
  const of = logits.map((logit, i) =>
    k.let("weight", select(visible[i]!, call("exp", logit.minus(now)), 0)),
  );
  largest.set(now);
  const added = of.reduce((a, b) => a.plus(b));
  k.accumulate(sum, (so) => fma(so, fade, added));
  return { fade, of };
}
