/** The value of an expression: numbers are folded, tensors become nodes, blocks wait for their tensors. */
import type { BinaryOperator, Expr } from "../syntax.ts";
import { mapTensors, type Operand, selectTensors, type Takes } from "./broadcast.ts";
import { evaluateCall } from "./calling.ts";
import { constantOf } from "./constants.ts";
import { deeper, lookUp, nearValues, report } from "./frame.ts";
import { laterName } from "./library.ts";
import { fromExpression } from "./origins.ts";
import { combinePatterns, evaluateList } from "./patterns.ts";
import { computed } from "./primitives/elementwise.ts";
import { evaluateField, evaluateRecord, reportRecord } from "./records.ts";
import { onFlags, onNumbers, operatorFunctions } from "./static.ts";
import { expressionText } from "./text.ts";
import { type Frame, flagValue, numberValue, poison, type Value, valueText } from "./values.ts";

/** The value of an expression in a body; poison after a mistake. */
export const evaluate = (frame: Frame, expr: Expr): Value =>
  deeper(frame, expr.span, () => {
    const value = fromExpression(evaluateKind(frame, expr), expr);
    frame.session.observe?.value(expr.span, value, frame);
    return value;
  });

function evaluateKind(frame: Frame, expr: Expr): Value {
  switch (expr.kind) {
    case "number":
      return numberValue(expr.value);
    case "flag":
      return flagValue(expr.value);
    case "name":
      return evaluateName(frame, expr);
    case "field":
      return evaluateField(frame, expr);
    case "record":
      return evaluateRecord(frame, expr);
    case "list":
      return evaluateList(frame, expr);
    case "negate":
      return evaluateNegate(frame, expr);
    case "not":
      return evaluateNot(frame, expr);
    case "binary":
      return evaluateBinary(frame, expr);
    case "if":
      return evaluateIf(frame, expr);
    case "call":
      return evaluateCall(frame, expr);
  }
}

type Of<K extends Expr["kind"]> = Extract<Expr, { kind: K }>;
type Prefix = Expr & { readonly kind: "negate" | "not"; readonly of: Expr };

function evaluateName(frame: Frame, expr: Of<"name">): Value {
  if (expr.name === "") return poison;
  if (expr.name === "B" || expr.name === "T")
    return report(frame, "E0415", expr.span, { dim: expr.name });
  const value = lookUp(frame, expr.name) ?? constantOf(frame, expr.name);
  if (value) return value;
  const { name, span } = expr;
  if (frame.session.library.find(name, frame.file)) return report(frame, "E0225", span, { name });
  const later = laterName(frame.session.library, frame.owner, name, span);
  if (later)
    return report(frame, "E0213", span, { name }, [{ span: later, message: "defined here" }]);
  return report(frame, "E0201", span, { name, near: nearValues(frame, name) });
}

/** A value that arithmetic can use; null after a mistake. */
function operand(frame: Frame, expr: Expr, value: Value): Operand | null {
  if (value.kind === "tensor" || value.kind === "number") return value;
  if (value.kind === "block") report(frame, "E0209", expr.span, { name: expressionText(expr) });
  else if (value.kind === "record") reportRecord(frame, expr, value);
  else if (value.kind !== "poison") {
    const facts = { what: "arithmetic", expected: "a tensor or a number", found: valueText(value) };
    report(frame, "E0312", expr.span, facts);
  }
  return null;
}

function evaluateNegate(frame: Frame, expr: Prefix): Value {
  const x = operand(frame, expr.of, evaluate(frame, expr.of));
  if (!x) return poison;
  return x.kind === "number"
    ? numberValue(-x.value)
    : mapTensors(frame, expr.span, "neg", [x], ["f32", "i32"], "`-`");
}

function evaluateNot(frame: Frame, expr: Prefix): Value {
  const value = evaluate(frame, expr.of);
  if (value.kind === "flag") return flagValue(!value.value);
  if (value.kind === "tensor")
    return mapTensors(frame, expr.span, "not", [value], ["bool"], "`not`");
  if (value.kind === "poison") return poison;
  return report(frame, "E0312", expr.of.span, {
    what: "`not`",
    expected: "a flag",
    found: valueText(value),
  });
}

const numbers: Takes = ["f32", "i32"];
const takes: Readonly<Partial<Record<BinaryOperator, Takes>>> = { and: ["bool"], or: ["bool"] };

/** Left-leaning chains are walked in a loop, so that a long sum is not a deep one. */
function evaluateBinary(frame: Frame, expr: Of<"binary">): Value {
  const chain: Of<"binary">[] = [];
  let first: Expr = expr;
  for (; first.kind === "binary"; first = first.left) chain.push(first);
  let value = evaluate(frame, first);
  for (const link of chain.reverse())
    value = combine(frame, link, value, evaluate(frame, link.right));
  return value;
}

function combine(frame: Frame, expr: Of<"binary">, left: Value, right: Value): Value {
  const { operator } = expr;
  if (left.kind === "pattern" || right.kind === "pattern")
    return combinePatterns(frame, expr, left, right);
  const isBroken = left.kind === "poison" || right.kind === "poison";
  if (left.kind === "flag" && right.kind === "flag") {
    const flag = onFlags(operator, left.value, right.value);
    if (flag) return flag;
  }
  const isLogic = operator === "and" || operator === "or";
  if (isLogic && isBroken) return poison;
  if (isLogic && !(left.kind === "tensor" && right.kind === "tensor")) {
    const [wrong, at] =
      left.kind === "flag" || left.kind === "tensor" ? [right, expr.right] : [left, expr.left];
    const found = `${valueText(wrong)}${wrong.kind === "flag" ? " beside a tensor" : ""}`;
    return report(frame, "E0312", at.span, {
      what: `\`${operator}\``,
      expected: "two flags or two flag tensors",
      found,
    });
  }
  const [a, b] = [operand(frame, expr.left, left), operand(frame, expr.right, right)];
  if (!a || !b) return poison;
  if (a.kind === "number" && b.kind === "number") {
    const result = onNumbers(operator, a.value, b.value) ?? poison;
    return result.kind === "number"
      ? computed(frame, { expr, span: expr.span }, result.value)
      : result;
  }
  const swapped = operator === ">" || operator === ">=";
  const pair = swapped ? [b, a] : [a, b];
  return mapTensors(
    frame,
    expr.span,
    operatorFunctions[operator],
    pair,
    takes[operator] ?? numbers,
    `\`${operator}\``,
  );
}

function evaluateIf(frame: Frame, expr: Of<"if">): Value {
  const when = evaluate(frame, expr.when);
  if (when.kind === "flag") return decided(frame, when.value ? expr.then : expr.otherwise);
  const [then, otherwise] = [evaluate(frame, expr.then), evaluate(frame, expr.otherwise)];
  if (when.kind !== "tensor" && when.kind !== "poison")
    return report(frame, "E0312", expr.when.span, {
      what: "the condition of `if`",
      expected: "a flag",
      found: valueText(when),
    });
  const [a, b] = [operand(frame, expr.then, then), operand(frame, expr.otherwise, otherwise)];
  return when.kind === "tensor" && a && b ? selectTensors(frame, expr.span, when, [a, b]) : poison;
}

/** The branch that a condition chose while compiling. */
function decided(frame: Frame, branch: Expr): Value {
  const { session } = frame;
  session.branches++;
  try {
    return evaluate(frame, branch);
  } finally {
    session.branches--;
  }
}
