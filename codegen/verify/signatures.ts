/** What every scalar function of the kernel language takes and gives. */
import type { ScalarName } from "../../src/graph/graph.ts";
import type { Scalar } from "../kernel.ts";

/** Its arity, the scalars of its operands (a condition in front and a shift's amount behind aside), and its result. */
export type Signature = {
  readonly arity: 1 | 2 | 3;
  readonly of: readonly Scalar[];
  readonly result: "same" | "bool";
};
const numbers: readonly Scalar[] = ["f32", "f16", "i32", "u32"];
const floats: readonly Scalar[] = ["f32", "f16"];
const integers: readonly Scalar[] = ["i32", "u32"];
const anything: readonly Scalar[] = [...numbers, "bool"];
const signature = (
  arity: 1 | 2 | 3,
  of: readonly Scalar[],
  result: "same" | "bool" = "same",
): Signature => ({ arity, of, result });

export const signatures = {
  neg: signature(1, ["f32", "f16", "i32"]),
  abs: signature(1, numbers),
  floor: signature(1, floats),
  exp: signature(1, floats),
  log: signature(1, floats),
  sqrt: signature(1, floats),
  rsqrt: signature(1, floats),
  tanh: signature(1, floats),
  sin: signature(1, floats),
  cos: signature(1, floats),
  not: signature(1, ["bool"]),
  add: signature(2, numbers),
  sub: signature(2, numbers),
  mul: signature(2, numbers),
  div: signature(2, numbers),
  mod: signature(2, numbers),
  min: signature(2, numbers),
  max: signature(2, numbers),
  lt: signature(2, numbers, "bool"),
  le: signature(2, numbers, "bool"),
  eq: signature(2, anything, "bool"),
  ne: signature(2, anything, "bool"),
  and: signature(2, ["bool"]),
  or: signature(2, ["bool"]),
  bitand: signature(2, integers),
  bitor: signature(2, integers),
  bitxor: signature(2, integers),
  shl: signature(2, integers),
  shr: signature(2, integers),
  select: signature(3, anything),
} as const satisfies Record<ScalarName, Signature>;
