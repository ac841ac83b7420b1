/** Primitives that sum, split, merge and look up: what they do to the names of dimensions, and the nodes they become. */
import { mean as meanOf, softmax as softmaxOf } from "../../../src/graph/functions.ts";
import type { Node } from "../../../src/graph/graph.ts";
import type { Expr } from "../../syntax.ts";
import { axisOf } from "../broadcast.ts";
import { type Call, floatArg, listItems, overDims, type Primitive, tensorArg } from "../calls.ts";
import { isAmbientDim, report } from "../frame.ts";
import { type Dim, evaluateDim, evaluateDims, namedTensor } from "../sizes.ts";
import { expressionText, shapeText } from "../text.ts";
import { type Frame, poison, type TensorValue, tensorText } from "../values.ts";

/** Removes one dimension after another. */
const reduction = (reduce: (frame: Frame, x: Node, axis: number) => Node): Primitive => ({
  places: 1,
  named: ["over"],
  build: (call) => {
    const x = floatArg(call, 0);
    const over = x && overDims(call, [x]);
    if (!x || !over) return poison;
    let { node } = x;
    let dims = x.dims;
    for (const dim of over) {
      node = reduce(call.frame, node, dims.indexOf(dim));
      dims = dims.filter((other) => other !== dim);
    }
    return namedTensor(call.frame, call.span, node, dims);
  },
});

const softmax: Primitive = {
  places: 1,
  named: ["over"],
  build: (call) => {
    const x = floatArg(call, 0);
    const over = x && overDims(call, [x]);
    if (!x || !over) return poison;
    const node = softmaxOf(call.frame.session.graph, x.node, x.dims.indexOf(over[0]!));
    return namedTensor(call.frame, call.span, node, x.dims);
  },
};

/** One letter for each dimension's name. */
function letters(dims: readonly string[]): (over: readonly string[]) => string {
  const known = [...new Set(dims)];
  return (over) => over.map((dim) => String.fromCharCode(97 + known.indexOf(dim))).join("");
}

const contract: Primitive = {
  places: 2,
  named: ["over"],
  build: (call) => {
    const [a, b] = [floatArg(call, 0), floatArg(call, 1)];
    if (!a || !b || !inBoth(call, a, b)) return poison;
    const over = overDims(call, [a, b]);
    if (!over) return poison;
    const dims = [...a.dims, ...b.dims.filter((dim) => !a.dims.includes(dim))].filter(
      (dim) => !over.includes(dim),
    );
    const spell = letters([...a.dims, ...b.dims]);
    const node = call.frame.session.graph.contract(
      a.node,
      b.node,
      spell(a.dims),
      spell(b.dims),
      spell(dims),
    );
    return namedTensor(call.frame, call.span, node, dims);
  },
};

/** Whether both operands have every contracted dimension. */
function inBoth(call: Call, a: TensorValue, b: TensorValue): boolean {
  const expr = call.expr.named.find(({ name }) => name.text === "over")?.value;
  const lacking = (expr ? listItems(expr) : []).filter((item) => {
    const dim = expressionText(item);
    return a.dims.includes(dim) !== b.dims.includes(dim);
  });
  for (const item of lacking) {
    const facts = { dim: expressionText(item), left: shapeText(a.dims), right: shapeText(b.dims) };
    report(call.frame, "E0305", item.span, facts);
  }
  return lacking.length === 0;
}

const product = (dims: readonly Dim[]): number => dims.reduce((all, dim) => all * dim.size, 1);

/** Whether the parts make up the whole; batch and time are neither. */
function partsFit(call: Call, partsExpr: Expr, parts: readonly Dim[], whole: Dim): boolean {
  const ambient = [...parts, whole].find((dim) => isAmbientDim(dim.text));
  if (ambient) {
    report(call.frame, "E0311", call.span, { dim: ambient.text, doing: call.name });
    return false;
  }
  const facts = {
    parts: expressionText(partsExpr),
    whole: whole.text,
    product: product(parts),
    size: whole.size,
  };
  if (product(parts) !== whole.size) report(call.frame, "E0310", partsExpr.span, facts);
  return product(parts) === whole.size;
}

