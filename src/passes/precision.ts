/** Chooses how parameters are stored. What is calculated stays f32: stored parameters are cast where they are read. */
import { UserError } from "../graph/bug.ts";
import { GraphBuilder } from "../graph/build.ts";
import type { Graph } from "../graph/graph.ts";
import { quantizable, quantized } from "./quantize.ts";
import { rebuildGraph } from "./rewrite.ts";

/** What parameters may be stored as. */
export const precisionNames = ["f32", "f16", "bf16", "int8", "int4"] as const;
export type PrecisionName = (typeof precisionNames)[number];
export type Precision = { readonly parameters: PrecisionName };

/**
 * With a half, parameters of two axes or more; vectors (biases, norms, decays) are few and stay f32. With whole numbers, what
 * `quantizable` gives. Throws a UserError for other names.
 */
export function setPrecision(graph: Graph, { parameters }: Precision): Graph {
  if (!precisionNames.includes(parameters))
    throw new UserError(
      `there is no precision "${parameters}"; choose one of ${precisionNames.join(", ")}`,
    );
  if (parameters === "f32") return graph;
  const g = new GraphBuilder();
  if (parameters === "int8" || parameters === "int4") {
    const weights = quantizable(graph);
    return rebuildGraph(graph, g, (node) => {
      const axes = weights.get(node);
      return node.op === "parameter" && axes
        ? quantized(g, node, axes, parameters === "int8" ? 8 : 4)
        : null;
    });
  }
  return rebuildGraph(graph, g, (node) => {
    if (node.op !== "parameter" || node.type.dtype !== "f32" || node.type.shape.length < 2)
      return null;
    return g.cast(
      g.parameter(node.attrs.name, { dtype: parameters, shape: node.type.shape }),
      "f32",
    );
  });
}
