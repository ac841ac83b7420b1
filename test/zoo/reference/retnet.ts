/** RetNet (arXiv 2307.08621): its retention in the paper's two forms, for one head, and the network around them. */
import type { Document } from "../zoo.ts";
import {
  add,
  cut,
  dot,
  gelu,
  layerNorm,
  type Matrix,
  multiply,
  outer,
  range,
  rotate,
  rowsTimes,
  scale,
  silu,
  standardize,
  times,
  type Vector,
  type Weights,
  zeroMatrix,
} from "./plain.ts";

const eps = 1e-5;

/** Queries and keys have turned with their positions; γ is the head's decay. */
export type Retention = (q: Matrix, k: Matrix, v: Matrix, gamma: number) => Matrix;

/** Equation 5: (Q Kᵀ ⊙ D) V, where D_nm = γ^(n−m) for n ≥ m and 0 elsewhere. */
export const parallelRetention: Retention = (q, k, v, gamma) =>
  q.map((query, n) => {
    const scores = k.map((key, m) => (n >= m ? dot(query, key) * gamma ** (n - m) : 0));
    return times(scores, v);
  });

/** Equation 6: S_n = γ S_(n−1) + K_nᵀ V_n, and Q_n S_n. */
export const recurrentRetention: Retention = (q, k, v, gamma) => {
  let state: Matrix = zeroMatrix(k[0]!.length, v[0]!.length);
  return q.map((query, n) => {
    const entering = outer(k[n]!, v[n]!);
    state = state.map((row, i) => add(scale(row, gamma), entering[i]!));
    return times(query, state);
  });
};

export type Sizes = { readonly depth: number; readonly heads: number };

export function retnet(
  weights: Weights,
  { tokens }: Document,
  { depth, heads }: Sizes,
  retention: Retention,
) {
  const embedding = weights.matrix("embedding");
  let x: Matrix = tokens.map((token) => embedding[token]!);
  for (const i of range(depth)) {
    // Equation 9: Y = MSR(LN(X)) + X, then X = FFN(LN(Y)) + Y.
    const w = weights.at(`layers.${i}`);
    const kept = multiScale(w.at("retention"), norm(w.at("retention_norm"), x), heads, retention);
    const y = x.map((v, t) => add(v, kept[t]!));
    const forward = w.at("feed_forward");
    x = norm(w.at("feed_forward_norm"), y).map((v, t) => add(y[t]!, feedForward(forward, v)));
  }
  return { logits: norm(weights.at("final_norm"), x).map((v) => rowsTimes(embedding, v)) };
}

const norm = (w: Weights, x: Matrix): Matrix =>
  x.map((v) => layerNorm(v, w.vector("scale"), w.vector("bias"), eps));

const linear = (w: Weights, name: string, x: Vector): number[] => times(x, w.at(name).matrix("w"));

/** Equation 8: (swish(X W_G) ⊙ GroupNorm_h(head_1, … head_h)) W_O, where γ = 1 − 2^(−5 − head). */
function multiScale(w: Weights, x: Matrix, heads: number, retention: Retention): Matrix {
  const headsOf = (name: string) => x.map((v) => cut(linear(w, name, v), heads));
  const [queries, keys, values] = [headsOf("query"), headsOf("key"), headsOf("value")];
  const read = range(heads).map((head) => {
    const q = queries.map((parts, n) => rotate(parts[head]!, n, 10_000));
    const k = keys.map((parts, n) =>
      scale(rotate(parts[head]!, n, 10_000), parts[head]!.length ** -0.5),
    );
    const v = values.map((parts) => parts[head]!);
    return retention(q, k, v, 1 - 2 ** (-5 - head)).map((row) => standardize(row, eps));
  });
  return x.map((v, t) => {
    const joined = read.flatMap((rows) => rows[t]!);
    return linear(w, "output", multiply(linear(w, "gate", v).map(silu), joined));
  });
}

/** FFN(X) = gelu(X W_1) W_2. */
const feedForward = (w: Weights, x: Vector): number[] =>
  linear(w, "down", linear(w, "up", x).map(gelu));
