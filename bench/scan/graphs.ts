/** The recurrence of RG-LRU between its gate products, as graphs. Knows no kernel. */
import { GraphBuilder } from "../../src/graph/build.ts";
import { expm1, softplus } from "../../src/graph/functions.ts";
import type { Graph, Node } from "../../src/graph/graph.ts";
import type { Point } from "./sizes.ts";

const f32 = (...shape: readonly number[]) => ({ dtype: "f32" as const, shape });

/** a = exp(l), v = √(1 − a²) · x with l = −8 softplus(rate) · r; r and x are [B, T, D]. */
function gates(g: GraphBuilder, { batch, time, channels }: Point) {
  const shape = [batch, time, channels];
  const r = g.parameter("r", f32(...shape));
  const x = g.parameter("x", f32(...shape));
  const rate = softplus(g, g.parameter("rate", f32(channels)));
  const slope = g.broadcast(g.map("mul", rate, -8), shape, [2]);
  const l = g.map("mul", slope, r);
  const a = g.map("exp", l);
  const m = g.map("sqrt", g.map("neg", expm1(g, g.map("mul", l, 2))));
  return { a, m, v: g.map("mul", m, x) };
}

function scanned(g: GraphBuilder, a: Node, v: Node, { batch, time, channels }: Point): Graph {
  const h0 = g.state("h", f32(batch, channels));
  const h = g.scan(a, v, h0);
  const last = g.reshape(g.slice(h, 1, time - 1, 1), [batch, channels]);
  return { name: "scan", outputs: { h }, states: [{ name: "h", current: h0, next: last }] };
}

/** The whole recurrence, and the nodes that a program without fusion would store. */
export function gatedScan(point: Point): {
  readonly graph: Graph;
  readonly stored: readonly Node[];
} {
  const g = new GraphBuilder();
  const { a, m, v } = gates(g, point);
  return { graph: scanned(g, a, v, point), stored: [a, m, v] };
}

/** Decay and input of every step, which an associative scan starts from. */
export function gatesAlone(point: Point): Graph {
  const { a, v } = gates(new GraphBuilder(), point);
  return { name: "gates", outputs: { a, h: v }, states: [] };
}

/** h = r · h + x: as many tensors come and go as with gates. */
export function plainScan(point: Point): Graph {
  const g = new GraphBuilder();
  const { batch, time, channels } = point;
  const type = f32(batch, time, channels);
  return scanned(g, g.parameter("r", type), g.parameter("x", type), point);
}
