/** Hawk (Griffin paper, arXiv 2402.19427) with two recurrences in each layer and a learned choice between them. */
import type { Document } from "../zoo.ts";
import {
  add,
  cut,
  gelu,
  lerp,
  type Matrix,
  multiply,
  range,
  rmsNorm,
  rowsTimes,
  sigmoid,
  softplus,
  times,
  type Vector,
  type Weights,
  zeros,
  zip,
} from "./plain.ts";

export type Sizes = { readonly depth: number; readonly gate_blocks: number };

export function twoScanHawk(weights: Weights, { tokens }: Document, sizes: Sizes) {
  const embedding = weights.matrix("embedding");
  let x: Matrix = tokens.map((token) => embedding[token]!);
  for (const i of range(sizes.depth)) {
    const w = weights.at(`layers.${i}`);
    const mixed = twoScans(
      w.at("temporal_block"),
      norm(w.at("temporal_pre_norm"), x),
      sizes.gate_blocks,
    );
    const h = x.map((v, t) => add(v, mixed[t]!));
    const mlp = w.at("mlp_block");
    x = norm(w.at("channel_pre_norm"), h).map((v, t) => add(h[t]!, gatedMlp(mlp, v)));
  }
  return { logits: norm(weights.at("final_norm"), x).map((v) => rowsTimes(embedding, v)) };
}

const norm = (w: Weights, x: Matrix): Matrix => {
  const gain = w.vector("scale").map((s) => 1 + s);
  return x.map((v) => rmsNorm(v, gain, 1e-6));
};

const linear = (w: Weights, name: string, x: Vector): number[] =>
  add(times(x, w.at(name).matrix("w")), w.at(name).vector("b"));

/** Section 2.3: gelu on one branch, times the other. */
const gatedMlp = (w: Weights, x: Vector): number[] =>
  linear(w, "down", multiply(linear(w, "gate", x).map(gelu), linear(w, "up", x)));

/** Section 2.3's recurrent block, but for the second recurrence and the choice: h = choice · slow + (1 − choice) · fast. */
function twoScans(w: Weights, x: Matrix, blocks: number): Matrix {
  const u = convolution(
    w.at("conv_1d"),
    x.map((v) => linear(w, "linear_x", v)),
  );
  const slow = rgLru(w.at("slow"), u, blocks, 2);
  const fast = rgLru(w.at("fast"), u, blocks, 32);
  return x.map((v, t) => {
    const choice = linear(w, "choice", u[t]!).map(sigmoid);
    const h = lerp(fast[t]!, slow[t]!, choice);
    return linear(w, "linear_out", multiply(h, linear(w, "linear_y", v).map(gelu)));
  });
}

/** Each channel by itself; the last tap is the current token. */
function convolution(w: Weights, x: Matrix): Matrix {
  const taps = w.matrix("w");
  return x.map((_, t) =>
    taps.reduce((sum, tap, j) => {
      const before = t - (taps.length - 1 - j);
      return before < 0 ? sum : add(sum, multiply(tap, x[before]!));
    }, w.vector("b")),
  );
}

/** Equations 1 to 4; as the published code has it, a document's first token enters unscaled. */
function rgLru(w: Weights, x: Matrix, blocks: number, c: number): Matrix {
  let h: Vector = zeros(x[0]!.length);
  return x.map((v, t) => {
    const r = blockLinear(w.at("a_gate"), v, blocks).map(sigmoid);
    const i = blockLinear(w.at("input_gate"), v, blocks).map(sigmoid);
    const a = zip((gate, p) => Math.exp(-c * softplus(p) * gate), r, w.vector("a_param"));
    const entering = multiply(i, v);
    h =
      t === 0
        ? entering
        : add(
            multiply(a, h),
            zip((e, k) => Math.sqrt(1 - k * k) * e, entering, a),
          );
    return h;
  });
}

/** Section 2.4: the gates' maps are block-diagonal. */
const blockLinear = (w: Weights, x: Vector, blocks: number): number[] => {
  const [maps, bias] = [w.matrices("w"), w.matrix("b")];
  return cut(x, blocks).flatMap((part, i) => add(times(part, maps[i]!), bias[i]!));
};
