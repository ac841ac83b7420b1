/** What the primitives that mix time have in common: the names of their states, and how those go on to the next call. */
import type { Node } from "../../../src/graph/graph.ts";
import type { Call } from "../calls.ts";
import { claimInstance, joinPath, report } from "../frame.ts";
import { originsOf } from "../origins.ts";
import { shapeText } from "../text.ts";
import type { Frame, TensorValue } from "../values.ts";

/** How this call's states are named; a label stands before them. */
export function statePath(call: Call): (own: string) => string {
  const { label } = call.expr;
  const { path } = call.frame;
  if (label) claimInstance(call.frame, label.text, label.span);
  else claimInstance(call.frame, call.name, call.span, `${call.name}()`);
  return (own) => joinPath(label ? joinPath(path, label.text) : path, own);
}

/** Whether a tensor is one value for each token: its shape starts with batch and time. */
export function isPerToken(call: Call, x: TensorValue, expected: string): boolean {
  if (x.dims[0] === "B" && x.dims[1] === "T") return true;
  const facts = { what: `\`${call.name}\``, expected, found: shapeText(x.dims) };
  report(call.frame, "E0302", call.span, facts, originsOf([x]));
  return false;
}

/** bool of `shape` [B, T, …]: whether the token is one of the call's real ones. */
export function isReal(frame: Frame, shape: readonly number[]): Node {
  const { graph, count } = frame.session;
  const plane = shape.slice(0, 2);
  const real = graph.map("lt", graph.iota(plane, 1), graph.broadcast(count, plane, [0]));
  return overTokens(frame, real, shape);
}

/** [B, T] as [B, T, …]. */
export const overTokens = (frame: Frame, plane: Node, shape: readonly number[]): Node =>
  shape.length === 2 ? plane : frame.session.graph.broadcast(plane, shape, [0, 1]);

/** The last N inputs after this call, where `past` [B, N, …] holds those before it: entry j is (past, x) at count + j, 0 where it is of an earlier document. */
export function nextPast(frame: Frame, x: Node, past: Node): Node {
  const { graph, count, position } = frame.session;
  const { shape } = past.type;
  const plane = shape.slice(0, 2); // [B, N]
  const entry = graph.iota(plane, 1);
  const at = graph.map("add", entry, graph.broadcast(count, plane, [0]));
  const kept = graph.gather(graph.concat([past, x], 1), at, 1);
  const last = graph.map("max", graph.map("sub", count, 1), 0);
  const place = graph.broadcast(graph.gather(position, last, 1), plane, [0]);
  const age = graph.map("sub", plane[1]! - 1, entry);
  const known = graph.map("and", graph.map("le", 0, place), graph.map("lt", place, age));
  const earlier = graph.map("and", known, graph.map("lt", 0, graph.broadcast(count, plane, [0])));
  return graph.map("select", overTokens(frame, earlier, shape), 0, kept);
}
