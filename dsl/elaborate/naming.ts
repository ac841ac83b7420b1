/** What a number is called where it is a dimension: in this body, and in the body that called it. */
import type { Expr } from "../syntax.ts";
import { isAmbientDim } from "./frame.ts";
import { expressionText } from "./text.ts";
import type { Frame } from "./values.ts";
import { eachExpression } from "./walk.ts";

/** Longer names become the number itself, so that sizes made of sizes cannot grow without end. */
const longest = 120;

/** The body whose dimensions the tensors of a body have: its own, or for a function the one that it stands in. */
export function dimsOwner(frame: Frame): Frame {
  let owner = frame;
  while (owner.inlined && owner.above) owner = owner.above;
  return owner;
}

/** The body whose dimensions this one hands its result to; null at the top. */
const receiver = (frame: Frame): Frame | null => frame.above && dimsOwner(frame.above);

/** The text by which the caller knows a number of this body: in the caller's names, or the number where it has none. */
export function outerText(frame: Frame, expr: Expr, value: number): string {
  let isKnown = !isPrivate(frame, expr);
  const text = expressionText(expr, (name) => {
    const outer = frame.outer.get(name) ?? (isSharedConstant(frame, name) ? name : null);
    isKnown &&= outer !== null;
    return outer ?? name;
  });
  return isKnown && text.length <= longest ? text : String(value);
}

/** Whether the caller means the same constant by a name. */
function isSharedConstant(frame: Frame, name: string): boolean {
  if (frame.values.has(name) || !frame.session.library.constant(name, frame.file)) return false;
  const above = receiver(frame);
  return !above || (above.file === frame.file && !above.values.has(name));
}

/** Whether an expression has parts that mean something in this body only: fields, and calls of this file's functions. */
function isPrivate(frame: Frame, root: Expr): boolean {
  const above = receiver(frame);
  let found = false;
  eachExpression(root, (expr) => {
    const isForeign =
      expr.kind === "call" &&
      above?.file !== frame.file &&
      frame.session.library.find(expr.callee.text, frame.file) !== null;
    if (expr.kind === "field" || isForeign) found = true;
  });
  return found;
}

/** The name that a number has as a dimension of this body's tensors: its expression; in a function, the caller's. */
export const numberText = (frame: Frame, expr: Expr, value: number): string =>
  frame.inlined ? outerText(frame, expr, value) : expressionText(expr);

/** The name that an expression has as a dimension where it may be no number at all. */
export function dimText(frame: Frame, expr: Expr): string {
  if (!frame.inlined || (expr.kind === "name" && isAmbientDim(expr.name)))
    return expressionText(expr);
  const value = frame.evaluate(frame, expr);
  return value.kind === "number" ? outerText(frame, expr, value.value) : expressionText(expr);
}
