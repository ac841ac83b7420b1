/** Bounds of integer expressions, so that rules may know what does not wrap. Knows no rules. */
import type { Expr, Scalar } from "../kernel.ts";

/** least ≤ value ≤ most. */
export type Range = { readonly least: number; readonly most: number };

/** What is known where an expression stands. */
export type Facts = {
  readonly lanes: number;
  readonly ranges: ReadonlyMap<string, Range>;
  /** Values of names that never change, made of others like them. */
  readonly definitions: ReadonlyMap<string, Expr>;
};

const whole = (scalar: Scalar): Range =>
  scalar === "u32" ? { least: 0, most: 2 ** 32 - 1 } : { least: -(2 ** 31), most: 2 ** 31 - 1 };

/** No device runs more workgroups in a dimension. */
const mostWorkgroups = 65535;

/** Bounds of the value; those of its type where nothing better is known. */
export function rangeOf(e: Expr, facts: Facts): Range {
  const exact = exactRange(e, facts);
  const limits = whole(e.type.scalar);
  return exact && exact.least >= limits.least && exact.most <= limits.most ? exact : limits;
}

/** Whether calculating `e` from its operands' values cannot leave the type. */
export function neverWraps(e: Expr, facts: Facts): boolean {
  const exact = exactRange(e, facts);
  const limits = whole(e.type.scalar);
  return exact !== null && exact.least >= limits.least && exact.most <= limits.most;
}

/** Bounds before wrapping; null where unknown. */
function exactRange(e: Expr, facts: Facts): Range | null {
  switch (e.kind) {
    case "literal":
      return { least: e.value, most: e.value };
    case "builtin":
      return {
        least: 0,
        most: e.name.startsWith("workgroup") ? mostWorkgroups - 1 : facts.lanes - 1,
      };
    case "local":
      return facts.ranges.get(e.name) ?? null;
    case "cast":
      return e.of.type.scalar === "u32" || e.of.type.scalar === "i32" ? rangeOf(e.of, facts) : null;
    case "call":
      return rangeOfCall(e, facts);
    default:
      return null;
  }
}

function rangeOfCall(e: Expr & { readonly kind: "call" }, facts: Facts): Range | null {
  if (e.args.length === 3) {
    const [then, otherwise] = [rangeOf(e.args[1]!, facts), rangeOf(e.args[2]!, facts)];
    return {
      least: Math.min(then.least, otherwise.least),
      most: Math.max(then.most, otherwise.most),
    };
  }
  if (e.args.length !== 2) return null;
  const [a, b] = [rangeOf(e.args[0]!, facts), rangeOf(e.args[1]!, facts)];
  switch (e.fn) {
    case "add":
      return { least: a.least + b.least, most: a.most + b.most };
    case "sub":
      return { least: a.least - b.most, most: a.most - b.least };
    case "mul": {
      const corners = [a.least * b.least, a.least * b.most, a.most * b.least, a.most * b.most];
      return { least: Math.min(...corners), most: Math.max(...corners) };
    }
    case "div":
      if (a.least < 0 || b.least < 1) return null;
      return { least: Math.floor(a.least / b.most), most: Math.floor(a.most / b.least) };
    case "mod":
      if (a.least < 0 || b.least < 1) return null;
      return { least: 0, most: Math.min(a.most, b.most - 1) };
    case "min":
      return { least: Math.min(a.least, b.least), most: Math.min(a.most, b.most) };
    case "max":
      return { least: Math.max(a.least, b.least), most: Math.max(a.most, b.most) };
    default:
      return null;
  }
}
