/** One lane's softmax over keys that come a few at a time: what is kept fades as larger logits come. */
import type { KernelBuilder, Variable } from "../build.ts";
import { call, fma, select, type Val } from "../val.ts";

/** The largest logit so far, and the sum of weights counted from it. */
export type Kept = { readonly largest: Variable; readonly sum: Variable };

/** By how much what was kept fades, and the weights of the keys that came: 0 where one is not visible. */
export type Weights = { readonly fade: Val; readonly of: readonly Val[] };

/** Takes in the logits of some keys; those that are not visible are `unseen`. */
export function takeIn(
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
