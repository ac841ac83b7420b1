/** Primitives that only move elements: what they do to the names of dimensions, and the nodes they become. */
import type { Expr } from "../../syntax.ts";
import { axisOf, places, spreadTo } from "../broadcast.ts";
import {
  type Call,
  floatArg,
  listItems,
  type Primitive,
  tensorArg,
  tensorOrNumber,
} from "../calls.ts";
import { isAmbientDim, report } from "../frame.ts";
import { dimText } from "../naming.ts";
import { originsOf, shapeIn } from "../origins.ts";
import { type Dim, evaluateDim, evaluateDims, evaluateSize, namedTensor } from "../sizes.ts";
import { expressionText, shapeText } from "../text.ts";
import { poison, tensorText } from "../values.ts";

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
    const axis = x && axisOf(call.frame, wholeExpr.span, x, dimText(call.frame, wholeExpr));
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
    if (items.length === 0) {
      const facts = {
        what: "`merge`",
        expected: "dimensions of its tensor",
        found: "an empty list",
      };
      return report(frame, "E0312", partsExpr.span, facts);
    }
    const axes = x && items.map((item) => axisOf(frame, item.span, x, dimText(frame, item)));
    const first = axes?.[0];
    if (!x || !whole || !axes || first === undefined || axes.some((axis) => axis === null))
      return poison;
    if (first === null || axes.some((axis, i) => axis !== first + i)) {
      const facts = {
        expected: `${shapeText(items.map((item) => dimText(frame, item)))} side by side`,
        found: shapeText(x.dims),
      };
      return report(frame, "E0302", partsExpr.span, { what: "`merge`", ...facts }, originsOf([x]));
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

/** transpose(x, [B, T, K, H]): the same dimensions in another order. */
const transpose: Primitive = {
  places: 2,
  named: [],
  build: (call) => {
    const { frame } = call;
    const x = tensorArg(call, 0);
    const orderExpr = call.expr.args[1]!;
    const dims = listItems(orderExpr).map((item) => dimText(frame, item));
    if (!x) return poison;
    const isOrder = dims.toSorted().join() === x.dims.toSorted().join();
    if (!isOrder || orderExpr.kind !== "list") {
      const facts = { order: shapeText(dims), shape: shapeText(x.dims) };
      return report(frame, "E0316", orderExpr.span, facts);
    }
    const order = dims.map((dim) => x.dims.indexOf(dim));
    return namedTensor(frame, call.span, frame.session.graph.transpose(x.node, order), dims);
  },
};

/** spread(x, [B, T, D, N]): repeated over the dimensions that it lacks. */
const spread: Primitive = {
  places: 2,
  named: [],
  build: (call) => {
    const { frame, span } = call;
    const x = tensorOrNumber(call, 0);
    const dims = evaluateDims(frame, listItems(call.expr.args[1]!));
    if (!x || !dims) return poison;
    const names = dims.map((dim) => dim.text);
    const sizes = dims.map((dim) => dim.size);
    const { graph } = frame.session;
    if (x.kind === "number")
      return namedTensor(frame, span, graph.constant(x.value, "f32", sizes), names);
    if (places(x.dims, names))
      return namedTensor(frame, span, spreadTo(frame, x, names, sizes), names);
    const long = { text: "over", dims: names, sizes };
    const facts = { short: shapeIn(x, "x"), long, doing: "`spread`" };
    return report(frame, "E0303", span, facts, originsOf([x]));
  },
};

/** index(n): 0, 1, … along a dimension of that size. */
const index: Primitive = {
  places: 1,
  named: [],
  build: (call) => {
    const size = evaluateSize(call.frame, call.expr.args[0]!);
    if (!size) return poison;
    const node = call.frame.session.graph.iota([size.value], 0);
    return namedTensor(call.frame, call.span, node, [size.text]);
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
      return report(call.frame, "E0302", call.expr.args[0]!.span, facts, originsOf([table]));
    }
    const node = call.frame.session.graph.gather(table.node, indices.node, 0);
    return namedTensor(call.frame, call.span, node, [...indices.dims, ...rest]);
  },
};

export const shapes: Readonly<Record<string, Primitive>> = {
  split,
  merge,
  transpose,
  spread,
  index,
  gather,
};
