/**
 * The primitives that mix time: scan, conv1d, attend. Each declares what it carries from one call to the next, and
 * leaves that alone for tokens t ≥ count.
 */
import type { Node } from "../../../src/graph/graph.ts";
import { meet, type Operand, toNode } from "../broadcast.ts";
import { type Call, floatArg, numberArg, type Primitive } from "../calls.ts";
import { claimInstance, joinPath, report } from "../frame.ts";
import { isSize, namedTensor } from "../sizes.ts";
import { shapeText } from "../text.ts";
import { type Frame, poison, type TensorValue, type Value } from "../values.ts";
import { rotate } from "./rotary.ts";

/** How this call's states are named; a label stands before them. */
function statePath(call: Call): (own: string) => string {
  const { label } = call.expr;
  const { path } = call.frame;
  if (label) claimInstance(call.frame, label.text, label.span);
  else claimInstance(call.frame, call.name, call.span, `${call.name}()`);
  return (own) => joinPath(label ? joinPath(path, label.text) : path, own);
}

/** A tensor, or a number that stands for one everywhere. */
function realArg(call: Call, place: number): Operand | null {
  const value = call.value(place);
  return value.kind === "number" ? value : floatArg(call, place);
}

/** Whether a tensor is one value for each token: its shape starts with batch and time. */
function isPerToken(call: Call, x: TensorValue, expected: string): boolean {
  if (x.dims[0] === "B" && x.dims[1] === "T") return true;
  report(call.frame, "E0302", call.span, {
    what: `\`${call.name}\``,
    expected,
    found: shapeText(x.dims),
  });
  return false;
}

/** bool of `shape` [B, T, …]: whether the token is one of the call's real ones. */
function isReal(frame: Frame, shape: readonly number[]): Node {
  const { graph, count } = frame.session;
  const plane = shape.slice(0, 2);
  const real = graph.map("lt", graph.iota(plane, 1), graph.broadcast(count, plane, [0]));
  return shape.length === 2 ? real : graph.broadcast(real, shape, [0, 1]);
}

