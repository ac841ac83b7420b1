/** minGRU and minLSTM (arXiv 2410.01201), token by token as sections 3.1 and 3.2 say, in the layers of our two texts. */
import type { Document } from "../zoo.ts";
import { causalConvolution } from "./mamba.ts";
import {
  add,
  gelu,
  type Matrix,
  range,
  rmsNorm,
  sigmoid,
  times,
  type Vector,
  type Weights,
  zeros,
  zip,
} from "./plain.ts";

const linear = (w: Weights, x: Vector): number[] => add(times(x, w.matrix("w")), w.vector("b"));
/** The standard library's norm learns what is added to a gain of one. */
const norm = (w: Weights, x: Matrix): Matrix =>
  x.map((v) =>
    rmsNorm(
      v,
      w.vector("scale").map((s) => 1 + s),
      1e-6,
    ),
  );
const plus = (x: Matrix, y: Matrix): Matrix => x.map((v, t) => add(v, y[t]!));

type Layer = (w: Weights, x: Matrix) => Matrix;

function model(weights: Weights, { tokens }: Document, depth: number, layer: Layer) {
  const embedding = weights.matrix("embedding");
  let x: Matrix = tokens.map((token) => embedding[token]!);
  for (const i of range(depth)) x = layer(weights.at(`layers.${i}`), x);
  const normed = norm(weights.at("final_norm"), x);
  return { logits: normed.map((v) => linear(weights.at("output"), v)) };
}

/** h_t = (1 − z_t) ⊙ h_{t−1} + z_t ⊙ h̃_t */
function minGru(w: Weights, x: Matrix): Matrix {
  let h: Vector = zeros(w.at("gate").vector("b").length);
  return x.map((now) => {
    const z = linear(w.at("gate"), now).map(sigmoid);
    const candidate = linear(w.at("candidate"), now);
    h = zip((z, h, c) => (1 - z) * h + z * c, z, h, candidate);
    return h;
  });
}

/** h_t = f′_t ⊙ h_{t−1} + i′_t ⊙ h̃_t with f′ = f / (f + i) and i′ = i / (f + i) */
function minLstm(w: Weights, x: Matrix): Matrix {
  let h: Vector = zeros(w.at("forget_gate").vector("b").length);
  return x.map((now) => {
    const f = linear(w.at("forget_gate"), now).map(sigmoid);
    const i = linear(w.at("input_gate"), now).map(sigmoid);
    const candidate = linear(w.at("candidate"), now);
    h = zip((f, i, h, c) => (f * h + i * c) / (f + i), f, i, h, candidate);
    return h;
  });
}

export const mingru = (weights: Weights, document: Document, depth: number) =>
  model(weights, document, depth, (w, x) => {
    const near = plus(x, causalConvolution(w.at("conv"), norm(w.at("conv_norm"), x)));
    const h = minGru(w.at("gru"), norm(w.at("gru_norm"), near));
    const far = plus(
      near,
      h.map((v) => times(v, w.at("output").matrix("w"))),
    );
    const inner = w.at("feed_forward");
    const fed = norm(w.at("feed_forward_norm"), far).map((v) =>
      linear(inner.at("down"), linear(inner.at("up"), v).map(gelu)),
    );
    return plus(far, fed);
  });

export const minlstm = (weights: Weights, document: Document, depth: number) =>
  model(weights, document, depth, (w, x) => {
    const h = minLstm(w.at("lstm"), norm(w.at("lstm_norm"), x));
    return plus(
      x,
      h.map((v) => times(v, w.at("output").matrix("w"))),
    );
  });
