/** pow(a, b): numbers are folded; tensors become products, roots, or an exponential of a logarithm. */
import { wholePower } from "../../../src/graph/functions.ts";
import type { Node } from "../../../src/graph/graph.ts";
import { mapTensors, type Operand } from "../broadcast.ts";
import { type Call, floatArg, type Primitive } from "../calls.ts";
import { report } from "../frame.ts";
import { namedTensor } from "../sizes.ts";
import { numberValue, poison, type TensorValue, type Value } from "../values.ts";
import { computed, staticArg } from "./elementwise.ts";

/** Largest whole exponent that becomes products. */
const mostFactors = 16;

/**
 * pow(a, b): a to the power of b, element by element.
 * A whole number b from −16 to 16 makes products, ±0.5 roots: every a with a power has it, 0 and negative ones included.
 * All else is exp(b · log(a)), which is a real number for a > 0 only: NaN for a < 0, whatever b is, and for a = 0 what the
 * device makes of log(0). Its relative error in f32 is about |b · log(a)| · 2^−24.
 */
export const pow: Primitive = {
  places: 2,
  named: [],
  build: (call) => {
    const [base, exponent] = [staticArg(call, 0), staticArg(call, 1)];
    if (base !== undefined && exponent !== undefined)
      return computed(call.frame, call, base ** exponent);
    if (base !== undefined) return ofNumber(call, base);
    const a = floatArg(call, 0);
    if (!a) return poison;
    const direct = exponent === undefined ? null : directPower(call, a.node, exponent);
    if (direct) return namedTensor(call.frame, call.span, direct, a.dims);
    const b = exponent === undefined ? floatArg(call, 1) : numberValue(exponent);
    if (!b) return poison;
    const log: TensorValue = { ...a, node: call.frame.session.graph.map("log", a.node) };
    return exponential(call, [log, b]);
  },
};

/** base^b = exp(b · log(base)) */
function ofNumber(call: Call, base: number): Value {
  const b = floatArg(call, 1);
  if (!b) return poison;
  if (!(base > 0)) return report(call.frame, "E0318", call.expr.args[0]!.span, { base });
  return exponential(call, [numberValue(Math.log(base)), b]);
}

/** Powers that need no logarithm; null for the others. */
function directPower(call: Call, a: Node, exponent: number): Node | null {
  const { graph } = call.frame.session;
  if (exponent === 0.5) return graph.map("sqrt", a);
  if (exponent === -0.5) return graph.map("rsqrt", a);
  const isWhole = Number.isInteger(exponent) && Math.abs(exponent) <= mostFactors;
  return isWhole ? wholePower(graph, a, exponent) : null;
}

/** e to the product of two operands. */
function exponential(call: Call, factors: readonly [Operand, Operand]): Value {
  const product = mapTensors(call.frame, call.span, "mul", factors, ["f32"], "`pow`");
  return product.kind === "tensor"
    ? { ...product, node: call.frame.session.graph.map("exp", product.node) }
    : product;
}
