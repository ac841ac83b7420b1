/** Expressions and shapes as canonical text. Two dimensions are one where their texts are; nothing is computed here. */
import { operatorStrengths } from "../expression.ts";
import type { Expr } from "../syntax.ts";

/** The text of an expression with one space around operators; `rename` says what stands for a name. */
export function expressionText(
  expr: Expr,
  rename: (name: string) => string = (name) => name,
): string {
  return print(expr, rename, 0);
}

/** Wraps a text that is more than one word, so that it can stand inside another. */
export const grouped = (text: string): string => (/^[\w.]*$/.test(text) ? text : `(${text})`);

/** `[B, T, D]` */
export const shapeText = (dims: readonly string[]): string => `[${dims.join(", ")}]`;

function print(expr: Expr, rename: (name: string) => string, around: number): string {
  // Nearly all expressions that are printed are single words.
  if (expr.kind === "number" || expr.kind === "flag") return String(expr.value);
  if (expr.kind === "name") {
    const text = rename(expr.name);
    return around > 0 && text !== expr.name ? grouped(text) : text;
  }
  const inner = (e: Expr, level = 0) => print(e, rename, level);
  const wrap = (text: string, level: number) => (level < around ? `(${text})` : text);
  switch (expr.kind) {
    case "field":
      return `${rename(expr.of.text)}.${expr.field.text}`;
    case "record":
      return `{ ${expr.fields.map((f) => `${f.name.text}: ${inner(f.value)}`).join(", ")} }`;
    case "list":
      return shapeText(expr.items.map((item) => inner(item)));
    case "negate":
      return wrap(`-${inner(expr.of, 7)}`, 7);
    case "not":
      return wrap(`not ${inner(expr.of, 3)}`, 3);
    case "binary": {
      const level = operatorStrengths[expr.operator];
      return wrap(
        `${inner(expr.left, level)} ${expr.operator} ${inner(expr.right, level + 1)}`,
        level,
      );
    }
    case "if":
      return wrap(
        `if ${inner(expr.when)} then ${inner(expr.then)} else ${inner(expr.otherwise)}`,
        0.5,
      );
    case "call": {
      const named = expr.named.map(({ name, value }) => `${name.text}: ${inner(value)}`);
      return `${expr.callee.text}(${[...expr.args.map((arg) => inner(arg)), ...named].join(", ")})`;
    }
  }
}
