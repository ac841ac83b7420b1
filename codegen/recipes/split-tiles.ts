/**
 * Tiles of f32 numbers for matrix units: each number is split into parts of a half, which are multiplied apart. Knows no product.
 * f16: two parts, x = high + low / 2048, hold 22 of its 24 bits; beyond ±65504 they overflow, as f16 does.
 * bf16: three parts, x = high + middle + low, hold all 24 bits of any number from 2^−110 on.
 */
import type { KernelBuilder, OperandAt } from "../build.ts";
import type { Memory } from "../kernel.ts";
import type { Arithmetic } from "../multiply.ts";
import { cast, fma, type Num, type Val } from "../val.ts";

/** The types that matrix units multiply. */
export type Half = "f16" | "bf16";

/** The names of a number's parts, the largest first; each part is stored `lift` times as large as the one before left it. */
type Split = { readonly scalar: Half; readonly parts: readonly string[]; readonly lift: number };

export const splits: Readonly<Record<Half, Split>> = {
  // The low part is then as far from f16's smallest numbers as the high part.
  f16: { scalar: "f16", parts: ["high", "low"], lift: 2 ** 11 },
  // bf16 has the exponents of f32.
  bf16: { scalar: "bf16", parts: ["high", "middle", "low"], lift: 1 },
};

/** Rows of a staged tile stand this much further apart, so that neighbouring rows lie in other banks. */
export const padding = 8;
export const subgroup = 32;

/** A memory for each part. */
export const partTiles = (
  k: KernelBuilder,
  { scalar, parts }: Split,
  name: string,
  length: number,
): readonly Memory[] => parts.map((part) => k.workgroup(`${name}_${part}`, scalar, length));

/** Splits numbers and stores them at `place`, or one by one, `apart` scalars from each other. */
export function storeParts(
  k: KernelBuilder,
  { scalar, lift }: Split,
  tiles: readonly Memory[],
  place: Val,
  numbers: Val,
  apart = 1,
): void {
  let left = k.let("whole", numbers);
  const parts = tiles.map((_, i) => {
    const part = k.let(i === 0 ? "rounded" : "rest", cast(left, scalar));
    const more = left.minus(cast(part, "f32")).times(lift);
    left = i + 2 < tiles.length ? k.let("left", more) : more;
    return part;
  });
  const at = k.let("place", place);
  for (const [i, part] of parts.entries()) {
    const to = tiles[i]!;
    if (apart === 1) k.store(to, at, part);
    else
      for (let c = 0; c < part.type.width; c++) k.store(to, at.plus(c * apart), part.component(c));
  }
}

/** Both parts of numbers in f16. */
export type SplitTile = { readonly high: Memory; readonly low: Memory };

export function splitTile(k: KernelBuilder, name: string, length: number): SplitTile {
  const [high, low] = partTiles(k, splits.f16, name, length);
  return { high: high!, low: low! };
}

export const storeSplit = (
  k: KernelBuilder,
  { high, low }: SplitTile,
  place: Val,
  numbers: Val,
  apart = 1,
): void => storeParts(k, splits.f16, [high, low], place, numbers, apart);

/** Sums in registers, those of the lower parts beside those of the high ones. */
export type SplitSums = { readonly high: Memory; readonly low: Memory };

export function splitSums(k: KernelBuilder, name: string, length: number): SplitSums {
  return {
    high: k.registers(name, "f32", length),
    low: k.registers(`${name}_low`, "f32", length),
  };
}

export function clearSums(k: KernelBuilder, { high, low }: SplitSums): void {
  for (const to of [high, low]) for (let i = 0; i < to.length; i++) k.store(to, i, 0);
}

/** A sum with what its lower parts add. */
export function wholeSum(
  k: KernelBuilder,
  { high, low }: SplitSums,
  i: number,
  { lift } = splits.f16,
): Val {
  const [more, most] = [k.load(low, i), k.load(high, i)];
  return lift === 1 ? most.plus(more) : fma(more, 1 / lift, most);
}

export const operandIn = (memory: Memory, index: Val, width: number): OperandAt => ({
  memory,
  index,
  stride: width + padding,
});

/** For placeOfSum. */
export const valArithmetic: Arithmetic<Val> = {
  plus: (a: Val, b: Num) => a.plus(b),
  times: (a, n) => a.times(n),
  over: (a, n) => a.over(n),
  modulo: (a, n) => a.modulo(n),
};
