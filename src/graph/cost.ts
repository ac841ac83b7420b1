/**
 * How much arithmetic a node is. One convention for explanations and editors: a scalar function of real numbers counts 1 an
 * element whatever it costs a machine, a product and its sum count 2, and moving, choosing, comparing and integers count nothing.
 */
import type { Node, NodeOf } from "./graph.ts";

const elements = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

const isReal = ({ type }: Node): boolean => ["f32", "f16", "bf16"].includes(type.dtype);

/**
 * Floating-point operations of one node by itself, its operands given. `attend` counts every key that a query may see, hidden
 * ones of the start of a document included; `sample` counts its noise and its comparison, not its search for thresholds.
 */
export function flopsOf(node: Node): number {
  const size = elements(node.type.shape);
  switch (node.op) {
    case "map":
      return isReal(node) && node.attrs.fn !== "select" ? size : 0;
    case "contract":
      return 2 * termsOf(node);
    case "reduce":
      return elements(node.inputs[0]!.type.shape);
    case "scan":
      return 2 * size;
    case "composite":
      return compositeFlops(node);
    case "sample":
      return 2 * elements(node.inputs[0]!.type.shape);
    case "parameter":
    case "input":
    case "state":
    case "constant":
    case "iota":
    case "cast":
    case "reshape":
    case "transpose":
    case "broadcast":
    case "slice":
    case "concat":
    case "gather":
    case "ringWrite":
      return 0;
  }
}

/** Products of a contraction: the sizes of all its labels together. */
function termsOf({ attrs, inputs }: NodeOf<"contract">): number {
  const sizes = new Map<string, number>();
  for (const [i, labels] of [attrs.left, attrs.right].entries())
    for (const [axis, label] of [...labels].entries())
      sizes.set(label, inputs[i]!.type.shape[axis]!);
  return elements([...sizes.values()]);
}

/** A product and its sum for every tap; for every visible key one with q and one with v, and four for its softmax. */
function compositeFlops({ attrs, inputs, type }: NodeOf<"composite">): number {
  const second = inputs[1]!.type.shape;
  switch (attrs.name) {
    case "conv1d":
      return 2 * second[0]! * elements(type.shape);
    case "dequantize":
      return elements(type.shape);
    case "attend": {
      const [B, T, H, D] = type.shape as [number, number, number, number];
      const keys = Math.min(second[1]!, attrs.window + 1);
      return B * T * H * keys * (4 * D + 4);
    }
  }
}
