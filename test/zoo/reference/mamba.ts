/** Mamba (arXiv 2312.00752), token by token as its algorithm 2 and figure 3 say. */
import type { Document } from "../zoo.ts";
import {
  add,
  type Matrix,
  multiply,
  range,
  rmsNorm,
  rowsTimes,
  silu,
  softplus,
  times,
  type Vector,
  type Weights,
  zeroMatrix,
  zeros,
} from "./plain.ts";

export type Sizes = { readonly depth: number; readonly states: number; readonly rank: number };

export function mamba(weights: Weights, { tokens }: Document, { depth, ...sizes }: Sizes) {
  const embedding = weights.matrix("embedding");
  let x: Matrix = tokens.map((token) => embedding[token]!);
  for (const i of range(depth)) {
    const w = weights.at(`layers.${i}`);
    const mixed = block(w.at("mixer"), norm(w.at("norm"), x), sizes);
    x = x.map((v, t) => add(v, mixed[t]!));
  }
  return { logits: norm(weights.at("final_norm"), x).map((v) => rowsTimes(embedding, v)) };
}

export const norm = (w: Weights, x: Matrix): Matrix =>
  x.map((v) => rmsNorm(v, w.vector("gain"), 1e-5));

/** Each channel's weighted sum of its last taps inputs, the newest under the last tap, and a bias. */
export function causalConvolution(w: Weights, x: Matrix): Matrix {
  const [taps, bias] = [w.matrix("w"), w.vector("b")];
  return x.map((_, t) =>
    taps.reduce((sum: Vector, tap, j) => {
      const then = x[t - (taps.length - 1) + j];
      return then ? add(sum, multiply(tap, then)) : sum;
    }, bias),
  );
}

/** Figure 3: out(ssm(silu(conv(u))) ⊙ silu(z)), where u and z are the halves of one projection. */
function block(w: Weights, x: Matrix, sizes: Omit<Sizes, "depth">): Matrix {
  const both = x.map((v) => times(v, w.at("input").matrix("w")));
  const inner = both[0]!.length / 2;
  const u = causalConvolution(
    w.at("conv"),
    both.map((v) => v.slice(0, inner)),
  );
  const y = selectiveScan(
    w.at("ssm"),
    u.map((v) => v.map(silu)),
    sizes,
  );
  const z = both.map((v) => v.slice(inner).map(silu));
  return y.map((v, t) => times(multiply(v, z[t]!), w.at("output").matrix("w")));
}

/** Algorithm 2, with the input's discretisation simplified to Δ B as in the published code. */
function selectiveScan(w: Weights, x: Matrix, { states, rank }: Omit<Sizes, "depth">): Matrix {
  const channels = x[0]!.length;
  const a = w.matrix("a_log").map((row) => row.map((v) => -Math.exp(v)));
  const skip = w.vector("skip");
  const pace = w.at("pace");
  const h = zeroMatrix(channels, states);
  return x.map((now) => {
    const selected = times(now, w.at("selection").matrix("w"));
    const delta = add(times(selected.slice(0, rank), pace.matrix("w")), pace.vector("b"));
    const b = selected.slice(rank, rank + states);
    const c = selected.slice(rank + states);
    const y = zeros(channels);
    for (let d = 0; d < channels; d++) {
      const step = softplus(delta[d]!);
      for (let n = 0; n < states; n++) {
        h[d]![n] = Math.exp(step * a[d]![n]!) * h[d]![n]! + step * b[n]! * now[d]!;
        y[d]! += c[n]! * h[d]![n]!;
      }
      y[d]! += skip[d]! * now[d]!;
    }
    return y;
  });
}
