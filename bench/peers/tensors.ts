/** The numbers that a case computes with: the same in every process and every run. */
import { shapesOf, sizeOf, type Work } from "./cases.ts";

export type Given = { readonly shape: readonly number[]; readonly data: Float32Array };

/** Between −1 and 1. */
export function noise(seed: number, size: number): Float32Array {
  let state = (seed * 2654435761 + 1) >>> 0;
  return Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** What noise becomes, by the tensor's name: weights of a product keep its size, decays and gates lie between 0 and 1. */
function fitted(name: string, shape: readonly number[], x: number): number {
  switch (name) {
    case "w":
    case "gate":
    case "up":
    case "down":
      return x * Math.sqrt(3 / shape[0]!);
    case "decay":
      return 0.95 + 0.05 * x;
    case "r":
      return 0.1 + 0.1 * x;
    default:
      return x;
  }
}

export function tensorsOf(work: Work): Readonly<Record<string, Given>> {
  const named = Object.entries(shapesOf(work)).map(([name, shape], i) => {
    const data = noise(i + 1, sizeOf(shape)).map((x) => fitted(name, shape, x));
    return [name, { shape, data }] as const;
  });
  return Object.fromEntries(named);
}
