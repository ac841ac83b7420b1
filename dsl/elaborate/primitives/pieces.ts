/** Primitives that cut a dimension and put dimensions together: slice takes some of its elements, concat joins tensors along one. */
import type { Node } from "../../../src/graph/graph.ts";
import type { Expr } from "../../syntax.ts";
import { axisOf } from "../broadcast.ts";
import { type Call, listItems, numberArg, type Primitive, tensorArg } from "../calls.ts";
import { isAmbientDim, report } from "../frame.ts";
import { dimText } from "../naming.ts";
import { originsOf, shapeIn } from "../origins.ts";
import { type Dim, evaluateDim, namedTensor } from "../sizes.ts";
import { expressionText } from "../text.ts";
import { poison, type TensorValue, tensorText, type Value, valueText } from "../values.ts";

/** Whether none of the dimensions is batch or time. */
function areOwn(call: Call, dims: readonly string[]): boolean {
  const ambient = dims.find(isAmbientDim);
  if (ambient) report(call.frame, "E0311", call.span, { dim: ambient, doing: call.name });
  return ambient === undefined;
}

/** slice(x, D, K, from:): K elements of D. */
const slice: Primitive = {
  places: 3,
  named: ["from"],
  build: (call) => {
    const { frame, span } = call;
    const [, wholeExpr, partExpr] = call.expr.args as [Expr, Expr, Expr];
    const x = tensorArg(call, 0);
    const axis = x && axisOf(frame, wholeExpr.span, x, dimText(frame, wholeExpr));
    const part = evaluateDim(frame, partExpr);
    const from = numberArg(call, "from", 0);
    if (!x || axis === null || !part || from === null) return poison;
    const [dim, size] = [x.dims[axis]!, x.node.type.shape[axis]!];
    if (!areOwn(call, [dim, part.text])) return poison;
    if (!Number.isInteger(from) || from < 0) {
      const allowed = "a whole number from 0";
      return report(frame, "E0412", span, { name: "from", value: String(from), allowed });
    }
    if (from + part.size > size)
      return report(frame, "E0313", span, { dim, size, from, count: part.size });
    const node = frame.session.graph.slice(x.node, axis, from, part.size);
    return namedTensor(frame, span, node, x.dims.with(axis, part.text));
  },
};

type Part = { readonly x: TensorValue; readonly axis: number };

/** concat([a, b], [K, J], D): a's K and b's J side by side are D; all other dimensions they share. */
const concat: Primitive = {
  places: 3,
  named: [],
  build: (call) => {
    const { frame, span } = call;
    const [tensorsExpr, dimsExpr, wholeExpr] = call.expr.args as [Expr, Expr, Expr];
    const tensors = tensorsOf(call, tensorsExpr);
    const whole = evaluateDim(frame, wholeExpr);
    const items = listItems(dimsExpr);
    if (!tensors || !whole) return poison;
    if (tensors.length !== items.length) {
      const facts = { tensors: tensors.length, dims: items.length };
      return report(frame, "E0315", span, facts);
    }
    const parts = tensors.flatMap((x, i): Part[] => {
      const axis = axisOf(frame, items[i]!.span, x, dimText(frame, items[i]!));
      return axis === null ? [] : [{ x, axis }];
    });
    if (parts.length !== tensors.length) return poison;
    const named = [...parts.map(({ x, axis }) => x.dims[axis]!), whole.text];
    if (!areOwn(call, named) || !continueEachOther(call, parts, whole)) return poison;
    const node = joined(call, parts, whole, dimsExpr);
    const { x, axis } = parts[0]!;
    return node ? namedTensor(frame, span, node, x.dims.with(axis, whole.text)) : poison;
  },
};

/** The tensors of a list; null after a mistake. */
function tensorsOf(call: Call, list: Expr): readonly TensorValue[] | null {
  const { frame } = call;
  if (list.kind !== "list" || list.items.length === 0) {
    const found = list.kind === "list" ? "an empty list" : expressionText(list);
    report(frame, "E0312", list.span, { what: "`concat`", expected: "a list of tensors", found });
    return null;
  }
  const values = list.items.map((item): Value => frame.evaluate(frame, item));
  values.forEach((value, i) => {
    if (value.kind === "tensor" || value.kind === "poison") return;
    const found = valueText(value);
    report(frame, "E0312", list.items[i]!.span, { what: "`concat`", expected: "a tensor", found });
  });
  const tensors = values.filter((value) => value.kind === "tensor");
  return tensors.length === values.length ? tensors : null;
}

/** Whether all parts have one element type, and the first's dimensions but for the one joined. */
function continueEachOther(call: Call, parts: readonly Part[], whole: Dim): boolean {
  const names = ({ x, axis }: Part) => x.dims.with(axis, whole.text).join();
  const joinedDim = ({ x, axis }: Part) => x.dims[axis]!;
  const [first, ...others] = parts as [Part, ...Part[]];
  for (const other of others) {
    if (names(first) !== names(other)) {
      const [left, right] = [shapeIn(first.x, "a"), shapeIn(other.x, "b")];
      const joined = [joinedDim(first), joinedDim(other)] as const;
      const facts = { left, right, joined };
      report(call.frame, "E0319", call.span, facts, originsOf([first.x, other.x]));
      return false;
    }
    if (first.x.node.type.dtype !== other.x.node.type.dtype) {
      const [expected, found] = [tensorText(first.x), tensorText(other.x)];
      report(call.frame, "E0308", call.span, { what: "`concat`", expected, found });
      return false;
    }
  }
  return true;
}

/** The parts side by side; null where they are not as long as the whole. */
function joined(call: Call, parts: readonly Part[], whole: Dim, dimsExpr: Expr): Node | null {
  const sum = parts.reduce((all, { x, axis }) => all + x.node.type.shape[axis]!, 0);
  if (sum !== whole.size) {
    const facts = { parts: expressionText(dimsExpr), whole: whole.text, sum, size: whole.size };
    report(call.frame, "E0314", dimsExpr.span, facts);
    return null;
  }
  const nodes = parts.map(({ x }) => x.node);
  return nodes.length === 1 ? nodes[0]! : call.frame.session.graph.concat(nodes, parts[0]!.axis);
}

export const pieces: Readonly<Record<string, Primitive>> = { slice, concat };
