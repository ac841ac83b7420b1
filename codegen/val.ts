/** The recipes' arithmetic: expressions that can be calculated with. Records nothing. */
import { CompilerBug } from "../src/graph/bug.ts";
import type { ScalarName } from "../src/graph/graph.ts";
import type { Expr, Scalar, ValueType, Width } from "./kernel.ts";

export type Num = Val | number;

/** An expression that can be calculated with; numbers on the right take its type, scalars spread over its width. */
export class Val {
  readonly expr: Expr;
  constructor(expr: Expr) {
    this.expr = expr;
  }
  get type(): ValueType {
    return this.expr.type;
  }
  plus(other: Num): Val {
    return isNumber(other, 0) ? this : call("add", this, other);
  }
  minus(other: Num): Val {
    return isNumber(other, 0) ? this : call("sub", this, other);
  }
  times(other: Num): Val {
    return isNumber(other, 1) ? this : call("mul", this, other);
  }
  over(other: Num): Val {
    return isNumber(other, 1) ? this : call("div", this, other);
  }
  modulo(other: Num): Val {
    return call("mod", this, other);
  }
  atMost(other: Num): Val {
    return call("min", this, other);
  }
  atLeast(other: Num): Val {
    return call("max", this, other);
  }
  below(other: Num): Val {
    return call("lt", this, other);
  }
  equals(other: Num): Val {
    return call("eq", this, other);
  }
  and(other: Val): Val {
    return call("and", this, other);
  }
  or(other: Val): Val {
    return call("or", this, other);
  }
  component(index: number): Val {
    if (this.type.width === 1) return this;
    return new Val({
      kind: "component",
      of: this.expr,
      index,
      type: { scalar: this.type.scalar, width: 1 },
    });
  }
}

const isNumber = (v: Num, n: number) =>
  typeof v === "number" ? v === n : v.expr.kind === "literal" && v.expr.value === n;

const comparisons: readonly ScalarName[] = ["lt", "le", "eq", "ne"];

export const literal = (value: number, scalar: Scalar, width: Width = 1): Val =>
  new Val({ kind: "literal", value, type: { scalar, width } });

/** `v` as a value of `width` scalars. */
export function spread(v: Val, width: Width): Val {
  if (v.type.width === width) return v;
  if (v.type.width !== 1) throw new CompilerBug(`cannot spread width ${v.type.width} to ${width}`);
  return new Val({ kind: "vector", parts: [v.expr], type: { scalar: v.type.scalar, width } });
}

/** Calls a scalar function element by element; numbers take the type of the first Val that is not a condition. */
export function call(fn: ScalarName, ...args: readonly Num[]): Val {
  const vals = args.filter((a): a is Val => a instanceof Val);
  const pattern = vals.find((v) => fn !== "select" || v !== args[0]) ?? vals[0];
  if (!pattern) throw new CompilerBug(`${fn} of numbers only`);
  const width = Math.max(...vals.map((v) => v.type.width)) as Width;
  const lifted = args.map(
    (a) => spread(a instanceof Val ? a : literal(a, pattern.type.scalar), width).expr,
  );
  const scalar: Scalar = comparisons.includes(fn) ? "bool" : pattern.type.scalar;
  return new Val({ kind: "call", fn, args: lifted, type: { scalar, width } });
}

export const select = (when: Val, then: Num, otherwise: Num): Val =>
  call("select", when, then, otherwise);
export const negate = (v: Val): Val => call("neg", v);

export function fma(a: Val, b: Num, c: Val): Val {
  const width = Math.max(a.type.width, c.type.width, b instanceof Val ? b.type.width : 1) as Width;
  const part = (v: Num) => spread(v instanceof Val ? v : literal(v, a.type.scalar), width).expr;
  return new Val({
    kind: "fma",
    args: [part(a), part(b), part(c)],
    type: { scalar: c.type.scalar, width },
  });
}

export function cast(v: Val, scalar: Scalar): Val {
  if (v.type.scalar === scalar) return v;
  if (v.expr.kind === "literal") return literal(v.expr.value, scalar, v.type.width);
  return new Val({ kind: "cast", of: v.expr, type: { scalar, width: v.type.width } });
}

export const bitcast = (v: Val, scalar: Scalar): Val =>
  new Val({ kind: "bitcast", of: v.expr, type: { scalar, width: v.type.width } });

export function vector(parts: readonly Val[]): Val {
  const first = parts[0];
  if (!first) throw new CompilerBug("a vector of nothing");
  if (parts.length === 1) return first;
  return new Val({
    kind: "vector",
    parts: parts.map((p) => p.expr),
    type: { scalar: first.type.scalar, width: parts.length as Width },
  });
}
