/** Sizes and dimensions: expressions that must be whole numbers while compiling, and the names they go by. */
import type { Node } from "../../src/graph/graph.ts";
import type { Expr, Span, TensorType } from "../syntax.ts";
import { isAmbientDim, report } from "./frame.ts";
import { numberText } from "./naming.ts";
import { limits } from "./session.ts";
import { expressionText, shapeText } from "./text.ts";
import {
  type Frame,
  type NumberValue,
  numberValue,
  poison,
  type TensorValue,
  type Value,
  valueText,
} from "./values.ts";

/** A dimension: its name in the body and its size. */
export type Dim = { readonly text: string; readonly size: number };

export const isSize = (value: number): boolean =>
  Number.isInteger(value) && value >= 1 && value <= limits.size;

/** A size that this body computes; null after a mistake. */
export function evaluateSize(frame: Frame, expr: Expr): NumberValue | null {
  const text = expressionText(expr);
  if (expr.kind === "name" && isAmbientDim(expr.name)) {
    report(frame, "E0415", expr.span, { dim: expr.name });
    return null;
  }
  const value = frame.evaluate(frame, expr);
  if (value.kind === "poison") return null;
  if (value.kind !== "number") {
    if (value.kind === "tensor") report(frame, "E0408", expr.span, { text, needed: "a size" });
    else
      report(frame, "E0404", expr.span, { name: text, expected: "size", found: valueText(value) });
    return null;
  }
  if (isSize(value.value)) return numberValue(value.value, numberText(frame, expr, value.value));
  reportNoSize(frame, expr, text, value.value);
  return null;
}

function reportNoSize(frame: Frame, expr: Expr, text: string, value: number): void {
  if (expr.kind === "binary" && expr.operator === "/" && !Number.isInteger(value)) {
    const left = frame.evaluate(frame, expr.left);
    const right = frame.evaluate(frame, expr.right);
    if (left.kind === "number" && right.kind === "number" && Number.isInteger(left.value)) {
      const names = { left: expressionText(expr.left), right: expressionText(expr.right) };
      report(frame, "E0406", expr.span, { ...names, leftSize: left.value, rightSize: right.value });
      return;
    }
  }
  report(frame, "E0407", expr.span, { text, value: String(value), limit: limits.size });
}

/** A dimension of a type or of a shape function; batch and time may stand here, too. */
export function evaluateDim(frame: Frame, expr: Expr): Dim | null {
  if (expr.kind === "name" && isAmbientDim(expr.name))
    return { text: expr.name, size: ambientSize(frame, expr.name) };
  const size = evaluateSize(frame, expr);
  return size && { text: size.text, size: size.value };
}

export const ambientSize = (frame: Frame, dim: string): number =>
  dim === "B" ? frame.session.sizes.batch : frame.session.sizes.tokens;

/** All dimensions of a list; null where one is wrong. */
export function evaluateDims(frame: Frame, exprs: readonly Expr[]): readonly Dim[] | null {
  const dims = exprs.map((expr) => evaluateDim(frame, expr));
  return dims.every((dim) => dim !== null) ? dims : null;
}

/** The shape that a parameter's type gives it; parameters are the same for every token. */
export function evaluateParameterShape(frame: Frame, type: TensorType): readonly Dim[] | null {
  const ambient = type.dims.filter((dim) => dim.kind === "name" && isAmbientDim(dim.name));
  for (const dim of ambient) report(frame, "E0415", dim.span, { dim: expressionText(dim) });
  if (type.element === "int") {
    report(frame, "E0308", type.span, {
      what: "a parameter",
      expected: "float elements",
      found: "int",
    });
    return null;
  }
  return ambient.length > 0 ? null : evaluateDims(frame, type.dims);
}

/** A tensor with these names for its axes; no name may occur twice, and elements must be countable in 31 bits. */
export function namedTensor(frame: Frame, span: Span, node: Node, dims: readonly string[]): Value {
  const twice = dims.find((dim, i) => dims.indexOf(dim) !== i);
  if (twice !== undefined)
    return report(frame, "E0309", span, { dim: twice, shape: shapeText(dims) });
  const elements = node.type.shape.reduce((product, size) => product * size, 1);
  if (elements > limits.size) {
    const sizes = node.type.shape;
    report(frame, "E0416", span, { dims, sizes, elements, limit: limits.size });
    if (!frame.session.standIn) return poison;
  }
  return { kind: "tensor", node, dims } satisfies TensorValue;
}
