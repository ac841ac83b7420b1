/** HGRN2 (arXiv 2404.07904), token by token: the recurrence with its outer product, and HGRN's floors under the gates. */
import type { Document } from "../zoo.ts";
import { norm } from "./mamba.ts";
import {
  add,
  cut,
  lerp,
  type Matrix,
  multiply,
  outer,
  range,
  rowsTimes,
  scale,
  sigmoid,
  silu,
  softmax,
  times,
  type Vector,
  type Weights,
  zeroMatrix,
  zeros,
} from "./plain.ts";

export type Sizes = { readonly depth: number; readonly heads: number };

export function hgrn2(weights: Weights, { tokens }: Document, { depth, heads }: Sizes) {
  const embedding = weights.matrix("embedding");
  const floors = floorsOf(weights.matrix("floors"));
  let x: Matrix = tokens.map((token) => embedding[token]!);
  for (const i of range(depth)) {
    const w = weights.at(["layers", ...range(i).map(() => "next")].join("."));
    const mixed = mixing(w.at("mixing"), norm(w.at("mixing_norm"), x), floors[i]!, heads);
    const h = x.map((v, t) => add(v, mixed[t]!));
    const fed = feedForward(w.at("feed_forward"), norm(w.at("feed_forward_norm"), h));
    x = h.map((v, t) => add(v, fed[t]!));
  }
  return { logits: norm(weights.at("final_norm"), x).map((v) => rowsTimes(embedding, v)) };
}

/** HGRN (arXiv 2311.04823), section 3.2: the cumulative sum over layers of a softmax over layers, less its first row. */
function floorsOf(parameters: Matrix): Matrix {
  const columns = range(parameters[0]!.length).map((d) =>
    softmax(parameters.map((row) => row[d]!)),
  );
  let floor: Vector = zeros(columns.length);
  return parameters.map((_, layer) => {
    if (layer > 0) floor = floor.map((v, d) => v + columns[d]![layer]!);
    return floor;
  });
}

/** S_t = diag(f_t) S_{t−1} + (1 − f_t) ⊗ i_t and y_t = q_tᵀ S_t in every head. */
function mixing(w: Weights, x: Matrix, floor: Vector, heads: number): Matrix {
  const project = (name: string, v: Vector) => times(v, w.at(name).matrix("w"));
  const size = floor.length / heads;
  const states: Matrix[] = range(heads).map(() => zeroMatrix(size, size));
  const read = x.map((now) => {
    const open = project("forget", now).map(sigmoid);
    const f = cut(
      lerp(
        floor,
        floor.map(() => 1),
        open,
      ),
      heads,
    );
    const [i, q] = [cut(project("input", now), heads), cut(project("query", now).map(silu), heads)];
    return range(heads).flatMap((h) => {
      const entering = outer(
        f[h]!.map((v) => 1 - v),
        i[h]!,
      );
      states[h] = states[h]!.map((row, k) => add(scale(row, f[h]![k]!), entering[k]!));
      return times(q[h]!, states[h]!);
    });
  });
  return norm(w.at("norm"), read).map((v) => project("output", v));
}

function feedForward(w: Weights, x: Matrix): Matrix {
  return x.map((v) => {
    const gate = times(v, w.at("gate").matrix("w")).map(silu);
    const up = times(v, w.at("up").matrix("w"));
    return times(multiply(gate, up), w.at("down").matrix("w"));
  });
}
