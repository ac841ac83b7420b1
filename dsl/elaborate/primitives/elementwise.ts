/** Functions of elements: folded where the argument is a number, nodes where it is a tensor. */
import type { GraphBuilder } from "../../../src/graph/build.ts";
import { expm1, gelu, log1p, sigmoid, silu, softplus } from "../../../src/graph/functions.ts";
import type { Node, ScalarName } from "../../../src/graph/graph.ts";
import type { Expr, Span } from "../../syntax.ts";
import { mapTensors, type Operand } from "../broadcast.ts";
import { type Call, floatArg, type Primitive, tensorArg } from "../calls.ts";
import { report } from "../frame.ts";
import { namedTensor } from "../sizes.ts";
import { binaryNumbers, unaryNumbers } from "../static.ts";
import { expressionText } from "../text.ts";
import { type Frame, numberValue, poison, type Value } from "../values.ts";

type Build = (g: GraphBuilder, x: Node) => Node;
const scalar =
  (fn: ScalarName): Build =>
  (g, x) =>
    g.map(fn, x);

const builders = {
  exp: scalar("exp"),
  log: scalar("log"),
  sqrt: scalar("sqrt"),
  rsqrt: scalar("rsqrt"),
  tanh: scalar("tanh"),
  abs: scalar("abs"),
  floor: scalar("floor"),
  sin: scalar("sin"),
  cos: scalar("cos"),
  sigmoid,
  softplus,
  gelu,
  silu,
  expm1,
  log1p,
} satisfies Record<string, Build>;

/** A number that came out of a computation; a mistake where it is none. */
export function computed(
  frame: Frame,
  call: { readonly expr: Expr; readonly span: Span },
  value: number,
): Value {
  if (Number.isFinite(value)) return numberValue(value);
  const why = Number.isNaN(value) ? "the result is not a number" : "the result is infinite";
  return report(frame, "E0411", call.span, { text: expressionText(call.expr), why });
}

/** The number at a place if it is one, without complaint; undefined where it is something else. */
export function staticArg(call: Call, place: number): number | undefined {
  const value = call.value(place);
  return value.kind === "number" ? value.value : undefined;
}

const unary = (name: string, build: Build): Primitive => ({
  places: 1,
  named: [],
  build: (call) => {
    const number = staticArg(call, 0);
    if (number !== undefined) return computed(call.frame, call, unaryNumbers[name]!(number));
    const x = floatArg(call, 0);
    return x
      ? namedTensor(call.frame, call.span, build(call.frame.session.graph, x.node), x.dims)
      : poison;
  },
});

const binary = (name: "max" | "min"): Primitive => ({
  places: 2,
  named: [],
  build: (call) => {
    const numbers = [staticArg(call, 0), staticArg(call, 1)];
    const [a, b] = numbers;
    if (a !== undefined && b !== undefined)
      return computed(call.frame, call, binaryNumbers[name]!(a, b));
    const operands = numbers.map((n, i): Operand | null =>
      n === undefined ? tensorArg(call, i) : numberValue(n),
    );
    const [left, right] = operands;
    if (!left || !right) return poison;
    return mapTensors(call.frame, call.span, name, [left, right], ["f32", "i32"], `\`${name}\``);
  },
});

/** Rounds a number to bfloat16 while compiling. */
const roundBf16: Primitive = {
  places: 1,
  named: [],
  build: (call) => {
    const number = staticArg(call, 0);
    if (number !== undefined) return computed(call.frame, call, unaryNumbers.round_bf16!(number));
    if (tensorArg(call, 0)) {
      const text = expressionText(call.expr.args[0]!);
      return report(call.frame, "E0408", call.span, {
        text,
        needed: "the argument of `round_bf16`",
      });
    }
    return poison;
  },
};

/** An int tensor as real numbers. */
const float: Primitive = {
  places: 1,
  named: [],
  build: (call) => {
    const x = tensorArg(call, 0);
    return x
      ? namedTensor(call.frame, call.span, call.frame.session.graph.cast(x.node, "f32"), x.dims)
      : poison;
  },
};

export const elementwise: Readonly<Record<string, Primitive>> = {
  ...Object.fromEntries(
    Object.entries(builders).map(([name, build]) => [name, unary(name, build)]),
  ),
  max: binary("max"),
  min: binary("min"),
  round_bf16: roundBf16,
  float,
};
