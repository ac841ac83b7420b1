/**
 * The meaning of scalar functions and conversions, as JavaScript text over complete operands. Knows scalars only: no memory, no lanes.
 * Booleans are true and false, f32 values are rounded by Math.fround, f16 by roundF16, bf16 by roundBf16, integers are kept in their range.
 */

import { CompilerBug } from "../../src/graph/bug.ts";
import type { ScalarName } from "../../src/graph/graph.ts";
import type { Scalar } from "../kernel.ts";

/** A result that may need rounding or wrapping, brought back into the scalar's values. */
function rounded(text: string, scalar: Scalar): string {
  switch (scalar) {
    case "f32":
      return `Math.fround(${text})`;
    case "f16":
      return `roundF16(${text})`;
    case "bf16":
      return `roundBf16(${text})`;
    case "i32":
      return `((${text}) | 0)`;
    case "u32":
      return `((${text}) >>> 0)`;
    case "bool":
      return `(${text})`;
  }
}

const isInteger = (scalar: Scalar) => scalar === "i32" || scalar === "u32";

type Spell = (args: readonly string[], scalar: Scalar) => string;

const viaMath =
  (name: string): Spell =>
  ([x], scalar) =>
    rounded(`Math.${name}(${x})`, scalar);
const between =
  (operator: string): Spell =>
  ([x, y], scalar) =>
    rounded(`${x} ${operator} ${y}`, scalar);
/** Comparisons and booleans; complete without rounding. */
const truth =
  (operator: string): Spell =>
  ([x, y]) =>
    `(${x} ${operator} ${y})`;

/** Each function for arguments of one scalar. Integer divisors are known not to be zero. */
const spellings = {
  neg: ([x], scalar) => rounded(`-${x}`, scalar),
  abs: viaMath("abs"),
  floor: viaMath("floor"),
  exp: viaMath("exp"),
  log: viaMath("log"),
  sqrt: viaMath("sqrt"),
  rsqrt: ([x], scalar) => rounded(`1 / Math.sqrt(${x})`, scalar),
  tanh: viaMath("tanh"),
  sin: viaMath("sin"),
  cos: viaMath("cos"),
  not: ([x]) => `(!${x})`,
  add: between("+"),
  sub: between("-"),
  mul: ([x, y], scalar) =>
    rounded(isInteger(scalar) ? `Math.imul(${x}, ${y})` : `${x} * ${y}`, scalar),
  div: between("/"),
  mod: between("%"),
  min: ([x, y]) => `Math.min(${x}, ${y})`,
  max: ([x, y]) => `Math.max(${x}, ${y})`,
  lt: truth("<"),
  le: truth("<="),
  eq: truth("==="),
  ne: truth("!=="),
  and: truth("&&"),
  or: truth("||"),
  bitand: between("&"),
  bitor: between("|"),
  bitxor: between("^"),
  shl: between("<<"),
  shr: ([x, y], scalar) => (scalar === "u32" ? `(${x} >>> ${y})` : `(${x} >> ${y})`),
  select: ([when, x, y]) => `(${when} ? ${x} : ${y})`,
} as const satisfies Record<ScalarName, Spell>;

/** `fn` of operands whose (last) scalar is `scalar`. */
export function spellCall(fn: ScalarName, args: readonly string[], scalar: Scalar): string {
  return spellings[fn](args, scalar);
}

export function spellFma([x, y, z]: readonly string[], scalar: Scalar): string {
  return rounded(isInteger(scalar) ? `Math.imul(${x}, ${y}) + ${z}` : `${x} * ${y} + ${z}`, scalar);
}

/** Truncates towards zero; numbers outside the integer's range become its nearest value. */
export function spellCast(x: string, from: Scalar, to: Scalar): string {
  if (from === to) return x;
  if (to === "bool") return `(${x} !== 0)`;
  if (from === "bool") return `(${x} ? 1 : 0)`;
  if (isInteger(to))
    return isInteger(from) ? rounded(x, to) : `${to === "i32" ? "toI32" : "toU32"}(${x})`;
  return rounded(x, to);
}

