/** The online softmax of a query whose logits one lane holds, four a vector. Knows no product. */
import type { KernelBuilder } from "../build.ts";
import { call, literal, select, spread, type Val } from "../val.ts";
import { combineParts } from "./across.ts";
import { unseen } from "./query.ts";

/** Weights of some keys, and by how much all that was counted before fades. */
export type Weighed = { readonly weights: readonly Val[]; readonly fade: Val };

export type RowSoftmax = {
  readonly weigh: (logits: readonly Val[], visible: readonly Val[]) => Weighed;
  /** What one weight counts in the end. */
  readonly share: () => Val;
};

/** `first`: a logit whose weight is counted from the start. */
export function softmaxOf(k: KernelBuilder, first: Val | null): RowSoftmax {
  const largest = k.variable("largest", first ?? literal(unseen, "f32"));
  const sum = k.variable("sum", literal(first ? 1 : 0, "f32"));
  const sumUp = (parts: readonly Val[], join: (a: Val, b: Val) => Val, hint: string) =>
    k.let(hint, parts.reduce(join));
  return {
    weigh: (logits, visible) => {
      const seen = logits.map((logit, m) => k.let("seen", select(visible[m]!, logit, unseen)));
      const most = sumUp(seen, (a, b) => a.atLeast(b), "most");
      const before = largest.get();
      const now = k.let("largest_now", combineParts("max", most).atLeast(before));
      const weights = seen.map((logit, m) => {
        const weight = call("exp", logit.minus(spread(now, 4)));
        return k.let("weight", select(visible[m]!, weight, 0));
      });
      const added = sumUp(weights, (a, b) => a.plus(b), "added");
      const fade = k.let("fade", call("exp", before.minus(now)));
      largest.set(now);
      sum.set(sum.get().times(fade).plus(combineParts("sum", added)));
      return { weights, fade };
    },
    share: () => k.let("share", call("div", literal(1, "f32"), sum.get())),
  };
}
