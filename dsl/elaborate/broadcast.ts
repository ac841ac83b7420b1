/** Scalar functions of whole tensors: operands meet by the names of their dimensions, the longest gives the result's. */
import type { DType, Node, ScalarName } from "../../src/graph/graph.ts";
import { nearNames } from "../suggest.ts";
import type { Span } from "../syntax.ts";
import { report } from "./frame.ts";
import { originsOf, shapeIn } from "./origins.ts";
import { namedTensor } from "./sizes.ts";
import {
  type Frame,
  type NumberValue,
  type TensorValue,
  tensorText,
  type Value,
} from "./values.ts";

export type Operand = TensorValue | NumberValue;

const isTensor = (operand: Operand): operand is TensorValue => operand.kind === "tensor";

/** Where each of `dims` stands in `all`, in one order; null where one is missing or out of order. */
export function places(dims: readonly string[], all: readonly string[]): readonly number[] | null {
  const axes = dims.map((dim) => all.indexOf(dim));
  return axes.every((axis, i) => axis > (i === 0 ? -1 : axes[i - 1]!)) ? axes : null;
}

/** The longest operand, if all others spread over it; else a mistake. */
export function meet(
  frame: Frame,
  span: Span,
  operands: readonly TensorValue[],
  doing: string,
): TensorValue | null {
  const longest = operands.reduce((a, b) => (b.dims.length > a.dims.length ? b : a));
  for (const operand of operands) {
    if (places(operand.dims, longest.dims)) continue;
    reportMismatch(frame, span, operands, operand, longest, doing);
    return null;
  }
  return longest;
}

function reportMismatch(
  frame: Frame,
  span: Span,
  operands: readonly TensorValue[],
  operand: TensorValue,
  longest: TensorValue,
  doing: string,
): void {
  const isFirst = operands.indexOf(operand) < operands.indexOf(longest);
  const pair = isFirst ? [operand, longest] : [longest, operand];
  const [left, right] = [shapeIn(pair[0]!, "left"), shapeIn(pair[1]!, "right")];
  const [short, long] = isFirst ? [left, right] : [right, left];
  if (operand.dims.length < longest.dims.length)
    report(frame, "E0303", span, { short, long, doing }, originsOf(pair));
  else report(frame, "E0301", span, { left, right, doing }, originsOf(pair));
}

/** An operand over the whole shape of another. */
const spread = (frame: Frame, operand: TensorValue, over: TensorValue): Node =>
  spreadTo(frame, operand, over.dims, over.node.type.shape);

/** A tensor over a shape that has all its dimensions, in whatever order. */
export function spreadTo(
  frame: Frame,
  x: TensorValue,
  dims: readonly string[],
  shape: readonly number[],
): Node {
  const { graph } = frame.session;
  const axes = x.dims.map((dim) => dims.indexOf(dim));
  const ascending = axes.toSorted((a, b) => a - b);
  const order = ascending.map((axis) => axes.indexOf(axis));
  const isOrdered = order.every((axis, i) => axis === i);
  const ordered = isOrdered ? x.node : graph.transpose(x.node, order);
  return axes.length === shape.length ? ordered : graph.broadcast(ordered, shape, ascending);
}

/** The element type that all operands share; null after a mistake. */
function commonType(
  frame: Frame,
  span: Span,
  operands: readonly Operand[],
  doing: string,
): DType | null {
  const tensors = operands.filter(isTensor);
  const first = tensors[0];
  if (!first) return "f32";
  const { dtype } = first.node.type;
  const other = tensors.find((tensor) => tensor.node.type.dtype !== dtype);
  if (other) {
    report(frame, "E0308", span, {
      what: doing,
      expected: tensorText(first),
      found: tensorText(other),
    });
    return null;
  }
  const fraction = operands.find((o) => o.kind === "number" && !Number.isInteger(o.value));
  if (dtype === "i32" && fraction?.kind === "number") {
    report(frame, "E0308", span, {
      what: `${doing} with ${tensorText(first)}`,
      expected: "a whole number",
      found: String(fraction.value),
    });
    return null;
  }
  return dtype;
}

/** Which element types a function takes. */
export type Takes = readonly ("f32" | "i32" | "bool")[];
const typeNames: Readonly<Record<string, string>> = { f32: "float", i32: "int", bool: "flag" };

/** `fn` of the operands, element by element. At least one is a tensor. */
export function mapTensors(
  frame: Frame,
  span: Span,
  fn: ScalarName,
  operands: readonly Operand[],
  takes: Takes,
  doing: string,
): Value {
  const over = meet(frame, span, operands.filter(isTensor), doing);
  const dtype = commonType(frame, span, operands, doing);
  if (!over || !dtype) return { kind: "poison" };
  const wrong = operands.find((o) => o.kind === "tensor" && !takes.some((type) => type === dtype));
  if (wrong?.kind === "tensor" || (dtype === "bool" && operands.some((o) => o.kind === "number"))) {
    const expected = `${takes.map((type) => typeNames[type]).join(" or ")} elements`;
    const found = operands
      .map((o) => (o.kind === "tensor" ? tensorText(o) : String(o.value)))
      .join(" and ");
    return report(frame, "E0308", span, { what: doing, expected, found });
  }
  const nodes = operands.map((operand) => toNode(frame, operand, over, dtype));
  return namedTensor(frame, span, frame.session.graph.map(fn, ...nodes), over.dims);
}

/** An operand over the whole shape of a tensor, numbers as constants. */
export const toNode = (frame: Frame, operand: Operand, over: TensorValue, dtype: DType): Node =>
  operand.kind === "tensor"
    ? spread(frame, operand, over)
    : frame.session.graph.constant(operand.value, dtype, over.node.type.shape);

/** `when ? then : otherwise`, element by element. */
export function selectTensors(
  frame: Frame,
  span: Span,
  when: TensorValue,
  branches: readonly [Operand, Operand],
): Value {
  const over = meet(frame, span, [when, ...branches.filter(isTensor)], "`if`");
  const dtype = commonType(frame, span, branches, "`if`");
  if (!over || !dtype) return { kind: "poison" };
  if (when.node.type.dtype !== "bool") {
    const facts = {
      what: "the condition of `if`",
      expected: "flag elements",
      found: tensorText(when),
    };
    return report(frame, "E0308", span, facts);
  }
  const [then, otherwise] = branches.map((branch) => toNode(frame, branch, over, dtype)) as [
    Node,
    Node,
  ];
  const node = frame.session.graph.map("select", spread(frame, when, over), then, otherwise);
  return namedTensor(frame, span, node, over.dims);
}

/** The axis of a dimension, or null after a mistake. */
export function axisOf(frame: Frame, span: Span, x: TensorValue, dim: string): number | null {
  const axis = x.dims.indexOf(dim);
  if (axis >= 0) return axis;
  const named = frame.values.get(dim);
  const size = named?.kind === "number" ? named.value : null;
  const facts = { dim, of: shapeIn(x, "x"), near: nearNames(dim, x.dims), size };
  report(frame, "E0304", span, facts, originsOf([x]));
  return null;
}
