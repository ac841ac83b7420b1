/** Replaces composite operations by their definitions, save those that some recipe computes as a whole. */
import { GraphBuilder } from "../graph/build.ts";
import { defineComposite } from "../graph/composites.ts";
import type { Graph, NodeOf } from "../graph/graph.ts";
import { topological } from "../graph/walk.ts";
import { rebuildGraph } from "./rewrite.ts";

/** `claims` says whether a recipe computes a composite as a whole. The same graph where all are. */
export function expand(graph: Graph, claims: (node: NodeOf<"composite">) => boolean): Graph {
  if (topological(graph).every((node) => node.op !== "composite" || claims(node))) return graph;
  const g = new GraphBuilder();
  return rebuildGraph(graph, g, (node, inputs) =>
    node.op === "composite" && !claims(node) ? defineComposite(g, node.attrs, inputs) : null,
  );
}
