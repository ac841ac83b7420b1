/** How a parameter starts: an expression of numbers and draws, as plain data. Draws nothing itself. */

import type { Initializer } from "../model.ts";
import { nearNames } from "../suggest.ts";
import type { Expr } from "../syntax.ts";
import type { CallExpr } from "./calls.ts";
import { report } from "./frame.ts";
import { binaryNumbers, operatorFunctions, unaryNumbers } from "./static.ts";
import { expressionText } from "./text.ts";
import { type Frame, valueText } from "./values.ts";

const constant = (value: number): Initializer => ({ kind: "number", value });
const words: Readonly<Record<string, number>> = { zeros: 0, ones: 1 };

/** The initializer that an expression spells; null after a mistake. */
export function evaluateInitializer(frame: Frame, expr: Expr): Initializer | null {
  if (!isRandom(expr)) return staticInitializer(frame, expr);
  switch (expr.kind) {
    case "name":
      return constant(words[expr.name]!);
    case "negate":
      return applied(frame, "neg", [expr.of]);
    case "binary": {
      const fn = operatorFunctions[expr.operator];
      return "+-*/".includes(expr.operator)
        ? applied(frame, fn, [expr.left, expr.right])
        : wrong(frame, expr);
    }
    case "call":
      return calledInitializer(frame, expr);
    case "number":
    case "flag":
    case "field":
    case "record":
    case "list":
    case "not":
    case "if":
      return wrong(frame, expr);
  }
}

function wrong(frame: Frame, expr: Expr): null {
  report(frame, "E0409", expr.span, { text: expressionText(expr) });
  return null;
}

/** Whether an expression draws, or says `zeros` or `ones`; otherwise it is an ordinary number. */
function isRandom(expr: Expr): boolean {
  switch (expr.kind) {
    case "name":
      return expr.name in words;
    case "negate":
      return isRandom(expr.of);
    case "binary":
      return isRandom(expr.left) || isRandom(expr.right);
    case "call":
      return (
        expr.callee.text === "normal" || expr.callee.text === "uniform" || expr.args.some(isRandom)
      );
    case "number":
    case "flag":
    case "field":
    case "record":
    case "list":
    case "not":
    case "if":
      return false;
  }
}

function staticInitializer(frame: Frame, expr: Expr): Initializer | null {
  const value = frame.evaluate(frame, expr);
  if (value.kind === "number") return constant(value.value);
  return value.kind === "poison" ? null : wrong(frame, expr);
}

function applied(frame: Frame, fn: string, exprs: readonly Expr[]): Initializer | null {
  const args = exprs.map((expr) => evaluateInitializer(frame, expr));
  return args.every((arg) => arg !== null) ? { kind: "call", fn, args } : null;
}

function calledInitializer(frame: Frame, expr: CallExpr): Initializer | null {
  const { text } = expr.callee;
  const arity = text === "normal" || text in unaryNumbers ? 1 : 2;
  const isKnown =
    text === "normal" || text === "uniform" || text in unaryNumbers || text in binaryNumbers;
  if (!isKnown) {
    const near = nearNames(text, ["normal", "uniform", ...Object.keys(unaryNumbers)]);
    report(frame, "E0202", expr.callee.span, { name: text, near });
    return null;
  }
  if (expr.args.length !== arity || expr.named.length > 0) {
    report(frame, "E0405", expr.span, {
      owner: text,
      expected: arity,
      found: expr.args.length + expr.named.length,
    });
    return null;
  }
  if (text !== "normal" && text !== "uniform") return applied(frame, text, expr.args);
  const numbers = expr.args.map((arg) => drawNumber(frame, arg, text));
  const [a, b] = numbers;
  if (a === undefined || a === null || b === null) return null;
  if (text === "normal")
    return a >= 0
      ? { kind: "normal", variance: a }
      : outOfRange(frame, expr, "variance", a, "at least 0");
  return b !== undefined && a < b
    ? { kind: "uniform", low: a, high: b }
    : outOfRange(frame, expr, "low", a, "below `high`");
}

function outOfRange(frame: Frame, expr: Expr, name: string, value: number, allowed: string): null {
  report(frame, "E0412", expr.span, { name, value: String(value), allowed });
  return null;
}

/** A number that a draw is made with. */
function drawNumber(frame: Frame, expr: Expr, owner: string): number | null {
  const value = frame.evaluate(frame, expr);
  if (value.kind === "number") return value.value;
  if (value.kind !== "poison")
    report(frame, "E0404", expr.span, {
      name: `argument of ${owner}`,
      expected: "number",
      found: valueText(value),
    });
  return null;
}