export function spellBitcast(x: string, from: Scalar, to: Scalar): string {
  if (from === to) return x;
  if (isInteger(from) && isInteger(to)) return rounded(x, to);
  if (from === "f32" && isInteger(to)) return rounded(`bitsOfF32(${x})`, to);
  if (to === "f32" && isInteger(from)) return `f32OfBits(${x})`;
  throw new CompilerBug(`bitcast of ${from} to ${to}`);
}

/** A number as a literal of the scalar. */
export function spellLiteral(value: number, scalar: Scalar): string {
  if (scalar === "bool") return value ? "true" : "false";
  const kept = roundTo[scalar](value);
  const text = Object.is(kept, -0) ? "-0" : String(kept);
  return text.startsWith("-") ? `(${text})` : text;
}

/** The nearest f16 value, ties to even; beyond 65504 infinity. */
export function roundF16(x: number): number {
  const size = Math.abs(x);
  if (!(size < 65520)) return size >= 65520 ? (x < 0 ? -Infinity : Infinity) : Number.NaN;
  // Adding 1.5 · 2^52 ulps of the wanted precision makes the f64 addition round there.
  const exponent = size < 2 ** -14 ? -14 : Math.floor(Math.log2(size));
  const magic = 1.5 * 2 ** (52 + exponentOf(size, exponent) - 10);
  return x < 0 ? -(size + magic - magic) : size + magic - magic;
}

/** The nearest bf16 value of an f32 value, ties to even; beyond the largest infinity. bf16 is the upper half of f32's bits. */
export function roundBf16(x: number): number {
  if (Number.isNaN(x)) return x;
  bits.setFloat32(0, x);
  const whole = bits.getUint32(0);
  bits.setUint32(0, (whole + 0x7fff + ((whole >>> 16) & 1)) & 0xffff0000);
  return bits.getFloat32(0);
}

const exponentOf = (size: number, guess: number) =>
  2 ** (guess + 1) <= size ? guess + 1 : guess > -14 && 2 ** guess > size ? guess - 1 : guess;

const bits = new DataView(new ArrayBuffer(4));

/** A number as each scalar holds it. */
export const roundTo = {
  f32: Math.fround,
  f16: roundF16,
  bf16: roundBf16,
  i32: (x) => x | 0,
  u32: (x) => x >>> 0,
  bool: (x) => x,
} as const satisfies Record<Scalar, (x: number) => number>;

/** The functions that spelled text calls by name. */
export const runtime = {
  roundF16,
  roundBf16,
  toI32: (x: number) => Math.trunc(Math.min(Math.max(x, -2147483648), 2147483647)) | 0,
  toU32: (x: number) => Math.trunc(Math.min(Math.max(x, 0), 4294967295)) >>> 0,
  bitsOfF32: (x: number) => {
    bits.setFloat32(0, x);
    return bits.getUint32(0);
  },
  f32OfBits: (x: number) => {
    bits.setInt32(0, x);
    return bits.getFloat32(0);
  },
} as const;

const meanings = new Map<string, (...args: readonly unknown[]) => number | boolean>();

/** `fn` itself for operands of `scalar`, for folding constants. */
export function evaluateCall(
  fn: ScalarName,
  args: readonly (number | boolean)[],
  scalar: Scalar,
): number | boolean {
  const key = `${fn} ${scalar}`;
  let meaning = meanings.get(key);
  if (!meaning) {
    const text = spellCall(fn, ["a", "b", "c"].slice(0, args.length), scalar);
    const make = new Function(...Object.keys(runtime), `return (a, b, c) => ${text};`);
    meaning = make(...Object.values(runtime)) as (...args: readonly unknown[]) => number | boolean;
    meanings.set(key, meaning);
  }
  return meaning(...args);
}
