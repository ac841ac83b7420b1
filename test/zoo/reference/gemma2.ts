/** Gemma 2 (arXiv 2408.00118, section 2) in its naive form: every token attends to all that it may see, one head at a time. */
import type { Document } from "../zoo.ts";
import {
  add,
  attend,
  cut,
  gelu,
  multiply,
  range,
  rmsNorm,
  rotate,
  rowsTimes,
  scale,
  times,
  type Vector,
  type Weights,
} from "./plain.ts";

const eps = 1e-6;
const theta = 10_000;

export type Sizes = {
  readonly depth: number;
  readonly heads: number;
  readonly kv_heads: number;
  readonly query_scale: number;
  readonly window: number;
};
type Rows = readonly Vector[];

export function gemma2(weights: Weights, { tokens }: Document, sizes: Sizes) {
  const embedding = weights.matrix("embedding");
  const width = embedding[0]!.length;
  let x: Rows = tokens.map((token) => scale(embedding[token]!, Math.sqrt(width)));
  for (const i of range(sizes.depth)) {
    const w = weights.at(`layers.${i}`);
    // "We alternate between a local sliding window attention and global attention in every other layer."
    const window = i % 2 === 0 ? sizes.window : Number.POSITIVE_INFINITY;
    x = sandwich(w.at("attention"), x, (inner, h) => attention(inner, h, sizes, window));
    x = sandwich(w.at("feed_forward"), x, (inner, h) => h.map((v) => feedForward(inner, v)));
  }
  const final = norm(weights.at("final_norm"), x);
  // "logits ← soft_cap ∗ tanh(logits / soft_cap)", 30 for the final layer and 50 for attention.
  const cap = (logit: number) => 30 * Math.tanh(logit / 30);
  return { logits: final.map((v) => rowsTimes(embedding, v).map(cap)) };
}

/** "Post-norm and pre-norm with RMSNorm": x + norm(f(norm(x))). */
function sandwich(w: Weights, x: Rows, f: (inner: Weights, h: Rows) => Rows): Rows {
  const y = norm(w.at("post_norm"), f(w.at("inner"), norm(w.at("pre_norm"), x)));
  return x.map((v, t) => add(v, y[t]!));
}

/** The gain of Gemma's norms is stored as what is added to one. */
const norm = (w: Weights, x: Rows): Rows => {
  const gain = w.vector("scale").map((s) => 1 + s);
  return x.map((v) => rmsNorm(v, gain, eps));
};

function attention(w: Weights, x: Rows, sizes: Sizes, window: number): Rows {
  const { heads, kv_heads, query_scale } = sizes;
  const headsOf = (name: string, count: number) =>
    x.map((v) => cut(times(v, w.at(name).matrix("w")), count));
  const turned = (all: readonly Rows[]) =>
    all.map((parts, position) => parts.map((part) => rotate(part, position, theta)));
  const queries = turned(headsOf("query", heads));
  const keys = turned(headsOf("key", kv_heads));
  const values = headsOf("value", kv_heads);
  return x.map((_, t) => {
    const first = Math.max(0, t - (window - 1));
    const seen = range(heads).map((head) => {
      const group = Math.floor(head / (heads / kv_heads));
      const visible = (all: readonly Rows[]) =>
        all.slice(first, t + 1).map((parts) => parts[group]!);
      return attend(queries[t]![head]!, visible(keys), visible(values), {
        scale: query_scale ** -0.5,
        cap: 50,
      });
    });
    return times(seen.flat(), w.at("output").matrix("w"));
  });
}

/** Shazeer 2020 (arXiv 2002.05202), equation 6: FFN_GEGLU. */
function feedForward(w: Weights, x: Vector): number[] {
  const gate = times(x, w.at("gate").matrix("w")).map(gelu);
  return times(multiply(gate, times(x, w.at("up").matrix("w"))), w.at("down").matrix("w"));
}
