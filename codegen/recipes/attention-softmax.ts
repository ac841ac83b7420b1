/** The online softmax over a tile of logits in workgroup memory, and what the parts of that kernel share. Knows no products. */
import type { RegionIO } from "../access.ts";
import type { Memory } from "../kernel.ts";
import { call, cast, fma, literal, select, type Val, vector } from "../val.ts";
import { logitOf, type Query, unseen } from "./query.ts";
import { padding, type SplitTile, storeSplit, subgroup } from "./split-tiles.ts";

/** Queries of a workgroup and keys at a time. */
export const rows = 32;
export const keys = 32;
/** Subgroups by rows and by columns: each takes such a part of the logits, and such a part of the result. */
export const [down, across] = [2, 4] as const;
export const lanes = down * across * subgroup;
/** Lanes that share a row of logits, and the neighbours that each of them takes. */
const team = lanes / rows;
const share = 4;
/** Rows of logits stand a little apart, so that neighbouring rows lie in other banks. */
export const logitStride = keys + padding;

/** What all parts of the kernel know. */
export type Ground = {
  readonly io: RegionIO;
  readonly q: Query;
  readonly row: Val;
  readonly head: Val;
  readonly group: Val;
  readonly top: Val;
  readonly query: SplitTile;
  /** The keys of a tile and, once they are multiplied, its values. */
  readonly past: SplitTile;
  readonly weights: SplitTile;
  readonly logits: Memory;
  /** Of each row: the first and last key that it sees, how much its old sum fades, and its share at the end. */
  readonly oldest: Memory;
  readonly newest: Memory;
  readonly fades: Memory;
};

/** The online softmax of each row, by the lanes that share it: its largest logit so far and the sum of its weights. */
export function softmaxOf(ground: Ground) {
  const { io, q, logits, fades } = ground;
  const k = io.k;
  const r = k.let("row_of", k.builtin("lane").over(team));
  const member = k.let("member", k.builtin("lane").modulo(team));
  const place = k.let("place", member.times(share));
  const [oldest, newest] = [k.load(ground.oldest, r), k.load(ground.newest, r)];
  const largest = k.variable("largest", literal(unseen, "f32"));
  const sum = k.variable("sum", literal(0, "f32"));
  const together = (v: Val, join: (a: Val, b: Val) => Val) => {
    let all = v;
    for (let by = 1; by < team; by *= 2)
      all = k.let("together", join(all, k.subgroup("shuffle_xor", all, by)));
    return all;
  };
  const weigh = (tile: Val): void => {
    const products = k.load(logits, r.times(logitStride).plus(place), share);
    const mine = Array.from({ length: share }, (_, i) => {
      const key = k.let("key", tile.plus(cast(place.plus(i), "i32")));
      const visible = k.let("visible", call("le", oldest, key).and(call("le", key, newest)));
      const product = products.component(i);
      const logit = k.let("logit", select(visible, logitOf(q, product), unseen));
      return { visible, logit };
    });
    const before = largest.get();
    const peak = mine.map(({ logit }) => logit).reduce((a, b) => a.atLeast(b), before);
    const now = together(k.let("peak", peak), (a, b) => a.atLeast(b));
    const fade = k.let("fade", call("exp", before.minus(now)));
    largest.set(now);
    const weights = mine.map(({ visible, logit }) =>
      k.let("weight", select(visible, call("exp", logit.minus(now)), 0)),
    );
    storeSplit(k, ground.weights, r.times(keys + padding).plus(place), vector(weights));
    const added = together(
      k.let(
        "added",
        weights.reduce((a, b) => a.plus(b)),
      ),
      (a, b) => a.plus(b),
    );
    k.accumulate(sum, (so) => fma(so, fade, added));
    k.when(member.equals(0), () => k.store(fades, r, fade));
  };
  /** At the end a row's weights are parts of their sum. */
  const finish = () =>
    k.when(member.equals(0), () => k.store(fades, r, call("div", literal(1, "f32"), sum.get())));
  return { weigh, share: finish };
}
