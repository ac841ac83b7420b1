/** Checks that a graph is sound: types, names, states. Repairs nothing; the first fault throws with the node printed. */
import { CompilerBug } from "./bug.ts";
import type { Graph, Node } from "./graph.ts";
import { printType, sameType } from "./ops/rule.ts";
import { inferType } from "./ops.ts";
import { printNode } from "./print.ts";
import { topological } from "./walk.ts";

/** Returns the graph itself where nothing is wrong. */
export function verify(graph: Graph): Graph {
  const nodes = topological(graph);
  for (const node of nodes) verifyType(node);
  verifyNames(nodes);
  verifyStates(graph, nodes);
  verifyRings(graph, nodes);
  return graph;
}

function fail(node: Node, why: string): never {
  throw new CompilerBug(`${printNode(node)}: ${why}`);
}

function verifyType(node: Node): void {
  const type = inferType(node.op, node.attrs, node.inputs);
  if (!sameType(type, node.type)) fail(node, `its type should be ${printType(type)}`);
}

/** One parameter, input or state a name. */
function verifyNames(nodes: readonly Node[]): void {
  const seen = new Set<string>();
  for (const node of nodes) {
    if (node.op !== "parameter" && node.op !== "input" && node.op !== "state") continue;
    const key = `${node.op} ${node.attrs.name}`;
    if (seen.has(key)) fail(node, `another ${key} differs from it`);
    seen.add(key);
  }
}

function verifyStates(graph: Graph, nodes: readonly Node[]): void {
  for (const { name, current, next } of graph.states) {
    if (current.attrs.name !== name) fail(current, `it is listed as ${name}`);
    if (!sameType(current.type, next.type))
      fail(next, `it replaces a state of type ${printType(current.type)}`);
  }
  const updated = new Set<Node>(graph.states.map((s) => s.current));
  if (updated.size !== graph.states.length)
    throw new CompilerBug(`graph ${graph.name} updates a state twice`);
  for (const node of nodes)
    if (node.op === "state" && !updated.has(node)) fail(node, "nothing replaces this state");
}

/** A ring is written in place: it is a state, and what is written is its next value. */
function verifyRings(graph: Graph, nodes: readonly Node[]): void {
  for (const node of nodes)
    if (
      node.op === "ringWrite" &&
      !graph.states.some((s) => s.current === node.inputs[0] && s.next === node)
    )
      fail(node, "it writes no state's ring, or is not that state's next value");
}
