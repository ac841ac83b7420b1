/** Calls of functions: the body runs in the caller's place, so that its tensors keep the caller's dimensions. */
import type { Expr, FunctionItem, FunctionParameter } from "../syntax.ts";
import { count } from "../wording.ts";
import { mayGoDeeper } from "./blocks.ts";
import { runBody } from "./body.ts";
import { type CallExpr, checkNames } from "./calls.ts";
import { define, nameValue, newFrame, report } from "./frame.ts";
import { numberText, outerText } from "./naming.ts";
import { type Frame, numberValue, poison, type Value } from "./values.ts";

/** A value given to a parameter, and what the caller calls it where it is a number. */
const given = (frame: Frame, expr: Expr): Value => {
  const value = frame.evaluate(frame, expr);
  return value.kind === "number"
    ? numberValue(value.value, numberText(frame, expr, value.value))
    : value;
};

/** The value of a function's body under the values that a call gives its parameters. */
export function callFunction(frame: Frame, expr: CallExpr, item: FunctionItem): Value {
  const byPlace = expr.args.map((arg) => given(frame, arg));
  const byName = new Map(expr.named.map(({ name, value }) => [name.text, given(frame, value)]));
  if (!fits(frame, expr, item)) return poison;
  const isBroken = [...byPlace, ...byName.values()].some(({ kind }) => kind === "poison");
  if (isBroken || frame.session.library.endless.has(item) || !mayGoDeeper(frame, expr.span))
    return poison;
  const callee = newFrame({
    session: frame.session,
    evaluate: frame.evaluate,
    owner: item.name.text,
    file: item.span.file,
    path: frame.path,
    home: frame.home,
    sharedBy: frame.sharedBy,
    above: frame,
    inlined: true,
    calls: [expr.span, ...frame.calls],
  });
  item.parameters.forEach((parameter, place) => {
    const value = byPlace[place] ?? byName.get(parameter.name.text) ?? fallback(callee, parameter);
    if (value.kind === "number") callee.outer.set(parameter.name.text, value.text);
    define(callee, parameter.name.text, parameter.name.span, value);
  });
  const value = runBody(callee, item.body);
  if (expr.label) nameValue(frame, value, expr.label.text);
  return value;
}

/** Whether every parameter without a fallback is given, none twice, and nothing else. */
function fits(frame: Frame, expr: CallExpr, item: FunctionItem): boolean {
  const owner = expr.callee.text;
  const names = item.parameters.map(({ name }) => name.text);
  let right = checkNames(frame, expr, owner, names);
  if (expr.args.length > names.length) {
    const expected = count(names.length, "value");
    report(frame, "E0424", expr.span, { owner, expected, found: expr.args.length });
    right = false;
  }
  item.parameters.forEach(({ name, fallback: otherwise }, place) => {
    const named = expr.named.find((field) => field.name.text === name.text);
    const isByPlace = place < expr.args.length;
    if (named && isByPlace) report(frame, "E0403", named.name.span, { name: name.text });
    else if (named || isByPlace || otherwise) return;
    else {
      const related = [{ span: name.span, message: "declared here" }];
      report(frame, "E0425", expr.span, { owner, name: name.text }, related);
    }
    right = false;
  });
  return right;
}

function fallback(callee: Frame, { fallback: expr }: FunctionParameter): Value {
  if (!expr) return poison;
  const value = callee.evaluate(callee, expr);
  return value.kind === "number"
    ? numberValue(value.value, outerText(callee, expr, value.value))
    : value;
}
