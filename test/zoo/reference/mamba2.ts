/** Mamba-2 (arXiv 2405.21060), token by token: the recurrent form of state space duality, and the block of its figure 6. */
import type { Document } from "../zoo.ts";
import { causalConvolution, norm } from "./mamba.ts";
import {
  add,
  cut,
  type Matrix,
  multiply,
  outer,
  range,
  rmsNorm,
  rowsTimes,
  scale,
  silu,
  softplus,
  times,
  type Vector,
  type Weights,
  zeroMatrix,
} from "./plain.ts";

export type Sizes = {
  readonly depth: number;
  readonly inner: number;
  readonly states: number;
  readonly heads: number;
};

export function mamba2(weights: Weights, { tokens }: Document, sizes: Sizes) {
  const embedding = weights.matrix("embedding");
  let x: Matrix = tokens.map((token) => embedding[token]!);
  for (const i of range(sizes.depth)) {
    const w = weights.at(`layers.${i}`);
    const mixed = block(w.at("mixer"), norm(w.at("norm"), x), sizes);
    x = x.map((v, t) => add(v, mixed[t]!));
  }
  return { logits: norm(weights.at("final_norm"), x).map((v) => rowsTimes(embedding, v)) };
}

function block(w: Weights, x: Matrix, { inner, states, heads }: Sizes): Matrix {
  const all = x.map((v) => times(v, w.at("input").matrix("w")));
  const entering = inner + 2 * states;
  const u = causalConvolution(
    w.at("conv"),
    all.map((v) => v.slice(inner, inner + entering)),
  ).map((v) => v.map(silu));
  const ssm = w.at("ssm");
  let h: Matrix[] = range(heads).map(() => zeroMatrix(inner / heads, states));
  return u.map((now, t) => {
    const gate = all[t]!.slice(0, inner).map(silu);
    const pace = add(all[t]!.slice(inner + entering), ssm.vector("pace_bias")).map(softplus);
    const values = cut(now.slice(0, inner), heads);
    const b = now.slice(inner, inner + states);
    const c = now.slice(inner + states);
    h = h.map((state, head) =>
      next(state, pace[head]!, ssm.vector("a_log")[head]!, values[head]!, b),
    );
    const read = h.map((state, head) =>
      add(rowsTimes(state, c), scale(values[head]!, ssm.vector("skip")[head]!)),
    );
    const normed = rmsNorm(multiply(read.flat(), gate), w.at("norm").vector("gain"), 1e-5);
    return times(normed, w.at("output").matrix("w"));
  });
}

/** h ← exp(Δ A) h + Δ x Bᵀ, with A = −exp(a_log) one number for the head. */
function next(h: Matrix, step: number, aLog: number, x: Vector, b: Vector): Matrix {
  const kept = Math.exp(-step * Math.exp(aLog));
  const entering = outer(scale(x, step), b);
  return h.map((row, p) => add(scale(row, kept), entering[p]!));
}
