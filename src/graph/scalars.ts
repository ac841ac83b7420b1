/** The meaning of every scalar function: arity, result type, value in double precision. Knows nothing of tensors. */
import type { DType, ScalarName } from "./graph.ts";
import { demand } from "./ops/rule.ts";

export type ScalarRule = {
  readonly arity: number;
  /** The result's type; throws Inconsistent where the function has no meaning for these types. */
  readonly result: (inputs: readonly DType[]) => DType;
  /** bool is 0 or 1. */
  readonly value: (...n: number[]) => number;
  /** Where i32 and u32 differ from the reals, before wrapping. */
  readonly integer?: (...n: number[]) => number;
};

const floats: readonly DType[] = ["f32", "f16", "bf16"];
const integers: readonly DType[] = ["i32", "u32"];
const numbers: readonly DType[] = [...floats, ...integers];
const signed: readonly DType[] = [...floats, "i32"];
const all: readonly DType[] = [...numbers, "bool"];

const print = (inputs: readonly DType[]) => `(${inputs.join(", ")})`;

/** All inputs of one type, which is among `allowed`. */
function common(inputs: readonly DType[], allowed: readonly DType[]): DType {
  const first = inputs[0];
  demand(
    first !== undefined && allowed.includes(first) && inputs.every((t) => t === first),
    `a scalar function cannot take ${print(inputs)}`,
  );
  return first;
}

const same = (allowed: readonly DType[]) => (inputs: readonly DType[]) => common(inputs, allowed);

function comparison(inputs: readonly DType[]): DType {
  common(inputs, all);
  return "bool";
}

function shift(inputs: readonly DType[]): DType {
  const [value, by] = inputs;
  demand(value !== undefined && by !== undefined, "a shift takes a value and an amount");
  demand(integers.includes(value) && integers.includes(by), `a shift cannot take ${print(inputs)}`);
  return value;
}

function choice(inputs: readonly DType[]): DType {
  demand(inputs[0] === "bool", `select needs a bool condition, not ${print(inputs)}`);
  return common(inputs.slice(1), all);
}

const unary = (allowed: readonly DType[], value: (a: number) => number) =>
  ({ arity: 1, result: same(allowed), value }) satisfies ScalarRule;
const binary = (allowed: readonly DType[], value: (a: number, b: number) => number) =>
  ({ arity: 2, result: same(allowed), value }) satisfies ScalarRule;
const compare = (value: (a: number, b: number) => boolean) =>
  ({ arity: 2, result: comparison, value: (a, b) => Number(value(a!, b!)) }) satisfies ScalarRule;

/** Integer division by zero gives the dividend, modulo zero gives 0, as on WebGPU; shifts count modulo 32. */
export const scalars = {
  neg: unary(signed, (a) => -a),
  abs: unary(signed, Math.abs),
  floor: unary(floats, Math.floor),
  exp: unary(floats, Math.exp),
  log: unary(floats, Math.log),
  sqrt: unary(floats, Math.sqrt),
  rsqrt: unary(floats, (a) => 1 / Math.sqrt(a)),
  tanh: unary(floats, Math.tanh),
  sin: unary(floats, Math.sin),
  cos: unary(floats, Math.cos),
  not: unary(["bool"], (a) => 1 - a),
  add: binary(numbers, (a, b) => a + b),
  sub: binary(numbers, (a, b) => a - b),
  mul: { ...binary(numbers, (a, b) => a * b), integer: (a, b) => Math.imul(a!, b!) },
  div: {
    ...binary(numbers, (a, b) => a / b),
    integer: (a, b) => (b === 0 ? a! : Math.trunc(a! / b!)),
  },
  mod: { ...binary(numbers, (a, b) => a % b), integer: (a, b) => (b === 0 ? 0 : a! % b!) },
  min: binary(numbers, Math.min),
  max: binary(numbers, Math.max),
  lt: compare((a, b) => a < b),
  le: compare((a, b) => a <= b),
  eq: compare((a, b) => a === b),
  ne: compare((a, b) => a !== b),
  and: binary(["bool"], (a, b) => a * b),
  or: binary(["bool"], (a, b) => Math.max(a, b)),
  bitand: binary(integers, (a, b) => a & b),
  bitor: binary(integers, (a, b) => a | b),
  bitxor: binary(integers, (a, b) => a ^ b),
  shl: { arity: 2, result: shift, value: (a, b) => a! << b! },
  shr: { arity: 2, result: shift, value: (a, b) => Math.floor(a! / 2 ** (b! & 31)) },
  select: {
    arity: 3,
    result: choice,
    value: (when, then, otherwise) => (when ? then! : otherwise!),
  },
} satisfies Record<ScalarName, ScalarRule>;

const rules: Readonly<Record<ScalarName, ScalarRule>> = scalars;

/** A number as the integer type holds it: modulo 2^32, u32 from 0, i32 from −2^31. */
export const wrap = (dtype: DType, n: number): number =>
  dtype === "u32" ? n >>> 0 : dtype === "i32" ? n | 0 : n;

/** `fn` for operands of type `dtype` (the branches' type for select), ready to be called element after element. */
export function scalarFunction(fn: ScalarName, dtype: DType): (...n: number[]) => number {
  const rule = rules[fn];
  if (dtype !== "i32" && dtype !== "u32") return rule.value;
  const value = rule.integer ?? rule.value;
  if (rule.result === comparison) return value;
  return (...n) => wrap(dtype, value(...n));
}

/** The value of one call: wraps i32 and u32, bool as 0 or 1. */
export const applyScalar = (fn: ScalarName, dtype: DType, args: readonly number[]): number =>
  scalarFunction(fn, dtype)(...args);

/** The result's type and a check of the arity. */
export function scalarResult(fn: ScalarName, inputs: readonly DType[]): DType {
  const rule = rules[fn];
  demand(inputs.length === rule.arity, `${fn} takes ${rule.arity} inputs, not ${inputs.length}`);
  return rule.result(inputs);
}

/** `n` as a number of type `to`: integers truncate towards zero and saturate, narrow floats round to nearest even. */
export function convert(n: number, from: DType, to: DType): number {
  switch (to) {
    case "f32":
      return n;
    case "f16":
      return roundBits(n, 10, -14, 65504);
    case "bf16":
      return roundBits(n, 7, -126, 3.3895313892515355e38);
    case "bool":
      return n === 0 ? 0 : 1;
    case "i32":
    case "u32":
      return toInteger(n, from, to);
    case "i8":
    case "i4": {
      const most = to === "i8" ? 127 : 7;
      return Math.min(most, Math.max(-most - 1, toInteger(n, from, "i32")));
    }
  }
}

function toInteger(n: number, from: DType, to: "i32" | "u32"): number {
  if (!floats.includes(from)) return wrap(to, n);
  if (Number.isNaN(n)) return 0;
  const [low, high] = to === "u32" ? [0, 2 ** 32 - 1] : [-(2 ** 31), 2 ** 31 - 1];
  return Math.min(high, Math.max(low, Math.trunc(n)));
}

/** Nearest number with `bits` fraction bits and exponents from `least`, ties to even; infinite where it rounds past `most`. */
function roundBits(n: number, bits: number, least: number, most: number): number {
  if (n === 0 || !Number.isFinite(n)) return n;
  const exponent = Math.max(least, Math.floor(Math.log2(Math.abs(n))));
  const step = 2 ** (exponent - bits);
  const scaled = n / step;
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0);
  const rounded = (floor + (up ? 1 : 0)) * step;
  return Math.abs(rounded) > most ? Math.sign(n) * Infinity : rounded;
}
