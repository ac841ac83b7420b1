/**
 * Where loads of a lane are dear and cores have caches that fetch ahead, weights of products lie in strips of columns: what a
 * subgroup reads, term after term, is then one run of memory. On GPUs, whose lanes read whole rows together, nothing is moved.
 */
import { GraphBuilder } from "../graph/build.ts";
import type { Graph, Node, NodeOf } from "../graph/graph.ts";
import { consumersOf } from "../graph/walk.ts";
import { rebuildGraph } from "./rewrite.ts";

/** Columns of a strip: four of each of eight lanes. */
export const stripColumns = 32;

/**
 * The same graph with its weights in strips: those whose last axis every product that reads them takes as columns, and their
 * last but one as terms. Their meaning and shapes stay; only where their numbers lie in memory changes. `stays` says which
 * parameters stay as they are.
 */
export function inStrips(graph: Graph, stays: (parameter: Node) => boolean): Graph {
  const consumers = consumersOf(graph);
  const moved = new Set([...consumers.keys()].filter((n) => suits(n, consumers) && !stays(n)));
  if (moved.size === 0) return graph;
  const g = new GraphBuilder();
  return rebuildGraph(graph, g, (node) =>
    node.op === "parameter" && moved.has(node)
      ? g.node("parameter", { ...node.attrs, strip: stripColumns }, [], node.attrs.name)
      : null,
  );
}

function suits(node: Node, consumers: ReadonlyMap<Node, readonly Node[]>): boolean {
  if (node.op !== "parameter" || node.attrs.quantized) return false;
  const [columns = 0, terms = 0] = node.type.shape.toReversed();
  if (terms < 2 || columns <= stripColumns || columns % stripColumns !== 0) return false;
  return readAsColumns(node, consumers);
}

const readAsColumns = (node: Node, consumers: ReadonlyMap<Node, readonly Node[]>): boolean =>
  (consumers.get(node) ?? []).every((user) =>
    user.op === "cast"
      ? readAsColumns(user, consumers)
      : user.op === "contract" && hasColumnsLast(user, node),
  );

function hasColumnsLast(product: NodeOf<"contract">, weight: Node): boolean {
  const { left, right, out } = product.attrs;
  const [first, second] = product.inputs;
  if (first === second) return false;
  const [own, other] = first === weight ? [left, right] : [right, left];
  const column = own.at(-1)!;
  const term = own.at(-2);
  return (
    out.includes(column) && !other.includes(column) && term !== undefined && !out.includes(term)
  );
}
