/** Divides the index of a vector access, which is a multiple of the width, without leaving a division where the text shows it. */
import type { Expr } from "./kernel.ts";

type Index = Expr;

/** `index / unit`, for an index that is a multiple of `unit`. */
export function divideIndex(index: Index, unit: number): Index {
  return exactQuotient(index, unit) ?? call("div", index, literal(unit, index));
}

const literal = (value: number, like: Index): Index => ({
  kind: "literal",
  value,
  type: like.type,
});
const call = (fn: "add" | "sub" | "mul" | "div", a: Index, b: Index): Index => ({
  kind: "call",
  fn,
  args: [a, b],
  type: a.type,
});

/** The quotient where the expression is seen to be a multiple; null elsewhere. */
function exactQuotient(e: Index, unit: number): Index | null {
  if (unit === 1) return e;
  if (e.kind === "literal") return e.value % unit === 0 ? literal(e.value / unit, e) : null;
  if (e.kind !== "call") return null;
  const [a, b] = e.args;
  if (!a || !b) return null;
  const [left, right] = [exactQuotient(a, unit), exactQuotient(b, unit)];
  switch (e.fn) {
    case "mul": {
      if (right) return isOne(right) ? a : call("mul", a, right);
      return left && (isOne(left) ? b : call("mul", left, b));
    }
    case "add":
    case "sub":
      // One part is a multiple and so is the whole: the other must be too.
      if (!left && !right) return null;
      return call(e.fn, left ?? divideIndex(a, unit), right ?? divideIndex(b, unit));
    default:
      return null;
  }
}

const isOne = (e: Index) => e.kind === "literal" && e.value === 1;
