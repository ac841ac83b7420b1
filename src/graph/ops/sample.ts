/** Draws a token a row: Gumbel-max over the tokens that top-k and top-p keep; see the comment of each step for ties. */
import { uniform } from "../philox.ts";
import { demand, type OpRule, printType, sameShape } from "./rule.ts";

/** The k-th largest; ties with it are kept, and k = 0 keeps all. */
function atLeastTopK(z: Float64Array, k: number): number {
  if (k === 0 || k >= z.length) return -Infinity;
  return [...z].sort((a, b) => b - a)[k - 1]!;
}

/** The least value of the smallest set of largest values ≥ `least` whose share of the mass is ≥ p; p ≥ 1 keeps all. */
function atLeastTopP(z: Float64Array, least: number, p: number): number {
  if (p >= 1) return least;
  const kept = [...z].filter((v) => v >= least).sort((a, b) => b - a);
  const weights = kept.map((v) => Math.exp(v - kept[0]!));
  const needed = p * weights.reduce((sum, w) => sum + w, 0);
  let mass = 0;
  for (const [i, w] of weights.entries()) {
    mass += w;
    if (mass >= needed) return kept[i]!;
  }
  return least;
}

/** The first index of the largest number. */
function argmax(length: number, at: (v: number) => number): number {
  let best = 0;
  for (let v = 1; v < length; v++) if (at(v) > at(best)) best = v;
  return best;
}

type Controls = { temperature: number; topP: number; topK: number; seed: number; draw: number };

/** The token of one row of logits. */
export function sampleRow(
  logits: Float64Array,
  { temperature, topP, topK, seed, draw }: Controls,
): number {
  if (temperature === 0) return argmax(logits.length, (v) => logits[v]!);
  const z = logits.map((v) => v / temperature);
  const least = atLeastTopP(z, atLeastTopK(z, topK), topP);
  const noisy = z.map((v, i) =>
    v >= least ? v - Math.log(-Math.log(uniform(seed, draw, i))) : -Infinity,
  );
  return argmax(noisy.length, (v) => noisy[v]!);
}

const controlTypes = ["f32", "f32", "u32", "u32", "u32"] as const;

export const sample: OpRule<"sample"> = {
  type: ([logits, ...controls]) => {
    demand(
      logits !== undefined && logits.shape.length === 2 && logits.dtype === "f32",
      "logits are f32 [B,V]",
    );
    const shape = [logits.shape[0]!];
    demand(
      controls.length === 5 &&
        controls.every((t, i) => t.dtype === controlTypes[i] && sameShape(t.shape, shape)),
      `controls are ${controls.map(printType).join(" ")}`,
    );
    return { dtype: "i32", shape };
  },
  value: ([logits, ...controls], _, type) => {
    const vocabulary = logits!.type.shape[1]!;
    const data = new Float64Array(type.shape[0]!);
    for (let b = 0; b < data.length; b++) {
      const [temperature, topP, topK, seed, draw] = controls.map((c) => c.data[b]!);
      data[b] = sampleRow(logits!.data.subarray(b * vocabulary, (b + 1) * vocabulary), {
        temperature: temperature!,
        topP: topP!,
        topK: topK!,
        seed: seed!,
        draw: draw!,
      });
    }
    return { type, data };
  },
};
