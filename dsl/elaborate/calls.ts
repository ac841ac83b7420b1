/** The arguments of a call to a primitive: fetched by place or by name, each checked for its kind. */
import { nearNames } from "../suggest.ts";
import type { Expr, Span } from "../syntax.ts";
import { axisOf } from "./broadcast.ts";
import { isAmbientDim, report } from "./frame.ts";
import { dimText } from "./naming.ts";
import { reportRecord } from "./records.ts";
import { expressionText } from "./text.ts";
import {
  type Frame,
  type NumberValue,
  type TensorValue,
  tensorText,
  type Value,
  valueText,
} from "./values.ts";

export type CallExpr = Extract<Expr, { kind: "call" }>;
export type Call = {
  readonly frame: Frame;
  readonly expr: CallExpr;
  readonly name: string;
  readonly span: Span;
  /** The value of the argument at a place, computed once. */
  readonly value: (place: number) => Value;
};

export function newCall(frame: Frame, expr: CallExpr): Call {
  const known = new Map<number, Value>();
  const value = (place: number): Value => {
    const found = known.get(place) ?? frame.evaluate(frame, expr.args[place]!);
    known.set(place, found);
    return found;
  };
  return { frame, expr, name: expr.callee.text, span: expr.span, value };
}

/** What the language itself computes: how many arguments by place, which settings by name, and the value of a call. */
export type Primitive = {
  readonly places: number;
  readonly named: readonly string[];
  readonly build: (call: Call) => Value;
};

/** Whether the arguments are as many and named as the primitive has them; mistakes are reported. */
export function fits(call: Call, primitive: Primitive): boolean {
  const { frame, expr, name } = call;
  const facts = { owner: name, expected: primitive.places, found: expr.args.length };
  const right = expr.args.length === primitive.places;
  if (!right) report(frame, "E0405", call.span, facts);
  return checkNames(frame, expr, name, primitive.named) && right;
}

/** Whether every named argument is known and given once. */
export function checkNames(
  frame: Frame,
  expr: CallExpr,
  owner: string,
  known: readonly string[],
): boolean {
  const seen = new Set<string>();
  let right = true;
  for (const { name } of expr.named) {
    if (seen.has(name.text)) report(frame, "E0403", name.span, { name: name.text });
    else if (!known.includes(name.text))
      report(frame, "E0401", name.span, {
        name: name.text,
        owner,
        near: nearNames(name.text, known),
        known,
      });
    else {
      seen.add(name.text);
      continue;
    }
    right = false;
  }
  return right;
}

export const namedArg = (call: Call, key: string): Expr | null =>
  call.expr.named.find(({ name }) => name.text === key)?.value ?? null;

/** The tensor at a place; null after a mistake. */
export function tensorArg(call: Call, place: number): TensorValue | null {
  const expr = call.expr.args[place]!;
  const value = call.value(place);
  if (value.kind === "tensor") return value;
  if (value.kind === "block")
    report(call.frame, "E0209", expr.span, { name: expressionText(expr) });
  else if (value.kind === "record") reportRecord(call.frame, expr, value);
  else if (value.kind !== "poison") {
    const facts = { what: `\`${call.name}\``, expected: "a tensor", found: valueText(value) };
    report(call.frame, "E0312", expr.span, facts);
  }
  return null;
}

/** The tensor at a place, or the number that stands for one everywhere. */
export function tensorOrNumber(call: Call, place: number): TensorValue | NumberValue | null {
  const value = call.value(place);
  return value.kind === "number" ? value : tensorArg(call, place);
}

/** The tensor of real numbers at a place. */
export function floatArg(call: Call, place: number): TensorValue | null {
  const x = tensorArg(call, place);
  if (!x || x.node.type.dtype === "f32") return x;
  const facts = { what: `\`${call.name}\``, expected: "float elements", found: tensorText(x) };
  report(call.frame, "E0308", call.expr.args[place]!.span, facts);
  return null;
}

/** The number that a setting has, its fallback where it is left out; null after a mistake. */
export function numberArg(call: Call, key: string, fallback: number): number | null {
  const expr = namedArg(call, key);
  if (!expr) return fallback;
  const value = call.frame.evaluate(call.frame, expr);
  if (value.kind === "number") return value.value;
  if (value.kind === "tensor") {
    report(call.frame, "E0408", expr.span, { text: expressionText(expr), needed: `\`${key}\`` });
  } else if (value.kind !== "poison") {
    report(call.frame, "E0404", expr.span, {
      name: key,
      expected: "number",
      found: valueText(value),
    });
  }
  return null;
}

/** The items of `[a, b]`, or the one expression. */
export const listItems = (expr: Expr): readonly Expr[] =>
  expr.kind === "list" ? expr.items : [expr];

/** Whether no earlier one of `dims` is the same. */
export function isListedOnce(
  frame: Frame,
  span: Span,
  dims: readonly string[],
  place: number,
): boolean {
  const dim = dims[place]!;
  if (dims.indexOf(dim) === place) return true;
  report(frame, "E0317", span, { dim });
  return false;
}

/** The dimensions after `over:`, each one of every operand's; batch and time cannot be among them. */
export function overDims(call: Call, operands: readonly TensorValue[]): readonly string[] | null {
  const expr = namedArg(call, "over");
  if (!expr || listItems(expr).length === 0) {
    report(call.frame, "E0402", call.span, { name: "over", owner: call.name, kind: "dimension" });
    return null;
  }
  const dims = listItems(expr).map((item) => dimText(call.frame, item));
  const right = listItems(expr).map((item, i) => {
    const dim = dims[i]!;
    if (isAmbientDim(dim)) {
      report(call.frame, "E0311", item.span, { dim, doing: call.name });
      return false;
    }
    return (
      isListedOnce(call.frame, item.span, dims, i) &&
      operands.every((x) => axisOf(call.frame, item.span, x, dim) !== null)
    );
  });
  return right.every(Boolean) ? dims : null;
}
