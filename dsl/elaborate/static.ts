/** Arithmetic on numbers and flags that are known while compiling, in double precision. */
import { convert } from "../../src/graph/scalars.ts";
import type { BinaryOperator } from "../syntax.ts";
import { type FlagValue, flagValue, type NumberValue, numberValue } from "./values.ts";

type Arithmetic = (a: number, b: number) => number;
type Comparison = (a: number, b: number) => boolean;

const arithmetic: Readonly<Partial<Record<BinaryOperator, Arithmetic>>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
};
const comparisons: Readonly<Partial<Record<BinaryOperator, Comparison>>> = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
};

/** An operator on two numbers; null where it takes none. */
export function onNumbers(
  operator: BinaryOperator,
  a: number,
  b: number,
): NumberValue | FlagValue | null {
  const compute = arithmetic[operator];
  if (compute) return numberValue(compute(a, b));
  const compare = comparisons[operator];
  return compare ? flagValue(compare(a, b)) : null;
}

/** An operator on two flags; null where it takes none. */
export function onFlags(operator: BinaryOperator, a: boolean, b: boolean): FlagValue | null {
  if (operator === "and") return flagValue(a && b);
  if (operator === "or") return flagValue(a || b);
  if (operator === "==") return flagValue(a === b);
  return operator === "!=" ? flagValue(a !== b) : null;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Functions of one number. */
export const unaryNumbers: Readonly<Record<string, (x: number) => number>> = {
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  rsqrt: (x) => 1 / Math.sqrt(x),
  tanh: Math.tanh,
  abs: Math.abs,
  floor: Math.floor,
  sin: Math.sin,
  cos: Math.cos,
  expm1: Math.expm1,
  log1p: Math.log1p,
  sigmoid,
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  gelu: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  silu: (x) => x * sigmoid(x),
  round_bf16: (x) => convert(x, "f32", "bf16"),
};
/** Functions of two numbers. */
export const binaryNumbers: Readonly<Record<string, Arithmetic>> = { max: Math.max, min: Math.min };

/** The names of operators as scalar functions, for tensors and for initialisers. */
export const operatorFunctions = {
  "+": "add",
  "-": "sub",
  "*": "mul",
  "/": "div",
  "%": "mod",
  "<": "lt",
  "<=": "le",
  ">": "lt",
  ">=": "le",
  "==": "eq",
  "!=": "ne",
  and: "and",
  or: "or",
} as const satisfies Record<BinaryOperator, string>;
