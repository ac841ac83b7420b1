/** What an `attend` region asks for: its sizes, which keys a query sees, and where they lie in the ring. Knows nothing of lanes. */
import { CompilerBug } from "../../src/graph/bug.ts";
import type { Node } from "../../src/graph/graph.ts";
import type { Region } from "../../src/passes/regions.ts";
import type { RegionIO } from "../access.ts";
import type { Width } from "../kernel.ts";
import { call, cast, type Val } from "../val.ts";

export type Query = {
  readonly q: Node;
  readonly keys: Node;
  readonly values: Node;
  readonly seen: Node;
  readonly position: Node;
  readonly batch: number;
  readonly time: number;
  readonly heads: number;
  readonly groups: number;
  readonly dims: number;
  readonly slots: number;
  readonly window: number;
  readonly scale: number;
  /** 0: logits are not capped. */
  readonly cap: number;
  /** Where the one new token's key and value are computed, if this region is to put them into the rings itself. */
  readonly fresh: { readonly key: Node; readonly value: Node; readonly count: Node } | null;
};

/** A logit below every real one; finite, since WGSL may assume that nothing is infinite. */
export const unseen = -1e30;

export const isAttend = (node: Node | null): boolean =>
  node?.op === "composite" && node.attrs.name === "attend";

export function queryOf(region: Region): Query {
  const node = region.anchor;
  const [q, keys, values, seen, count, position] = node?.inputs ?? [];
  if (
    node?.op !== "composite" ||
    node.attrs.name !== "attend" ||
    !q ||
    !keys ||
    !values ||
    !seen ||
    !count ||
    !position
  )
    throw new CompilerBug(`${region.name} is no attention`);
  const [batch = 1, time = 1, heads = 1, dims = 1] = q.type.shape;
  const [, slots = 1, groups = 1] = keys.type.shape;
  const { window, scale, cap } = node.attrs;
  return {
    q,
    keys,
    values,
    seen,
    position,
    batch,
    time,
    heads,
    groups,
    dims,
    slots,
    window,
    scale,
    cap,
    fresh: region.body.includes(keys)
      ? { key: keys.inputs[1]!, value: values.inputs[1]!, count }
      : null,
  };
}

/** What the rings hold of the tokens before this call, and of this call's where another region has put them there. */
export const keyAt = (io: RegionIO, q: Query, at: readonly Val[], width: Width): Val =>
  q.fresh ? io.load(q.keys, at, width) : io.read(q.keys)(at, width);
export const valueAt = (io: RegionIO, q: Query, at: readonly Val[], width: Width): Val =>
  q.fresh ? io.load(q.values, at, width) : io.read(q.values)(at, width);

/** Numbers of a key or value that are read at once. */
export const widthOf = (io: RegionIO, q: Query): Width =>
  q.dims % 4 === 0 && io.canVector(q.keys) && io.canVector(q.values) ? 4 : 1;

/** The first and last place in the stream that the query of token `t` sees: itself and up to `window` of its document before. */
export function keySpan(
  io: RegionIO,
  q: Query,
  row: Val,
  t: Val,
): { readonly oldest: Val; readonly newest: Val } {
  const k = io.k;
  const newest = k.let("newest", io.read(q.seen)([row]).plus(cast(t, "i32")));
  const place = k.let("place", io.read(q.position)([row, t]).atLeast(0));
  const oldest = k.let("oldest", newest.minus(place.atMost(q.window)).atLeast(0));
  return { oldest, newest };
}

/** Where the ring holds place `at` of the stream. */
export const slotOf = (io: RegionIO, q: Query, at: Val): Val =>
  io.k.let("slot", cast(at.modulo(q.slots), "u32"));

/** What a scaled product of a query and a key counts: itself, or itself squeezed between −cap and cap. */
export const logitOf = ({ cap }: Query, product: Val): Val =>
  cap === 0 ? product : call("tanh", product.over(cap)).times(cap);

export const sumOfParts = (v: Val): Val =>
  Array.from({ length: v.type.width }, (_, i) => v.component(i)).reduce((a, b) =>
    call("add", a, b),
  );
