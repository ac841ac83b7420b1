/** Patterns: lists of block values that a stack goes through. A list's items wait until then, so that a setting can change them. */
import { nearNames } from "../suggest.ts";
import type { Expr } from "../syntax.ts";
import { lookUp, report } from "./frame.ts";
import { limits } from "./session.ts";
import { expressionText } from "./text.ts";
import {
  type BlockValue,
  type Frame,
  type PatternItem,
  type PatternValue,
  poison,
  type Value,
  valueText,
} from "./values.ts";

type Of<K extends Expr["kind"]> = Extract<Expr, { kind: K }>;

/** `[recurrent, residual(mix: attention)]` */
export function evaluateList(frame: Frame, expr: Of<"list">): Value {
  const right = expr.items.map((item) => mayBeBlock(frame, item));
  return right.every(Boolean)
    ? { kind: "pattern", items: expr.items.map((item) => ({ expr: item, frame })) }
    : poison;
}

/** Whether an item could be a block value at all; a mistake where its form says that it is none. */
function mayBeBlock(frame: Frame, item: Expr): boolean {
  switch (item.kind) {
    case "name":
    case "field":
    case "call":
    case "if":
      return true;
    case "list":
      report(frame, "E0422", item.span, { text: expressionText(item) });
      return false;
    case "binary":
      if (item.operator === "+" || item.operator === "*") {
        report(frame, "E0422", item.span, { text: expressionText(item) });
        return false;
      }
      break;
    case "number":
    case "flag":
    case "record":
    case "negate":
    case "not":
      break;
  }
  const facts = { expected: "block name", found: "another expression" };
  report(frame, "E0404", item.span, { name: expressionText(item), ...facts });
  return false;
}

/** `p + q`, `3 * p` or `p * 3`; anything else with a pattern is a mistake. */
export function combinePatterns(
  frame: Frame,
  expr: Of<"binary">,
  left: Value,
  right: Value,
): Value {
  const { operator, span } = expr;
  if (left.kind === "poison" || right.kind === "poison") return poison;
  if (operator === "+" && left.kind === "pattern" && right.kind === "pattern")
    return bounded(frame, expr, [...left.items, ...right.items]);
  if (operator === "*" && left.kind === "number" && right.kind === "pattern")
    return repeated(frame, expr, right, left.value, expr.left);
  if (operator === "*" && left.kind === "pattern" && right.kind === "number")
    return repeated(frame, expr, left, right.value, expr.right);
  const facts = { operator, left: valueText(left), right: valueText(right) };
  return report(frame, "E0420", span, facts);
}

function repeated(
  frame: Frame,
  expr: Expr,
  pattern: PatternValue,
  times: number,
  timesExpr: Expr,
): Value {
  const what = `\`${expressionText(timesExpr)}\`, how often the pattern is repeated,`;
  const limit = limits.layers;
  if (!Number.isInteger(times) || times < 1 || times > limit)
    return report(frame, "E0421", timesExpr.span, { what, value: String(times), limit });
  const length = times * pattern.items.length;
  if (length > limit) return tooLong(frame, expr, length);
  // Where only mistakes matter, each item is built once however often it stands there.
  const copies = frame.session.checking ? 1 : times;
  const items = Array.from({ length: copies }, () => pattern.items).flat();
  return { kind: "pattern", items };
}

function tooLong(frame: Frame, expr: Expr, length: number): Value {
  const facts = { what: "the length of this pattern", value: String(length), limit: limits.layers };
  return report(frame, "E0421", expr.span, facts);
}

const bounded = (frame: Frame, expr: Expr, items: readonly PatternItem[]): Value =>
  items.length > limits.layers ? tooLong(frame, expr, items.length) : { kind: "pattern", items };

/** The block value that an item of a pattern stands for; null after a mistake. */
export function resolveItem({ expr, frame }: PatternItem): BlockValue | null {
  const value = expr.kind === "name" ? named(frame, expr) : frame.evaluate(frame, expr);
  if (value.kind === "block") return value;
  const text = expressionText(expr);
  if (value.kind === "pattern") report(frame, "E0422", expr.span, { text });
  else if (value.kind !== "poison")
    report(frame, "E0423", expr.span, { text, found: valueText(value) });
  return null;
}

function named(frame: Frame, { name, span }: Of<"name">): Value {
  const value = name === "" ? poison : lookUp(frame, name);
  if (value?.kind === "block") frame.session.observe?.value(span, value, frame);
  if (value && ["block", "pattern", "poison"].includes(value.kind)) return value;
  const known = [...frame.values].flatMap(([text, { kind }]) => (kind === "block" ? [text] : []));
  return report(frame, "E0208", span, { name, near: nearNames(name, known) });
}
