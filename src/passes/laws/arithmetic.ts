/** Laws of scalar functions and conversions. None is used where NaN, infinities or rounding could tell the sides apart. */
import type { GraphBuilder } from "../../graph/build.ts";
import type { DType, Node, ScalarName } from "../../graph/graph.ts";
import { applyScalar, convert } from "../../graph/scalars.ts";
import type { Rule } from "../rewrite.ts";

const isConstant = (node: Node | undefined, value: number): boolean =>
  node?.op === "constant" && node.attrs.value === value;

/** A law for some scalar functions: gets the operands. */
const law = (
  name: string,
  fns: readonly ScalarName[],
  apply: (operands: readonly Node[], g: GraphBuilder, fn: ScalarName) => Node | null | undefined,
): Rule => ({
  name,
  ops: ["map"],
  apply: (node, g) =>
    (node.op === "map" && fns.includes(node.attrs.fn) && apply(node.inputs, g, node.attrs.fn)) ||
    null,
});

/** f(f(x)) = x */
const involution: Rule["apply"] = (node) => {
  if (node.op !== "map") return null;
  const inner = node.inputs[0]!;
  return inner.op === "map" && inner.attrs.fn === node.attrs.fn ? inner.inputs[0]! : null;
};

/** Whether every `narrow` number is also a `wide` one. */
function holds(wide: DType, narrow: DType): boolean {
  if (wide === narrow || narrow === "bool") return true;
  return wide === "f32" && (narrow === "f16" || narrow === "bf16");
}

export const arithmetic: readonly Rule[] = [
  // x + 0 = 0 + x = x
  law("add zero", ["add"], ([a, b]) => (isConstant(b, 0) ? a : isConstant(a, 0) ? b : null)),
  // x − 0 = x
  law("subtract zero", ["sub"], ([a, b]) => (isConstant(b, 0) ? a : null)),
  // x · 1 = 1 · x = x
  law("multiply by one", ["mul"], ([a, b]) => (isConstant(b, 1) ? a : isConstant(a, 1) ? b : null)),
  // x / 1 = x
  law("divide by one", ["div"], ([a, b]) => (isConstant(b, 1) ? a : null)),
  // −(−x) = x
  {
    name: "negate twice",
    apply: (node, g) => (node.op === "map" && node.attrs.fn === "neg" ? involution(node, g) : null),
  },
  // not not x = x
  {
    name: "not twice",
    apply: (node, g) => (node.op === "map" && node.attrs.fn === "not" ? involution(node, g) : null),
  },
  // x op x = x
  law("idempotence", ["min", "max", "and", "or", "bitand", "bitor"], ([a, b]) =>
    a === b ? a : null,
  ),
  // x and true = x, x and false = false
  law("and with a constant", ["and"], ([a, b]) =>
    isConstant(b, 1) || isConstant(a, 0) ? a : isConstant(a, 1) || isConstant(b, 0) ? b : null,
  ),
  // x or false = x, x or true = true
  law("or with a constant", ["or"], ([a, b]) =>
    isConstant(b, 0) || isConstant(a, 1) ? a : isConstant(a, 0) || isConstant(b, 1) ? b : null,
  ),
  // select(true, a, b) = a, select(false, a, b) = b
  law("select with a constant condition", ["select"], ([when, a, b]) =>
    isConstant(when, 1) ? a : isConstant(when, 0) ? b : null,
  ),
  // select(c, a, a) = a
  law("select of equals", ["select"], ([, a, b]) => (a === b ? a : null)),
  {
    name: "map of constants",
    apply: (node, g) => {
      if (node.op !== "map") return null;
      const values = node.inputs.map((x) => (x.op === "constant" ? x.attrs.value : Number.NaN));
      const value = applyScalar(
        node.attrs.fn,
        node.inputs[node.inputs.length - 1]!.type.dtype,
        values,
      );
      // A constant that is not finite could not be written down in a kernel.
      if (values.some(Number.isNaN) || !Number.isFinite(value)) return null;
      return g.constant(value, node.type.dtype, node.type.shape);
    },
  },
  {
    name: "cast of a constant",
    apply: (node, g) => {
      const [x] = node.inputs;
      if (node.op !== "cast" || x?.op !== "constant") return null;
      const value = convert(x.attrs.value, x.type.dtype, node.type.dtype);
      return Number.isFinite(value) ? g.constant(value, node.type.dtype, node.type.shape) : null;
    },
  },
  {
    name: "cast to the same type",
    apply: (node) =>
      node.op === "cast" && node.inputs[0]!.type.dtype === node.attrs.to ? node.inputs[0]! : null,
  },
  {
    // cast(cast(x, wide), to) = cast(x, to)
    name: "cast through a wider type",
    apply: (node, g) => {
      const [inner] = node.inputs;
      if (node.op !== "cast" || inner?.op !== "cast") return null;
      const x = inner.inputs[0]!;
      return holds(inner.type.dtype, x.type.dtype) ? g.cast(x, node.attrs.to) : null;
    },
  },
];
