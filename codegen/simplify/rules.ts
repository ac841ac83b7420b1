/** The laws by which expressions become simpler, as data. In the laws x and y are any value, a, c, d literals. */
import type { ScalarName } from "../../src/graph/graph.ts";
import type { Expr, Scalar } from "../kernel.ts";
import { type Facts, neverWraps, rangeOf } from "./ranges.ts";

/** The rule for calls of `fn`; gives null where its side condition does not hold. */
export type Rule = {
  readonly law: string;
  readonly fn: ScalarName | readonly ScalarName[];
  readonly of: "integers" | "any";
  readonly apply: (args: readonly Expr[], call: Expr, facts: Facts) => Expr | null;
};

type Call = Expr & { readonly kind: "call" };

/** The number, where the expression is a literal. */
const numberIn = (e: Expr | undefined): number | null => (e?.kind === "literal" ? e.value : null);
const is = (e: Expr | undefined, value: number) => numberIn(e) === value;
const literal = (value: number, like: Expr): Expr => ({ kind: "literal", value, type: like.type });
const truth = (value: boolean, like: Expr): Expr => literal(value ? 1 : 0, like);
const call = (fn: ScalarName, ...args: readonly [Expr, Expr]): Expr => ({
  kind: "call",
  fn,
  args,
  type: args[0].type,
});

/** The value behind a name that never changes. */
const seen = (e: Expr, facts: Facts): Expr =>
  e.kind === "local" ? (facts.definitions.get(e.name) ?? e) : e;

type ByLiteral = { readonly x: Expr; readonly c: number };

/** Operands of a call of `fn` by a literal above 0. */
function direct(e: Expr | undefined, fn: ScalarName): ByLiteral | null {
  if (e?.kind !== "call" || e.fn !== fn) return null;
  const c = numberIn(e.args[1]);
  return c !== null && c > 0 ? { x: e.args[0]!, c } : null;
}

/** The same, looked at through names: only for laws that end with less to calculate than the names cost. */
const byLiteral = (e: Expr, fn: ScalarName, facts: Facts): ByLiteral | null =>
  direct(seen(e, facts), fn);

const fits = (value: number, scalar: Scalar) =>
  value <= (scalar === "u32" ? 2 ** 32 - 1 : 2 ** 31 - 1);
const natural = (e: Expr, facts: Facts) => rangeOf(e, facts).least >= 0;
/** A product and sum that is calculated without wrapping and from no negative part. */
const plain = (e: Expr, facts: Facts): boolean =>
  e.kind !== "call" || (neverWraps(e, facts) && e.args.every((a) => natural(a, facts)));

export function sameExpr(a: Expr, b: Expr): boolean {
  if (a === b) return true;
  if (a.type.scalar !== b.type.scalar || a.type.width !== b.type.width) return false;
  switch (a.kind) {
    case "literal":
      return b.kind === "literal" && Object.is(a.value, b.value);
    case "builtin":
      return b.kind === "builtin" && a.name === b.name;
    case "local":
      return b.kind === "local" && a.name === b.name;
    case "call":
      return b.kind === "call" && a.fn === b.fn && a.args.every((x, i) => sameExpr(x, b.args[i]!));
    case "cast":
      return b.kind === "cast" && sameExpr(a.of, b.of);
    default:
      return false;
  }
}

/** x·c, alone or as the left of a sum, with what is added. */
function multipleAndRest(
  e: Expr,
  facts: Facts,
): { readonly x: Expr; readonly c: number; readonly rest: Expr | null } | null {
  const found = seen(e, facts);
  const alone = byLiteral(found, "mul", facts);
  if (alone) return plain(found, facts) ? { ...alone, rest: null } : null;
  if (found.kind !== "call" || found.fn !== "add" || !plain(found, facts)) return null;
  const [left, right] = found.args;
  const [inLeft, inRight] = [byLiteral(left!, "mul", facts), byLiteral(right!, "mul", facts)];
  if (inLeft && plain(seen(left!, facts), facts)) return { ...inLeft, rest: right! };
  return inRight && plain(seen(right!, facts), facts) ? { ...inRight, rest: left! } : null;
}

