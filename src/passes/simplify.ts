/** Makes a graph smaller without changing what it computes: the laws, then only the rows that are asked for. */
import type { Graph } from "../graph/graph.ts";
import { arithmetic } from "./laws/arithmetic.ts";
import { movement } from "./laws/movement.ts";
import { narrow } from "./narrow.ts";
import { type Rule, rewrite } from "./rewrite.ts";

/** All laws; the first that says something about a node is used. */
export const rules: readonly Rule[] = [...arithmetic, ...movement];

/** Narrowing sees through fewer nodes once the laws have run, and leaves new work for them. */
export function simplify(graph: Graph): Graph {
  const rewritten = rewrite(graph, rules);
  const narrowed = narrow(rewritten);
  return narrowed === rewritten ? rewritten : rewrite(narrowed, rules);
}
