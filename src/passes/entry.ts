/** Makes a model's graph into one of its entries: which logits are kept, and the token drawn from them. */
import { CompilerBug } from "../graph/bug.ts";
import { GraphBuilder } from "../graph/build.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { rebuildGraph } from "./rewrite.ts";

export type EntryKind = "prefill" | "score" | "decode";

/** prefill and decode: logits [B,V] of the last real token, and `token`; score: logits [B,T,V]. Graphs without logits stay. */
export function entryGraph(graph: Graph, kind: EntryKind): Graph {
  if (kind === "score" || !graph.outputs.logits) return graph;
  const g = new GraphBuilder();
  const copy = rebuildGraph(graph, g, () => null);
  const all = copy.outputs.logits!;
  const logits = g.label(kind === "decode" ? onlyToken(g, all) : lastToken(g, all), "logits");
  const token = g.label(draw(g, logits), "token");
  return { ...copy, outputs: { ...copy.outputs, logits, token } };
}

/** [B,1,V] → [B,V] */
function onlyToken(g: GraphBuilder, logits: Node): Node {
  const [B, T, V] = logits.type.shape as [number, number, number];
  if (T !== 1) throw new CompilerBug(`a decode graph of ${T} tokens`);
  return g.reshape(logits, [B, V]);
}

/** [B,T,V] → [B,V] at token count − 1; a row without tokens gets token 0's. */
function lastToken(g: GraphBuilder, logits: Node): Node {
  const [B, , V] = logits.type.shape as [number, number, number];
  const count = g.input("count", { dtype: "i32", shape: [B] });
  const last = g.reshape(g.map("max", g.map("sub", count, 1), 0), [B, 1]);
  return g.reshape(g.gather(logits, last, 1), [B, V]);
}

function draw(g: GraphBuilder, logits: Node): Node {
  const shape = [logits.type.shape[0]!];
  const real = (name: string) => g.input(name, { dtype: "f32", shape });
  const whole = (name: string) => g.input(name, { dtype: "u32", shape });
  return g.sample(
    logits,
    real("temperature"),
    real("topP"),
    whole("topK"),
    whole("seed"),
    whole("draw"),
  );
}
