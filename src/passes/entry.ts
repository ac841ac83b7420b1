/** Makes a model's graph into one of its entries: at which tokens its outputs are kept, and the token drawn from the logits. */
import { CompilerBug } from "../graph/bug.ts";
import { GraphBuilder } from "../graph/build.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { rebuildGraph } from "./rewrite.ts";

export type EntryKind = "prefill" | "score" | "decode";

/**
 * prefill and decode: every output [B,T,…] becomes that of the last real token, [B,…], and `token` is drawn from f32 `logits` [B,T,V].
 * score: the outputs of all tokens. A graph whose outputs are not all [B,T,…] stays, as that of a block alone may be.
 */
export function entryGraph(graph: Graph, kind: EntryKind): Graph {
  if (kind === "score" || !isPerToken(graph)) return graph;
  const g = new GraphBuilder();
  const copy = rebuildGraph(graph, g, () => null);
  const take = kind === "decode" ? onlyToken : lastToken;
  const outputs: Record<string, Node> = {};
  for (const [name, all] of Object.entries(copy.outputs))
    outputs[name] = g.label(take(g, all), name);
  if (!drawsFrom(copy.outputs.logits)) return { ...copy, outputs };
  if (outputs.token) throw new CompilerBug("an output has the name of the token that is drawn");
  return { ...copy, outputs: { ...outputs, token: g.label(draw(g, outputs.logits!), "token") } };
}

/** Whether every output leads with the batch of the states and one number of tokens. */
function isPerToken({ outputs, states }: Graph): boolean {
  const shapes = Object.values(outputs).map((node) => node.type.shape);
  const [batch, tokens] = shapes[0] ?? [];
  return (
    shapes.every((shape) => shape.length >= 2 && shape[0] === batch && shape[1] === tokens) &&
    states.every(({ current }) => current.type.shape[0] === batch)
  );
}

/** Numbers for every token of a vocabulary. */
const drawsFrom = (logits: Node | undefined): boolean =>
  logits?.type.dtype === "f32" && logits.type.shape.length === 3;

/** [B,1,…] → [B,…] */
function onlyToken(g: GraphBuilder, all: Node): Node {
  const [B, T, ...rest] = all.type.shape as [number, number, ...number[]];
  if (T !== 1) throw new CompilerBug(`a decode graph of ${T} tokens`);
  return g.reshape(all, [B, ...rest]);
}

/** [B,T,…] → [B,…] at token count − 1; a row without tokens gets token 0's. */
function lastToken(g: GraphBuilder, all: Node): Node {
  const [B, , ...rest] = all.type.shape as [number, number, ...number[]];
  const count = g.input("count", { dtype: "i32", shape: [B] });
  const last = g.reshape(g.map("max", g.map("sub", count, 1), 0), [B, 1]);
  return g.reshape(g.gather(all, last, 1), [B, ...rest]);
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
