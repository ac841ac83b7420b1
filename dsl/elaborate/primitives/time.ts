/**
 * The primitives that mix time: scan, conv1d, shift and attend. Each declares what it carries from one call to the next, and
 * leaves that alone for tokens t ≥ count.
 */
import type { Expr } from "../../syntax.ts";
import { meet, type Operand, toNode } from "../broadcast.ts";
import { type Call, floatArg, numberArg, type Primitive, tensorArg } from "../calls.ts";
import { report } from "../frame.ts";
import { reportShape } from "../misfits.ts";
import { isSize, namedTensor } from "../sizes.ts";
import { poison, tensorText, type Value } from "../values.ts";
import { buildAttend } from "./attend.ts";
import { isPerToken, isReal, nextPast, overTokens, statePath } from "./states.ts";

/** A tensor of real numbers, or a number that stands for one everywhere. */
function realArg(call: Call, place: number): Operand | null {
  const value = call.value(place);
  return value.kind === "number" ? value : floatArg(call, place);
}

/** scan(decay, input): h_t = decay_t ⊙ h_{t−1} + input_t; carries the last h. */
function buildScan(call: Call): Value {
  const { frame } = call;
  const { session } = frame;
  const { graph } = session;
  const [decay, input] = [realArg(call, 0), realArg(call, 1)];
  if (!decay || !input) return poison;
  if (decay.kind === "number" && Math.abs(decay.value) > 1)
    report(frame, "W0507", call.expr.args[0]!.span, { decay: decay.value });
  const tensors = [decay, input].filter((operand) => operand.kind === "tensor");
  const over = tensors.length > 0 ? meet(frame, call.span, tensors, "`scan`") : floatArg(call, 1);
  if (!over || !isPerToken(call, over, "[B, T, …]")) return poison;
  const { shape } = over.node.type;
  const rest = [shape[0]!, ...shape.slice(2)];
  const real = isReal(frame, shape);
  const a = graph.map("select", real, toNode(frame, decay, over, "f32"), 1);
  const x = graph.map("select", real, toNode(frame, input, over, "f32"), 0);
  const initial = session.state(statePath(call)("scan"), { dtype: "f32", shape: rest });
  const h = graph.scan(a, x, initial);
  session.carry(initial, graph.reshape(graph.slice(h, 1, shape[1]! - 1, 1), rest));
  return namedTensor(frame, call.span, h, over.dims);
}

/** conv1d(x, w): depthwise and causal; carries the last K − 1 inputs, oldest first. */
function buildConv1d(call: Call): Value {
  const { frame } = call;
  const { session } = frame;
  const [x, w] = [floatArg(call, 0), floatArg(call, 1)];
  if (!x || !w || !isPerToken(call, x, "[B, T, C]")) return poison;
  const [xAt, wAt] = call.expr.args as [Expr, Expr];
  if (x.dims.length !== 3)
    return reportShape(frame, xAt.span, "`x` of `conv1d`", ["B", "T", "C"], x);
  if (w.dims.length !== 2 || w.dims[1] !== x.dims[2])
    return reportShape(frame, wAt.span, "`w` of `conv1d`", [w.dims[0] ?? "taps", x.dims[2]!], w);
  const [batch, , channels] = x.node.type.shape as [number, number, number];
  const taps = w.node.type.shape[0]!;
  if (taps === 1) {
    const weights = session.graph.reshape(w.node, [channels]);
    const row = session.graph.broadcast(weights, x.node.type.shape, [2]);
    return namedTensor(frame, call.span, session.graph.map("mul", x.node, row), x.dims);
  }
  const past = session.state(statePath(call)("past"), {
    dtype: "f32",
    shape: [batch, taps - 1, channels],
  });
  const y = session.graph.composite("conv1d", {}, [x.node, w.node, past, session.position]);
  session.carry(past, nextPast(frame, x.node, past));
  return namedTensor(frame, call.span, y, x.dims);
}

/** shift(x, by:): the value of `by` tokens back in the same document, 0 before; carries the last `by` inputs, oldest first. */
function buildShift(call: Call): Value {
  const { frame } = call;
  const { graph, position } = frame.session;
  const x = tensorArg(call, 0);
  const by = numberArg(call, "by", 1);
  if (!x || by === null || !isPerToken(call, x, "[B, T, …]")) return poison;
  const { dtype, shape } = x.node.type;
  if (dtype === "bool") {
    const facts = { what: "`shift`", expected: "float or int elements", found: tensorText(x) };
    return report(frame, "E0308", call.expr.args[0]!.span, facts);
  }
  if (!isSize(by)) {
    const facts = { name: "by", value: String(by), allowed: "a whole number from 1" };
    return report(frame, "E0412", call.span, facts);
  }
  const [batch, tokens] = shape as [number, number];
  const type = { dtype, shape: [batch, by, ...shape.slice(2)] };
  const past = frame.session.state(statePath(call)("shift"), type);
  const all = graph.concat([past, x.node], 1); // [B, by + T, …]
  if (namedTensor(frame, call.span, all, x.dims).kind === "poison") return poison;
  const before = graph.map("and", graph.map("le", 0, position), graph.map("lt", position, by));
  const earlier = graph.slice(all, 1, 0, tokens);
  const y = graph.map("select", overTokens(frame, before, shape), 0, earlier);
  frame.session.carry(past, nextPast(frame, x.node, past));
  return namedTensor(frame, call.span, y, x.dims);
}

export const time: Readonly<Record<string, Primitive>> = {
  scan: { places: 2, named: [], build: buildScan },
  conv1d: { places: 2, named: [], build: buildConv1d },
  shift: { places: 1, named: ["by"], build: buildShift },
  attend: { places: 3, named: ["window", "rotary", "theta", "scale", "cap"], build: buildAttend },
};
