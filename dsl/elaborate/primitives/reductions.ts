/** Primitives that fold dimensions: sum, mean, maximum, minimum, and softmax, which keeps them. Several are folded as one. */
import type { GraphBuilder } from "../../../src/graph/build.ts";
import { joinLast, mean, softmax as softmaxOf, splitLast } from "../../../src/graph/functions.ts";
import type { Node } from "../../../src/graph/graph.ts";
import { floatArg, overDims, type Primitive } from "../calls.ts";
import { namedTensor } from "../sizes.ts";
import { poison } from "../values.ts";

/** Removes the dimensions after `over:`. */
const reduction = (reduce: (g: GraphBuilder, x: Node, axis: number) => Node): Primitive => ({
  places: 1,
  named: ["over"],
  build: (call) => {
    const x = floatArg(call, 0);
    const over = x && overDims(call, [x]);
    if (!x || !over) return poison;
    const g = call.frame.session.graph;
    const axes = over.map((dim) => x.dims.indexOf(dim)).sort((a, b) => a - b);
    const joined = axes.length === 1 ? x.node : joinLast(g, x.node, axes);
    const axis = axes.length === 1 ? axes[0]! : joined.type.shape.length - 1;
    const dims = x.dims.filter((dim) => !over.includes(dim));
    return namedTensor(call.frame, call.span, reduce(g, joined, axis), dims);
  },
});

const softmax: Primitive = {
  places: 1,
  named: ["over"],
  build: (call) => {
    const x = floatArg(call, 0);
    const over = x && overDims(call, [x]);
    if (!x || !over) return poison;
    const g = call.frame.session.graph;
    const axes = over.map((dim) => x.dims.indexOf(dim)).sort((a, b) => a - b);
    return namedTensor(call.frame, call.span, softmaxOver(g, x.node, axes), x.dims);
  },
};

/** Weights that sum to 1 over all of `axes`, which ascend. */
function softmaxOver(g: GraphBuilder, x: Node, axes: readonly number[]): Node {
  if (axes.length === 1) return softmaxOf(g, x, axes[0]!);
  const joined = joinLast(g, x, axes);
  const weights = softmaxOf(g, joined, joined.type.shape.length - 1);
  return splitLast(g, weights, x.type.shape, axes);
}

/** −max(−x) */
const minimum = (g: GraphBuilder, x: Node, axis: number): Node =>
  g.map("neg", g.reduce("max", g.map("neg", x), axis));

export const reductions: Readonly<Record<string, Primitive>> = {
  sum: reduction((g, x, axis) => g.reduce("sum", x, axis)),
  mean: reduction(mean),
  maximum: reduction((g, x, axis) => g.reduce("max", x, axis)),
  minimum: reduction(minimum),
  softmax,
};
