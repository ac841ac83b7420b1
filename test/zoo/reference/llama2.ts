/** Llama 2 (arXiv 2307.09288, section 2.2) in its naive form: every token attends to all before it, one head at a time. */
import type { Document } from "../zoo.ts";
import {
  add,
  attend,
  cut,
  multiply,
  range,
  rmsNorm,
  rotate,
  silu,
  times,
  type Vector,
  type Weights,
} from "./plain.ts";

const eps = 1e-5;
const theta = 10_000;

export type Sizes = { readonly depth: number; readonly heads: number; readonly kv_heads: number };

export function llama2(weights: Weights, { tokens }: Document, sizes: Sizes) {
  const embedding = weights.matrix("embedding");
  let x: readonly Vector[] = tokens.map((token) => embedding[token]!);
  for (const i of range(sizes.depth)) x = layer(weights.at(`layers.${i}`), x, sizes);
  const gain = weights.at("final_norm").vector("gain");
  const output = weights.at("output").matrix("w");
  return { logits: x.map((v) => times(rmsNorm(v, gain, eps), output)) };
}

function layer(w: Weights, x: readonly Vector[], sizes: Sizes): readonly Vector[] {
  const seen = attention(w.at("attention"), norm(w.at("attention_norm"), x), sizes);
  const h = x.map((v, t) => add(v, seen[t]!));
  const forward = w.at("feed_forward");
  return norm(w.at("feed_forward_norm"), h).map((v, t) => add(h[t]!, feedForward(forward, v)));
}

const norm = (w: Weights, x: readonly Vector[]): readonly Vector[] =>
  x.map((v) => rmsNorm(v, w.vector("gain"), eps));

/** Ainslie et al. 2023 (arXiv 2305.13245), section 2.2: queries in `kv_heads` groups, each with its own keys and values. */
function attention(w: Weights, x: readonly Vector[], { heads, kv_heads }: Sizes) {
  const headsOf = (name: string, count: number) =>
    x.map((v) => cut(times(v, w.at(name).matrix("w")), count));
  const turned = (all: readonly (readonly Vector[])[]) =>
    all.map((parts, position) => parts.map((part) => rotate(part, position, theta)));
  const queries = turned(headsOf("query", heads));
  const keys = turned(headsOf("key", kv_heads));
  const values = headsOf("value", kv_heads);
  return x.map((_, t) => {
    const seen = range(heads).map((head) => {
      const group = Math.floor(head / (heads / kv_heads));
      const upTo = (all: readonly (readonly Vector[])[]) =>
        all.slice(0, t + 1).map((parts) => parts[group]!);
      return attend(queries[t]![head]!, upTo(keys), upTo(values));
    });
    return times(seen.flat(), w.at("output").matrix("w"));
  });
}

/** Shazeer 2020 (arXiv 2002.05202), equation 6: FFN_SwiGLU. */
function feedForward(w: Weights, x: Vector): number[] {
  const gate = times(x, w.at("gate").matrix("w")).map(silu);
  return times(multiply(gate, times(x, w.at("up").matrix("w"))), w.at("down").matrix("w"));
}
