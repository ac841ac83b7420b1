/**
 * Tiles of f32 numbers for matrix units: each number is split into two of f16, x = high + low / 2048, which are multiplied apart
 * and hold 22 bits of it. Beyond ±65504 it overflows, as f16 does. Knows no product.
 */
import type { KernelBuilder, OperandAt } from "../build.ts";
import type { Memory } from "../kernel.ts";
import type { Arithmetic } from "../multiply.ts";
import { cast, fma, type Num, type Val } from "../val.ts";

/** The low part is stored this many times as large, so that it is as far from f16's smallest numbers as the high part. */
export const lift = 2 ** 11;
/** Rows of a staged tile stand this much further apart, so that neighbouring rows lie in other banks. */
export const padding = 8;
export const subgroup = 32;

export type SplitTile = { readonly high: Memory; readonly low: Memory };

export const splitTile = (k: KernelBuilder, name: string, length: number): SplitTile => ({
  high: k.workgroup(`${name}_high`, "f16", length),
  low: k.workgroup(`${name}_low`, "f16", length),
});

/** Splits numbers and stores them at `place`, or one by one, `apart` scalars from each other. */
export function storeSplit(
  k: KernelBuilder,
  { high, low }: SplitTile,
  place: Val,
  numbers: Val,
  apart = 1,
): void {
  const whole = k.let("whole", numbers);
  const rounded = k.let("rounded", cast(whole, "f16"));
  const rest = k.let("rest", cast(whole.minus(cast(rounded, "f32")).times(lift), "f16"));
  const at = k.let("place", place);
  for (const [to, value] of [
    [high, rounded],
    [low, rest],
  ] as const) {
    if (apart === 1) k.store(to, at, value);
    else
      for (let i = 0; i < value.type.width; i++)
        k.store(to, at.plus(i * apart), value.component(i));
  }
}

/** Sums in registers, those of low parts beside those of high ones. */
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

/** A sum with what its low parts add. */
export const wholeSum = (k: KernelBuilder, { high, low }: SplitSums, i: number): Val =>
  fma(k.load(low, i), 1 / lift, k.load(high, i));

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
