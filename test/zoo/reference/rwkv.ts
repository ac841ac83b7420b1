/** RWKV-6, "Finch" (arXiv 2404.05892), token by token as its equations say. */
import type { Document } from "../zoo.ts";
import {
  add,
  cut,
  layerNorm,
  lerp,
  type Matrix,
  multiply,
  outer,
  range,
  relu,
  scale,
  sigmoid,
  silu,
  times,
  type Vector,
  type Weights,
  zeroMatrix,
  zeros,
} from "./plain.ts";

export type Sizes = { readonly depth: number; readonly heads: number };

export function rwkv(weights: Weights, { tokens }: Document, { depth, heads }: Sizes) {
  const embedding = weights.matrix("embedding");
  let x: Matrix = norm(
    weights.at("first_norm"),
    tokens.map((token) => embedding[token]!),
  );
  for (const i of range(depth)) {
    const w = weights.at(`layers.${i}`);
    const mixed = timeMixing(w.at("time_mixing"), norm(w.at("time_norm"), x), heads);
    const h = x.map((v, t) => add(v, mixed[t]!));
    const gated = channelMixing(w.at("channel_mixing"), norm(w.at("channel_norm"), h));
    x = h.map((v, t) => add(v, gated[t]!));
  }
  const output = weights.at("output").matrix("w");
  return { logits: norm(weights.at("final_norm"), x).map((v) => times(v, output)) };
}

const norm = (w: Weights, x: Matrix): Matrix =>
  x.map((v) => layerNorm(v, w.vector("scale"), w.vector("bias"), 1e-5));

const linear = (w: Weights, name: string, x: Vector): number[] => times(x, w.at(name).matrix("w"));

/** Equation 14: lora(x) = λ + tanh(x A) B. */
const lora = (w: Weights, x: Vector): number[] =>
  add(w.vector("base"), linear(w, "up", linear(w, "down", x).map(Math.tanh)));

function timeMixing(w: Weights, x: Matrix, heads: number): Matrix {
  const width = x[0]!.length;
  const size = width / heads;
  const [bonus, gain, bias] = [w.matrix("bonus"), w.matrix("gain"), w.matrix("bias")];
  let last: Vector = zeros(width);
  const states: Matrix[] = range(heads).map(() => zeroMatrix(size, size));
  return x.map((now) => {
    // Equation 15: ddlerp(a, b) = a + (b − a) ⊙ lora(a + (b − a) ⊙ μ).
    const hint = lerp(now, last, w.vector("mix"));
    const ddlerp = (own: Weights) => lerp(now, last, lora(own, hint));
    // Equation 16.
    const role = (own: Weights) => linear(own, "project", ddlerp(own.at("lora")));
    const r = cut(role(w.at("receptance")), heads);
    const k = cut(role(w.at("key")), heads);
    const v = cut(role(w.at("value")), heads);
    const g = role(w.at("gate"));
    // Equations 17 and 18.
    const d = cut(lora(w.at("keep.decay"), ddlerp(w.at("keep.between"))), heads);
    const read = range(heads).map((h) => {
      // Equation 19, as the recurrence: wkv = s + diag(u) kᵀ v, then s ← diag(w) s + kᵀ v.
      const entering = outer(k[h]!, v[h]!);
      const wkv = states[h]!.map((row, i) => add(row, scale(entering[i]!, bonus[h]![i]!)));
      const decay = d[h]!.map((value) => Math.exp(-Math.exp(value)));
      states[h] = states[h]!.map((row, i) => add(scale(row, decay[i]!), entering[i]!));
      // A layer norm for each head; the published code's eps is 64e-5.
      return layerNorm(times(r[h]!, wkv), gain[h]!, bias[h]!, 64e-5);
    });
    last = now;
    // Equation 20.
    return linear(w, "output", multiply(g.map(silu), read.flat()));
  });
}

/** Equations 10 to 13: σ(r) ⊙ (max(k, 0)² W_v), where r and k are maps of what lies between this token and the last. */
function channelMixing(w: Weights, x: Matrix): Matrix {
  let last: Vector = zeros(x[0]!.length);
  return x.map((now) => {
    const k = linear(w, "key", lerp(now, last, w.vector("mix_k"))).map((v) => relu(v) ** 2);
    const r = linear(w, "receptance", lerp(now, last, w.vector("mix_r"))).map(sigmoid);
    last = now;
    return multiply(r, linear(w, "value", k));
  });
}
