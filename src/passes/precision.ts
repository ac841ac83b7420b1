/** Chooses how parameters are stored. What is calculated stays f32: stored parameters are cast where they are read. */
import { GraphBuilder } from "../graph/build.ts";
import type { Graph } from "../graph/graph.ts";
import { rebuildGraph } from "./rewrite.ts";

export type Precision = { readonly parameters: "f32" | "f16" };

/** With f16, parameters of two axes or more; vectors (biases, norms, decays) are few and stay f32. */
export function setPrecision(graph: Graph, { parameters }: Precision): Graph {
  if (parameters === "f32") return graph;
  const g = new GraphBuilder();
  return rebuildGraph(graph, g, (node) => {
    if (node.op !== "parameter" || node.type.dtype !== "f32" || node.type.shape.length < 2)
      return null;
    return g.cast(
      g.parameter(node.attrs.name, { dtype: parameters, shape: node.type.shape }),
      "f32",
    );
  });
}