/** scan(decay, input): h_t = decay_t ⊙ h_{t−1} + input_t; carries the last h. */
function buildScan(call: Call): Value {
  const { frame } = call;
  const { session } = frame;
  const { graph } = session;
  const [decay, input] = [realArg(call, 0), realArg(call, 1)];
  if (!decay || !input) return poison;
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
  if (x.dims.length !== 3 || w.dims.length !== 2 || w.dims[1] !== x.dims[2]) {
    const facts = {
      what: "`conv1d`",
      expected: "[B, T, C] and [K, C]",
      found: `${shapeText(x.dims)} and ${shapeText(w.dims)}`,
    };
    return report(frame, "E0302", call.span, facts);
  }
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

/** The last K − 1 inputs after this call: entry j is (past, x) at count + j, 0 where it is of an earlier document. */
function nextPast(frame: Frame, x: Node, past: Node): Node {
  const { graph, count, position } = frame.session;
  const shape = past.type.shape;
  const plane = shape.slice(0, 2); // [B, K−1]
  const entry = graph.iota(plane, 1);
  const at = graph.map("add", entry, graph.broadcast(count, plane, [0]));
  const kept = graph.gather(graph.concat([past, x], 1), at, 1);
  const last = graph.map("max", graph.map("sub", count, 1), 0);
  const place = graph.broadcast(graph.gather(position, last, 1), plane, [0]);
  const age = graph.map("sub", plane[1]! - 1, entry);
  const known = graph.map("and", graph.map("le", 0, place), graph.map("lt", place, age));
  const earlier = graph.map("and", known, graph.map("lt", 0, graph.broadcast(count, plane, [0])));
  return graph.map("select", graph.broadcast(earlier, shape, [0, 1]), 0, kept);
}

/** attend(q, k, v, window:, rotary:, theta:, scale:): carries a ring of keys and values. */
function buildAttend(call: Call): Value {
  const { frame } = call;
  const [q, k, v] = [floatArg(call, 0), floatArg(call, 1), floatArg(call, 2)];
  if (!q || !k || !v || !headsFit(call, q, k, v)) return poison;
  const { batch, chunk, context } = frame.session.sizes;
  const window = numberArg(call, "window", 0);
  const theta = numberArg(call, "theta", 10_000);
  const scale = numberArg(call, "scale", 1 / Math.sqrt(q.node.type.shape[3]!));
  const dims = rotaryDims(call, q.node.type.shape[3]!);
  if (window === null || theta === null || scale === null || dims === null) return poison;
  const isGlobal = call.expr.named.every(({ name }) => name.text !== "window");
  if (!isGlobal && !isSize(window)) return notASize(call, window);
  if (isGlobal) frame.session.usesContext = true;
  const { graph, seen, count, position } = frame.session;
  const slots = (isGlobal ? context : window) + chunk;
  const [queries, keys] = [
    rotate(frame.session, q.node, dims, theta),
    rotate(frame.session, k.node, dims, theta),
  ];
  const path = statePath(call);
  const ring = (name: string, values: Node): Node => {
    const shape = [batch, slots, ...values.type.shape.slice(2)];
    const now = frame.session.state(path(name), { dtype: "f32", shape });
    return frame.session.carry(now, graph.ringWrite(now, values, seen, count));
  };
  const inputs = [queries, ring("keys", keys), ring("values", v.node), seen, count, position];
  const node = graph.composite(
    "attend",
    { window: isGlobal ? context - 1 : window, scale },
    inputs,
  );
  return namedTensor(frame, call.span, node, q.dims);
}

function notASize(call: Call, window: number): Value {
  const allowed = "a whole number from 1";
  return report(call.frame, "E0412", call.span, { name: "window", value: String(window), allowed });
}

/** Whether q is [B, T, H, d] and k, v are [B, T, G, d] with H a multiple of G. */
function headsFit(call: Call, q: TensorValue, k: TensorValue, v: TensorValue): boolean {
  if (!isPerToken(call, q, "[B, T, heads, d]")) return false;
  const same = k.dims.length === v.dims.length && k.dims.every((dim, i) => dim === v.dims[i]);
  if (
    q.dims.length !== 4 ||
    k.dims.length !== 4 ||
    !same ||
    ![0, 1, 3].every((i) => q.dims[i] === k.dims[i])
  ) {
    const found = [q, k, v].map((x) => shapeText(x.dims)).join(", ");
    const expected = "[B, T, heads, d], [B, T, kv_heads, d], [B, T, kv_heads, d]";
    report(call.frame, "E0302", call.span, { what: "`attend`", expected, found });
    return false;
  }
  const [heads, shared] = [q.node.type.shape[2]!, k.node.type.shape[2]!];
  if (heads % shared === 0) return true;
  const facts = { left: q.dims[2]!, right: k.dims[2]!, leftSize: heads, rightSize: shared };
  report(call.frame, "E0406", call.span, facts);
  return false;
}

/** How many dimensions of a head turn with the position: an even number; 0 for none. */
function rotaryDims(call: Call, size: number): number | null {
  const fraction = numberArg(call, "rotary", 0);
  if (fraction === null) return null;
  const dims = fraction * size;
  if (fraction >= 0 && fraction <= 1 && Number.isInteger(dims / 2)) return dims;
  const allowed = `a part of ${size} dimensions that is even, from 0 to 1`;
  report(call.frame, "E0412", call.span, { name: "rotary", value: String(fraction), allowed });
  return null;
}

export const time: Readonly<Record<string, Primitive>> = {
  scan: { places: 2, named: [], build: buildScan },
  conv1d: { places: 2, named: [], build: buildConv1d },
  attend: { places: 3, named: ["window", "rotary", "theta", "scale"], build: buildAttend },
};
