/** The zoo's classifier, token by token: no paper, so this text is its definition beside the model's own. */
import type { Document } from "../zoo.ts";
import {
  add,
  layerNorm,
  lerp,
  type Matrix,
  relu,
  scale,
  sigmoid,
  times,
  type Vector,
  type Weights,
  zeros,
} from "./plain.ts";

export function classifier(weights: Weights, { tokens, inputs }: Document) {
  const embedding = weights.matrix("embedding");
  const blended = tokens.map((token, t) => {
    const sound = inputs["features"]![t]!;
    const part = linear(weights, "trust", sound).map(sigmoid);
    return lerp(embedding[token]!, linear(weights, "hearing", sound), part);
  });
  // Twice with the same parameters; the second time starts with an empty memory of its own.
  const core = weights.at("core");
  const x = reader(core, reader(core, blended));
  let sum: Vector = zeros(x[0]!.length);
  const means = x.map((v, t) => {
    sum = add(sum, v);
    return scale(sum, 1 / (t + 1));
  });
  return {
    overall: means.map((v) => linear(weights, "overall", v)),
    moment: x.map((v) => linear(weights, "moment", v)),
  };
}

const linear = (w: Weights, name: string, x: Vector): number[] =>
  add(times(x, w.at(name).matrix("w")), w.at(name).vector("b"));

function reader(w: Weights, x: Matrix): Matrix {
  const norm = w.at("norm");
  let kept: Vector = zeros(x[0]!.length);
  return x.map((v) => {
    const n = layerNorm(v, norm.vector("scale"), norm.vector("bias"), 1e-5);
    const memory = w.at("memory");
    const part = add(linear(memory, "gate", n), memory.vector("rate")).map(sigmoid);
    const candidate = linear(memory, "candidate", n).map(Math.tanh);
    kept = lerp(kept, candidate, part);
    const h = add(v, kept);
    return add(h, linear(w, "down", linear(w, "up", h).map(relu)));
  });
}