/** (x / c·m)·m + (x / c) % m is x / c, and with c = 1 x itself. */
function recombine(quotients: Expr, remainder: Expr, facts: Facts): Expr | null {
  const scaled = byLiteral(quotients, "mul", facts);
  const rest = byLiteral(remainder, "mod", facts);
  const whole = scaled && byLiteral(scaled.x, "div", facts);
  if (!whole || !rest || scaled.c !== rest.c || !natural(rest.x, facts)) return null;
  const inner = byLiteral(rest.x, "div", facts);
  const matches =
    (inner && whole.c === inner.c * rest.c && sameExpr(whole.x, inner.x)) ||
    (whole.c === rest.c && sameExpr(whole.x, rest.x));
  return matches ? rest.x : null;
}

const commutative: readonly ScalarName[] = ["add", "mul", "min", "max"];

export const rules: readonly Rule[] = [
  {
    law: "c + x = x + c, and so for · min max",
    fn: commutative,
    of: "integers",
    apply: ([x, y], e) =>
      numberIn(x) !== null && numberIn(y) === null ? call((e as Call).fn, y!, x!) : null,
  },
  {
    law: "x ± 0 = x",
    fn: ["add", "sub"],
    of: "integers",
    apply: ([x, y]) => (is(y, 0) ? x! : null),
  },
  {
    law: "x · 1 = x / 1 = x",
    fn: ["mul", "div"],
    of: "any",
    apply: ([x, y]) => (is(y, 1) ? x! : null),
  },
  { law: "x · 0 = 0", fn: "mul", of: "integers", apply: ([, y]) => (is(y, 0) ? y! : null) },
  {
    law: "x % 1 = 0",
    fn: "mod",
    of: "integers",
    apply: ([, y], e) => (is(y, 1) ? literal(0, e) : null),
  },
  {
    law: "(x + c) + d = x + (c + d)",
    fn: "add",
    of: "integers",
    apply: ([x, y], e) => {
      const [inner, d] = [direct(x, "add"), numberIn(y)];
      if (!inner || d === null || d < 0 || !fits(inner.c + d, e.type.scalar)) return null;
      return call("add", inner.x, literal(inner.c + d, e));
    },
  },
  {
    law: "(x · c) · d = x · cd",
    fn: "mul",
    of: "integers",
    apply: ([x, y], e) => {
      const [inner, d] = [direct(x, "mul"), numberIn(y)];
      if (!inner || d === null || d < 0 || !fits(inner.c * d, e.type.scalar)) return null;
      return call("mul", inner.x, literal(inner.c * d, e));
    },
  },
  {
    law: "x / c = 0 for 0 ≤ x < c",
    fn: "div",
    of: "integers",
    apply: ([x, y], e, facts) =>
      natural(x!, facts) && rangeOf(x!, facts).most < (numberIn(y) ?? 0) ? literal(0, e) : null,
  },
  {
    law: "x % c = x for 0 ≤ x < c",
    fn: "mod",
    of: "integers",
    apply: ([x, y], _, facts) =>
      natural(x!, facts) && rangeOf(x!, facts).most < (numberIn(y) ?? 0) ? x! : null,
  },
  {
    law: "(x / c) / d = x / cd",
    fn: "div",
    of: "integers",
    apply: ([x, y], e) => {
      const [inner, d] = [direct(x, "div"), numberIn(y)];
      if (!inner || d === null || d < 1 || !fits(inner.c * d, e.type.scalar)) return null;
      return call("div", inner.x, literal(inner.c * d, e));
    },
  },
  {
    law: "(x % c) % d = x % d where d divides c",
    fn: "mod",
    of: "integers",
    apply: ([x, y]) => {
      const [inner, d] = [direct(x, "mod"), numberIn(y)];
      return inner && d !== null && d > 0 && inner.c % d === 0 ? call("mod", inner.x, y!) : null;
    },
  },
  {
    law: "(x % c) / d = (x / d) % (c / d) where d divides c",
    fn: "div",
    of: "integers",
    apply: ([x, y], e, facts) => {
      const [inner, d] = [direct(x, "mod"), numberIn(y)];
      if (!inner || d === null || d < 2 || inner.c % d || !natural(inner.x, facts)) return null;
      return call("mod", call("div", inner.x, y!), literal(inner.c / d, e));
    },
  },
  {
    law: "(x · c + y) / d = x · (c / d) + y / d where d divides c and nothing wraps",
    fn: "div",
    of: "integers",
    apply: ([x, y], e, facts) => {
      const [found, d] = [multipleAndRest(x!, facts), numberIn(y)];
      if (!found || d === null || d < 1 || found.c % d) return null;
      const quotient = call("mul", found.x, literal(found.c / d, e));
      return found.rest ? call("add", quotient, call("div", found.rest, y!)) : quotient;
    },
  },
  {
    law: "(x · c + y) % d = y % d where d divides c and nothing wraps",
    fn: "mod",
    of: "integers",
    apply: ([x, y], e, facts) => {
      const [found, d] = [multipleAndRest(x!, facts), numberIn(y)];
      if (!found || d === null || d < 1 || found.c % d) return null;
      return found.rest ? call("mod", found.rest, y!) : literal(0, e);
    },
  },
  {
    law: "(x / cd) · d + (x / c) % d = x / c",
    fn: "add",
    of: "integers",
    apply: ([x, y], _, facts) => recombine(x!, y!, facts) ?? recombine(y!, x!, facts),
  },
  {
    law: "min(x, y) = x for x ≤ y",
    fn: "min",
    of: "integers",
    apply: ([x, y], _, facts) => {
      const [a, b] = [rangeOf(x!, facts), rangeOf(y!, facts)];
      return a.most <= b.least ? x! : b.most <= a.least ? y! : null;
    },
  },
  {
    law: "max(x, y) = x for x ≥ y",
    fn: "max",
    of: "integers",
    apply: ([x, y], _, facts) => {
      const [a, b] = [rangeOf(x!, facts), rangeOf(y!, facts)];
      return a.least >= b.most ? x! : b.least >= a.most ? y! : null;
    },
  },
  {
    law: "x < y is known from their ranges",
    fn: "lt",
    of: "integers",
    apply: ([x, y], e, facts) => {
      const [a, b] = [rangeOf(x!, facts), rangeOf(y!, facts)];
      return a.most < b.least ? truth(true, e) : a.least >= b.most ? truth(false, e) : null;
    },
  },
  {
    law: "x ≤ y is known from their ranges",
    fn: "le",
    of: "integers",
    apply: ([x, y], e, facts) => {
      const [a, b] = [rangeOf(x!, facts), rangeOf(y!, facts)];
      return a.most <= b.least ? truth(true, e) : a.least > b.most ? truth(false, e) : null;
    },
  },
  {
    law: "true && x = x, false && x = false",
    fn: "and",
    of: "any",
    apply: ([x, y]) =>
      x!.kind === "literal"
        ? x!.value
          ? y!
          : x!
        : y!.kind === "literal"
          ? y!.value
            ? x!
            : y!
          : null,
  },
  {
    law: "false || x = x, true || x = true",
    fn: "or",
    of: "any",
    apply: ([x, y]) =>
      x!.kind === "literal"
        ? x!.value
          ? x!
          : y!
        : y!.kind === "literal"
          ? y!.value
            ? y!
            : x!
          : null,
  },
  {
    law: "select(true, x, y) = x, select(false, x, y) = y",
    fn: "select",
    of: "any",
    apply: ([when, x, y]) => (when!.kind === "literal" ? (when!.value ? x! : y!) : null),
  },
];