/** split(x, D, [a, b]): D becomes a, b; the last varies fastest. */
const split: Primitive = {
  places: 3,
  named: [],
  build: (call) => {
    const x = tensorArg(call, 0);
    const [, wholeExpr, partsExpr] = call.expr.args as [Expr, Expr, Expr];
    const parts = evaluateDims(call.frame, listItems(partsExpr));
    const axis = x && axisOf(call.frame, wholeExpr.span, x, expressionText(wholeExpr));
    if (!x || !parts || axis === null) return poison;
    const { shape } = x.node.type;
    if (!partsFit(call, partsExpr, parts, { text: x.dims[axis]!, size: shape[axis]! }))
      return poison;
    const replace = <V>(all: readonly V[], by: readonly V[]) => [
      ...all.slice(0, axis),
      ...by,
      ...all.slice(axis + 1),
    ];
    const node = call.frame.session.graph.reshape(
      x.node,
      replace(
        shape,
        parts.map((part) => part.size),
      ),
    );
    return namedTensor(
      call.frame,
      call.span,
      node,
      replace(
        x.dims,
        parts.map((part) => part.text),
      ),
    );
  },
};

/** merge(x, [a, b], D): neighbours a, b become D. */
const merge: Primitive = {
  places: 3,
  named: [],
  build: (call) => {
    const { frame } = call;
    const x = tensorArg(call, 0);
    const [, partsExpr, wholeExpr] = call.expr.args as [Expr, Expr, Expr];
    const whole = evaluateDim(frame, wholeExpr);
    const items = listItems(partsExpr);
    const axes = x && items.map((item) => axisOf(frame, item.span, x, expressionText(item)));
    const first = axes?.[0];
    if (!x || !whole || !axes || first === undefined || axes.some((axis) => axis === null))
      return poison;
    if (first === null || axes.some((axis, i) => axis !== first + i)) {
      const facts = {
        expected: `${shapeText(items.map((item) => expressionText(item)))} side by side`,
        found: shapeText(x.dims),
      };
      return report(frame, "E0302", partsExpr.span, { what: "`merge`", ...facts });
    }
    const { shape } = x.node.type;
    const parts = axes.map((axis) => ({ text: x.dims[axis!]!, size: shape[axis!]! }));
    if (!partsFit(call, partsExpr, parts, whole)) return poison;
    const replace = <V>(all: readonly V[], by: V) => [
      ...all.slice(0, first),
      by,
      ...all.slice(first + items.length),
    ];
    const node = frame.session.graph.reshape(x.node, replace(shape, whole.size));
    return namedTensor(frame, call.span, node, replace(x.dims, whole.text));
  },
};

/** gather(table, indices): for every index, that row of the table. */
const gather: Primitive = {
  places: 2,
  named: [],
  build: (call) => {
    const [table, indices] = [floatArg(call, 0), tensorArg(call, 1)];
    if (!table || !indices) return poison;
    if (indices.node.type.dtype !== "i32") {
      const facts = {
        what: "the second argument of `gather`",
        expected: "int elements",
        found: tensorText(indices),
      };
      return report(call.frame, "E0308", call.expr.args[1]!.span, facts);
    }
    const [rows, ...rest] = table.dims;
    if (rows === undefined || isAmbientDim(rows)) {
      const facts = {
        what: "the table of `gather`",
        expected: "[rows, …]",
        found: shapeText(table.dims),
      };
      return report(call.frame, "E0302", call.expr.args[0]!.span, facts);
    }
    const node = call.frame.session.graph.gather(table.node, indices.node, 0);
    return namedTensor(call.frame, call.span, node, [...indices.dims, ...rest]);
  },
};

export const shapes: Readonly<Record<string, Primitive>> = {
  sum: reduction((frame, x, axis) => frame.session.graph.reduce("sum", x, axis)),
  mean: reduction((frame, x, axis) => meanOf(frame.session.graph, x, axis)),
  maximum: reduction((frame, x, axis) => frame.session.graph.reduce("max", x, axis)),
  softmax,
  contract,
  split,
  merge,
  gather,
};
