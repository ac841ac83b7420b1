/** Laws of operations that only move elements: fewer moves, smaller ones, or calculation in front of repetition. */
import type { GraphBuilder } from "../../graph/build.ts";
import { joinLast } from "../../graph/functions.ts";
import type { Node, NodeOf, OpName } from "../../graph/graph.ts";
import { sameShape, sizeOf } from "../../graph/ops/rule.ts";
import type { Rule } from "../rewrite.ts";

/** A law for one operation. */
const law = <K extends OpName>(
  name: string,
  op: K,
  apply: (node: NodeOf<K>, x: Node, g: GraphBuilder) => Node | null,
): Rule => ({
  name,
  ops: [op],
  apply: (node, g) =>
    node.op === op && node.inputs[0]
      ? apply(node as unknown as NodeOf<K>, node.inputs[0], g)
      : null,
});

const moves: readonly OpName[] = ["reshape", "transpose", "broadcast", "slice"];

const ascending = (order: readonly number[]) =>
  order.every((axis, i) => i === 0 || axis > order[i - 1]!);

/** slice of concat that lies within one part. */
function sliceOfConcat(node: NodeOf<"slice">, x: Node, g: GraphBuilder): Node | null {
  const { axis, start, size } = node.attrs;
  if (x.op !== "concat" || x.attrs.axis !== axis) return null;
  let from = 0;
  for (const part of x.inputs) {
    const until = from + part.type.shape[axis]!;
    if (start >= from && start + size <= until) return g.slice(part, axis, start - from, size);
    from = until;
  }
  return null;
}

/** "abc" with its letters where the transposed operand had them. */
function unpermute(labels: string, order: readonly number[]): string {
  const letters = [...labels];
  order.forEach((axis, i) => {
    letters[axis] = labels[i]!;
  });
  return letters.join("");
}

/** contract of transpose(a) = contract of a with its labels in another order. */
function contractOfTranspose(node: NodeOf<"contract">, g: GraphBuilder): Node | null {
  const [a, b] = node.inputs as readonly [Node, Node];
  const { left, right, out } = node.attrs;
  if (a.op === "transpose")
    return g.contract(a.inputs[0]!, b, unpermute(left, a.attrs.order), right, out);
  if (b.op === "transpose")
    return g.contract(a, b.inputs[0]!, left, unpermute(right, b.attrs.order), out);
  return null;
}

/** contract without labels of one operand's own = the sum of products, by element: rows take it with all around them. */
function contractOfRows(node: NodeOf<"contract">, a: Node, g: GraphBuilder): Node | null {
  const b = node.inputs[1]!;
  const { left, right, out } = node.attrs;
  const summed = [...left].filter((label) => !out.includes(label));
  if (summed.length === 0 || [...left].sort().join() !== [...right].sort().join()) return null;
  const inOrder = (x: Node, from: string, to: string) =>
    g.transpose(
      x,
      [...to].map((label) => from.indexOf(label)),
    );
  const products = g.map("mul", a, inOrder(b, right, left));
  const axes = summed.map((label) => left.indexOf(label));
  const rows = axes.length === 1 ? products : joinLast(g, products, axes);
  const sums = g.reduce("sum", rows, axes.length === 1 ? axes[0]! : rows.type.shape.length - 1);
  return inOrder(sums, [...left].filter((label) => out.includes(label)).join(""), out);
}

/** f(broadcast a, broadcast b, c) = broadcast f(a, b, c) for equal axes and constants c. */
function mapOfBroadcasts(node: NodeOf<"map"> | NodeOf<"cast">, g: GraphBuilder): Node | null {
  const first = node.inputs.find((x) => x.op === "broadcast");
  if (first?.op !== "broadcast") return null;
  const small = first.inputs[0]!.type.shape;
  if (sizeOf(small) === sizeOf(first.type.shape)) return null;
  const inputs: Node[] = [];
  for (const x of node.inputs) {
    if (x.op === "constant") inputs.push(g.constant(x.attrs.value, x.type.dtype, small));
    else if (x.op === "broadcast" && sameShape(x.attrs.axes, first.attrs.axes))
      inputs.push(x.inputs[0]!);
    else return null;
  }
  return g.broadcast(
    g.rebuild({ ...node, label: "" }, inputs),
    first.attrs.shape,
    first.attrs.axes,
  );
}

