/** Where tensors got their shapes, so that a message can say what each is called and point at it. Changes no value. */

import { columns } from "../columns.ts";
import type { Diagnostic } from "../diagnostics.ts";
import type { Shape } from "../shapes.ts";
import type { Expr, Span } from "../syntax.ts";
import { expressionText } from "./text.ts";
import { type TensorValue, tensorText, type Value } from "./values.ts";

/** The name that a tensor has and where that was given; or the expression that made it. */
export type Origin =
  | { readonly kind: "name"; readonly name: string; readonly span: Span }
  | { readonly kind: "expression"; readonly expr: Expr; readonly span: Span };

/** Longest text of an expression that stands for its tensor in a message. */
const longest = 24;

/** A value under a name of its body. */
export const underName = <V extends Value>(value: V, name: string, span: Span): V =>
  value.kind === "tensor" ? { ...value, from: { kind: "name", name, span } } : value;

/** What an expression came to; a call's result is the call's, a name's stays the name's. */
export const fromExpression = <V extends Value>(value: V, expr: Expr): V =>
  value.kind === "tensor" && (!value.from || expr.kind === "call")
    ? { ...value, from: { kind: "expression", expr, span: expr.span } }
    : value;

/** What the text calls a tensor: its name, its expression where that is short, else `otherwise`. */
export function originText({ from }: TensorValue, otherwise: string): string {
  if (!from) return otherwise;
  if (from.kind === "name") return from.name;
  const { expr } = from;
  const text = expressionText(expr);
  if (columns(text) <= longest) return text;
  const callee = expr.kind === "call" ? `${expr.callee.text}(…)` : otherwise;
  return columns(callee) <= longest ? callee : otherwise;
}

/** A tensor as a message shows it. */
export const shapeIn = (x: TensorValue, otherwise = ""): Shape => ({
  text: originText(x, otherwise),
  dims: x.dims,
  sizes: x.node.type.shape,
});

/** Second places of a mistake: where each of these tensors got its shape. */
export const originsOf = (tensors: readonly TensorValue[]): Diagnostic["related"] =>
  tensors.flatMap((x) => {
    if (!x.from) return [];
    const what = x.from.kind === "name" ? `\`${x.from.name}\` is ` : "this is ";
    const where = x.from.kind === "name" ? " from here" : "";
    return [{ span: x.from.span, message: `${what}${tensorText(x)}${where}` }];
  });
