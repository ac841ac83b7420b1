/** Says what is wrong with one expression, its operands being right. */
import type { Expr, Scalar, ValueType } from "../kernel.ts";
import { plainDialect } from "../plain.ts";
import { type Signature, signatures } from "./signatures.ts";

/** A sentence, or null where all is well. */
export type Problem = string | null;
type Types = ReadonlyMap<string, ValueType>;

const same = (a: ValueType, b: ValueType) => a.scalar === b.scalar && a.width === b.width;
const name = (type: ValueType) => plainDialect.type(type);
const scalarType = (scalar: Scalar): ValueType => ({ scalar, width: 1 });

/** Where `type` belongs, something else stands. */
export const mismatch = (e: Expr, type: ValueType): Problem =>
  same(e.type, type) ? null : `${name(e.type)} where ${name(type)} belongs`;

/** The first problem there is. */
export const firstOf = (problems: readonly Problem[]): Problem =>
  problems.find((p) => p !== null) ?? null;

export const isIndex = ({ type }: Expr): boolean =>
  type.width === 1 && (type.scalar === "u32" || type.scalar === "i32");

export const indexProblem = (e: Expr): Problem =>
  isIndex(e) ? null : `${name(e.type)} as an index`;

/** What is wrong with `e` where names have these types. */
export function problemOf(e: Expr, types: Types): Problem {
  const { scalar, width } = e.type;
  switch (e.kind) {
    case "literal":
      return literalProblem(e.value, scalar);
    case "builtin":
      return mismatch(e, scalarType("u32"));
    case "local": {
      const bound = types.get(e.name);
      return bound ? mismatch(e, bound) : `${e.name} is not bound here`;
    }
    case "call":
      return callProblem(e);
    case "fma":
      return calculation("fma", scalar) ?? firstOf(e.args.map((a) => mismatch(a, e.type)));
    case "cast":
      return castProblem(e.of.type, e.type);
    case "bitcast":
      return bitcastProblem(e.of.type, e.type);
    case "vector": {
      const count = e.parts.length;
      if (count !== width && count !== 1) return `${count} parts of a vector of ${width}`;
      return firstOf(e.parts.map((p) => mismatch(p, scalarType(scalar))));
    }
    case "component":
      if (!(e.index >= 0 && e.index < e.of.type.width))
        return `component ${e.index} of ${name(e.of.type)}`;
      return mismatch(e, scalarType(e.of.type.scalar));
    case "load":
      return indexProblem(e.index) ?? mismatch(e, { scalar: e.from.scalar, width });
    case "subgroup":
      return calculation("a subgroup operation", scalar) ?? mismatch(e.of, e.type);
  }
}

function literalProblem(value: number, scalar: Scalar): Problem {
  const ranges = { i32: [-(2 ** 31), 2 ** 31 - 1], u32: [0, 2 ** 32 - 1] } as const;
  if (scalar === "i32" || scalar === "u32") {
    const [least, most] = ranges[scalar];
    const held = Number.isInteger(value) && value >= least && value <= most;
    return held ? null : `the literal ${value} as ${scalar}`;
  }
  return Number.isFinite(value) ? null : `the literal ${value}, which targets cannot spell`;
}

/** Neither bool nor bf16 is calculated with. */
const calculation = (what: string, scalar: Scalar): Problem =>
  scalar === "bool" || scalar === "bf16" ? `${what} on ${scalar}` : null;

function castProblem(from: ValueType, to: ValueType): Problem {
  if (from.width !== to.width) return "a cast changes the width";
  const stored = from.scalar === "bf16" || to.scalar === "bf16";
  const allowed = [from.scalar, to.scalar].every((s) => s === "bf16" || s === "f32");
  return stored && !allowed ? `a cast of ${name(from)} to ${name(to)}` : null;
}

function bitcastProblem(from: ValueType, to: ValueType): Problem {
  const whole = (scalar: Scalar) => scalar === "f32" || scalar === "i32" || scalar === "u32";
  if (whole(from.scalar) && whole(to.scalar) && from.width === to.width) return null;
  return `a bitcast of ${name(from)} to ${name(to)}`;
}

function callProblem(e: Expr & { readonly kind: "call" }): Problem {
  const { arity, of, result } = signatures[e.fn] as Signature;
  const operand = e.args[e.fn === "select" ? 1 : 0];
  if (e.args.length !== arity || !operand) return `${e.fn} of ${e.args.length} arguments`;
  const { scalar } = operand.type;
  if (!of.includes(scalar)) return `${e.fn} of ${scalar}`;
  const { width } = e.type;
  const wanted = (argument: Expr, i: number): Scalar => {
    if (e.fn === "select" && i === 0) return "bool";
    const amount = (e.fn === "shl" || e.fn === "shr") && i === 1;
    return amount && argument.type.scalar === "u32" ? "u32" : scalar;
  };
  const expected: ValueType = { scalar: result === "bool" ? "bool" : scalar, width };
  return firstOf([
    ...e.args.map((a, i) => mismatch(a, { scalar: wanted(a, i), width })),
    same(e.type, expected) ? null : `${e.fn} as ${name(e.type)}, it is ${name(expected)}`,
  ]);
}