const constants: readonly Rule[] = [
  {
    name: "move of a constant",
    apply: (node, g) => {
      const [x] = node.inputs;
      return (moves.includes(node.op) || node.op === "gather") && x?.op === "constant"
        ? g.constant(x.attrs.value, x.type.dtype, node.type.shape)
        : null;
    },
  },
  law("concat of one constant", "concat", (node, x, g) =>
    x.op === "constant" &&
    node.inputs.every((y) => y.op === "constant" && y.attrs.value === x.attrs.value)
      ? g.constant(x.attrs.value, x.type.dtype, node.type.shape)
      : null,
  ),
  {
    // The only index along an axis of one is 0.
    name: "iota of one",
    apply: (node, g) =>
      node.op === "iota" && node.type.shape[node.attrs.axis] === 1
        ? g.constant(0, "i32", node.type.shape)
        : null,
  },
];

const views: readonly Rule[] = [
  {
    name: "move to the same place",
    apply: (node) => {
      const [x] = node.inputs;
      if (!x || !moves.includes(node.op) || !sameShape(x.type.shape, node.type.shape)) return null;
      return node.op !== "transpose" || ascending(node.attrs.order) ? x : null;
    },
  },
  law("reshape twice", "reshape", (node, x, g) =>
    x.op === "reshape" ? g.reshape(x.inputs[0]!, node.attrs.shape) : null,
  ),
  law("transpose twice", "transpose", (node, x, g) =>
    x.op === "transpose"
      ? g.transpose(
          x.inputs[0]!,
          node.attrs.order.map((axis) => x.attrs.order[axis]!),
        )
      : null,
  ),
  law("transpose of axes of one", "transpose", (node, x, g) =>
    ascending(node.attrs.order.filter((axis) => x.type.shape[axis] !== 1))
      ? g.reshape(x, node.type.shape)
      : null,
  ),
  law("broadcast twice", "broadcast", (node, x, g) =>
    x.op === "broadcast"
      ? g.broadcast(
          x.inputs[0]!,
          node.attrs.shape,
          x.attrs.axes.map((axis) => node.attrs.axes[axis]!),
        )
      : null,
  ),
  law("slice twice", "slice", (node, x, g) =>
    x.op === "slice" && x.attrs.axis === node.attrs.axis
      ? g.slice(x.inputs[0]!, x.attrs.axis, x.attrs.start + node.attrs.start, node.attrs.size)
      : null,
  ),
  law("slice of concat", "slice", sliceOfConcat),
  law("slice of a repeated axis", "slice", (node, x, g) =>
    x.op === "broadcast" && !x.attrs.axes.includes(node.attrs.axis)
      ? g.broadcast(x.inputs[0]!, node.type.shape, x.attrs.axes)
      : null,
  ),
  law("concat of one", "concat", (node, x) => (node.inputs.length === 1 ? x : null)),
  law("concat with nothing", "concat", (node, _, g) => {
    const parts = node.inputs.filter((x) => x.type.shape[node.attrs.axis] !== 0);
    return parts.length > 0 && parts.length < node.inputs.length
      ? g.concat(parts, node.attrs.axis)
      : null;
  }),
  // h_1 = decay_1 ⊙ h_0 + input_1
  law("scan of one token", "scan", (node, decay, g) => {
    if (decay.type.shape[1] !== 1) return null;
    const [, input, initial] = node.inputs as readonly [Node, Node, Node];
    const before = g.reshape(initial, decay.type.shape);
    return g.map("add", g.map("mul", decay, before), input);
  }),
  law("reduce over one", "reduce", (node, x, g) =>
    x.type.shape[node.attrs.axis] === 1 ? g.reshape(x, node.type.shape) : null,
  ),
];

const reorderings: readonly Rule[] = [
  law("contract of transpose", "contract", (node, _, g) => contractOfTranspose(node, g)),
  law("contract of rows", "contract", contractOfRows),
  law("map of broadcasts", "map", (node, _, g) => mapOfBroadcasts(node, g)),
  law("cast of broadcast", "cast", (node, _, g) => mapOfBroadcasts(node, g)),
  // gather(cast(table), i) = cast(gather(table, i)) for a table in memory: only the rows read are converted.
  law("gather of cast", "gather", (node, x, g) =>
    x.op === "cast" && ["parameter", "input", "state"].includes(x.inputs[0]!.op)
      ? g.cast(g.gather(x.inputs[0]!, node.inputs[1]!, node.attrs.batch), x.attrs.to)
      : null,
  ),
  // A table of one row has nothing to pick.
  law("gather of the only row", "gather", (node, x, g) =>
    x.type.shape[node.attrs.batch] === 1 && sizeOf(node.type.shape) === sizeOf(x.type.shape)
      ? g.reshape(x, node.type.shape)
      : null,
  ),
];

export const movement: readonly Rule[] = [...constants, ...views, ...reorderings];
