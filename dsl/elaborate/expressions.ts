/** The value of an expression: numbers are folded, tensors become nodes, blocks wait for their tensors. */
import { nearNames } from "../suggest.ts";
import type { BinaryOperator, Expr } from "../syntax.ts";
import { applyBlock, tensorFormals } from "./blocks.ts";
import { mapTensors, type Operand, selectTensors, type Takes } from "./broadcast.ts";
import { type CallExpr, checkNames, fits, newCall } from "./calls.ts";
import { deeper, lookUp, nameValue, nearValues, report } from "./frame.ts";
import { checkSetting, type SettingKind } from "./kinds.ts";
import { primitive, primitiveNames } from "./primitives/all.ts";
import { computed } from "./primitives/elementwise.ts";
import { buildStack } from "./stack.ts";
import { onFlags, onNumbers, operatorFunctions } from "./static.ts";
import { expressionText } from "./text.ts";
import {
  type BlockValue,
  type Frame,
  flagValue,
  type Given,
  numberValue,
  poison,
  type Value,
  valueText,
} from "./values.ts";
import { children } from "./walk.ts";

/** The value of an expression in a body; poison after a mistake. */
export const evaluate = (frame: Frame, expr: Expr): Value =>
  deeper(frame, expr.span, () => evaluateKind(frame, expr));

function evaluateKind(frame: Frame, expr: Expr): Value {
  switch (expr.kind) {
    case "number":
      return numberValue(expr.value);
    case "flag":
      return flagValue(expr.value);
    case "name":
      return evaluateName(frame, expr);
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
  const value = lookUp(frame, expr.name);
  return (
    value ??
    report(frame, "E0201", expr.span, { name: expr.name, near: nearValues(frame, expr.name) })
  );
}

function evaluateList(frame: Frame, expr: Of<"list">): Value {
  const names = expr.items.map((item) => {
    if (item.kind === "name") return { text: item.name, span: item.span };
    const facts = {
      name: expressionText(item),
      expected: "block name",
      found: "another expression",
    };
    report(frame, "E0404", item.span, facts);
    return null;
  });
  return names.every((name) => name !== null) ? { kind: "pattern", names, frame } : poison;
}

/** A value that arithmetic can use; null after a mistake. */
function operand(frame: Frame, expr: Expr, value: Value): Operand | null {
  if (value.kind === "tensor" || value.kind === "number") return value;
  if (value.kind === "block") report(frame, "E0209", expr.span, { name: expressionText(expr) });
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
  if (when.kind === "flag") return evaluate(frame, when.value ? expr.then : expr.otherwise);
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

function evaluateCall(frame: Frame, expr: CallExpr): Value {
  const { text: name, span } = expr.callee;
  const local = frame.values.get(name);
  if (local?.kind === "block") return callBlock(frame, expr, local);
  const item = frame.session.library.block(name, frame.file);
  if (!local && item) return callBlock(frame, expr, { kind: "block", item, given: new Map() });
  if (name === "stack") return buildStack(newCall(frame, expr));
  const known = primitive(name);
  if (known) return callPrimitive(frame, expr);
  for (const arg of children(expr)) evaluate(frame, arg);
  if (local?.kind === "poison") return poison;
  if (local) return report(frame, "E0210", span, { name, kind: valueText(local) });
  const callable = [...frame.values].flatMap(([text, value]) =>
    value.kind === "block" ? [text] : [],
  );
  const near = nearNames(name, [
    ...frame.session.library.blockNames(),
    ...primitiveNames,
    ...callable,
  ]);
  return report(frame, "E0202", span, { name, near });
}

function callPrimitive(frame: Frame, expr: CallExpr): Value {
  const call = newCall(frame, expr);
  const known = primitive(call.name)!;
  if (!fits(call, known)) return poison;
  const value = known.build(call);
  if (value.kind === "tensor" && expr.label) nameValue(frame, value.node, expr.label.text);
  return value;
}

/** With its tensors a block is applied; without them the call is a block value with more settings given. */
function callBlock(frame: Frame, expr: CallExpr, block: BlockValue): Value {
  const passed = expr.args.map((arg) => ({ value: evaluate(frame, arg), span: arg.span }));
  const settings = evaluateSettings(frame, expr, block);
  if (!settings) return poison;
  const given = new Map([...block.given, ...settings]);
  const isApplied = !block.item || tensorFormals(block.item).length === 0 || passed.length > 0;
  if (!isApplied && !expr.label) return { kind: "block", item: block.item, given };
  const application = {
    block: { ...block, given },
    args: passed,
    name: expr.callee,
    label: expr.label,
    span: expr.span,
  };
  return applyBlock(frame, application);
}

/** The settings of a call by name, each checked for its kind; null after a mistake in a name. */
function evaluateSettings(
  frame: Frame,
  expr: CallExpr,
  block: BlockValue,
): ReadonlyMap<string, Given> | null {
  const values = expr.named.map(({ name, value: of }) => {
    const value = evaluate(frame, of);
    return [
      name,
      value.kind === "number" ? numberValue(value.value, expressionText(of)) : value,
      of,
    ] as const;
  });
  const { item } = block;
  if (!item) return new Map();
  const kinds = new Map<string, SettingKind>();
  for (const { name, type } of item.parameters)
    if (type.kind === "setting") kinds.set(name.text, type.of);
  if (!checkNames(frame, expr, expr.callee.text, [...kinds.keys()])) return null;
  return new Map(
    values.map(([name, value, of]) => {
      const checked = checkSetting(frame, value, kinds.get(name.text)!, name.text, of.span);
      return [name.text, { value: checked, frame }];
    }),
  );
}
