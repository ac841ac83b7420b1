/** Compound functions as graphs of scalar functions. Each stays accurate to a few units in the last place in f32. */
import type { GraphBuilder } from "./build.ts";
import type { Node } from "./graph.ts";

/** 1 / (1 + e^−x) */
export const sigmoid = (g: GraphBuilder, x: Node): Node =>
  g.map("div", 1, g.map("add", g.map("exp", g.map("neg", x)), 1));

/** log(1 + e^x) = max(x, 0) + log1p(e^−|x|) */
export const softplus = (g: GraphBuilder, x: Node): Node =>
  g.map("add", g.map("max", x, 0), log1p(g, g.map("exp", g.map("neg", g.map("abs", x)))));

/** ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))) */
export function gelu(g: GraphBuilder, x: Node): Node {
  const cube = g.map("mul", g.map("mul", x, x), x);
  const inner = g.map("add", x, g.map("mul", cube, 0.044715));
  const tanh = g.map("tanh", g.map("mul", inner, Math.sqrt(2 / Math.PI)));
  return g.map("mul", g.map("mul", x, 0.5), g.map("add", tanh, 1));
}

/** x · sigmoid(x) */
export const silu = (g: GraphBuilder, x: Node): Node => g.map("mul", x, sigmoid(g, x));

/** cap · tanh(x / cap): x near 0, never beyond ±cap. */
export const softCap = (g: GraphBuilder, x: Node, cap: number): Node =>
  g.map("mul", g.map("tanh", g.map("div", x, cap)), cap);

/** x^n for a whole n, by repeated squaring; x^−n is 1 / x^n. */
export function wholePower(g: GraphBuilder, x: Node, n: number): Node {
  if (n === 0) return g.constant(1, x.type.dtype, x.type.shape);
  if (n < 0) return g.map("div", 1, wholePower(g, x, -n));
  if (n === 1) return x;
  if (n % 2 === 1) return g.map("mul", wholePower(g, x, n - 1), x);
  const half = wholePower(g, x, n / 2);
  return g.map("mul", half, half);
}

/** Σ coefficients[k] · x^k by Horner's rule. */
function polynomial(g: GraphBuilder, x: Node, coefficients: readonly number[]): Node {
  const [last, ...rest] = [...coefficients].reverse();
  const top = g.constant(last!, x.type.dtype, x.type.shape);
  return rest.reduce<Node>((sum, c) => g.map("add", g.map("mul", sum, x), c), top);
}

/** x / 2; of what was doubled, the number itself. */
function half(g: GraphBuilder, x: Node): Node {
  if (x.op !== "map" || x.attrs.fn !== "mul") return g.map("mul", x, 0.5);
  const [a, b] = x.inputs as [Node, Node];
  const isTwo = (n: Node) => n.op === "constant" && n.attrs.value === 2;
  return isTwo(a) ? b : isTwo(b) ? a : g.map("mul", x, 0.5);
}

/**
 * e^x − 1 = (e^h − 1) (e^h + 1) with h = x / 2, so that √(1 − a²) of a decay a = e^h asks for no second exponential. Of e^h − 1
 * near 0 the series h + h² Σ h^k / (k + 2)!, whose first left-out term is 2^−26 of the whole at |h| = 0.35.
 */
export function expm1(g: GraphBuilder, x: Node): Node {
  const h = half(g, x);
  const e = g.map("exp", h);
  const tail = polynomial(g, h, [1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040]);
  const series = g.map("add", g.map("mul", g.map("mul", tail, h), h), h);
  const near = g.map("lt", g.map("abs", h), 0.35);
  const less = g.map("select", near, series, g.map("sub", e, 1));
  return g.map("mul", less, g.map("add", e, 1));
}

/** log(1 + x): near 0 the series 2 Σ s^(2k+1) / (2k+1) with s = x / (2 + x), as log(1 + x) = 2 artanh(s). */
export function log1p(g: GraphBuilder, x: Node): Node {
  const s = g.map("div", x, g.map("add", x, 2));
  const series = polynomial(g, g.map("mul", s, s), [2, 2 / 3, 2 / 5, 2 / 7, 2 / 9]);
  const near = g.map("lt", g.map("abs", x), 0.35);
  return g.map("select", near, g.map("mul", s, series), g.map("log", g.map("add", x, 1)));
}

/** `row`, which lacks `axis`, repeated along it. */
function along(g: GraphBuilder, row: Node, shape: readonly number[], axis: number): Node {
  return g.broadcast(
    row,
    shape,
    shape.map((_, i) => i).filter((i) => i !== axis),
  );
}

/** `axes` behind all others and joined into one, the last. */
export function joinLast(g: GraphBuilder, x: Node, axes: readonly number[]): Node {
  const { shape } = x.type;
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const joined = axes.reduce((product, axis) => product * shape[axis]!, 1);
  const moved = g.transpose(x, [...kept, ...axes]);
  return g.reshape(moved, [...kept.map((axis) => shape[axis]!), joined]);
}

/** What joinLast did to a tensor of this shape, undone. */
export function splitLast(
  g: GraphBuilder,
  x: Node,
  shape: readonly number[],
  axes: readonly number[],
): Node {
  const order = [...shape.keys()].filter((axis) => !axes.includes(axis)).concat(axes);
  const apart = g.reshape(
    x,
    order.map((axis) => shape[axis]!),
  );
  return g.transpose(
    apart,
    shape.map((_, axis) => order.indexOf(axis)),
  );
}

/** e^(x − max) / Σ e^(x − max) along `axis`. */
export function softmax(g: GraphBuilder, x: Node, axis: number): Node {
  const { shape } = x.type;
  const weights = g.map("exp", g.map("sub", x, along(g, g.reduce("max", x, axis), shape, axis)));
  return g.map("div", weights, along(g, g.reduce("sum", weights, axis), shape, axis));
}

/** The mean along `axis`, which is removed. */
export const mean = (g: GraphBuilder, x: Node, axis: number): Node =>
  g.map("mul", g.reduce("sum", x, axis), 1 / x.type.shape[axis]!);
