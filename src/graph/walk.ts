/** Orders in which a graph can be gone through. */
import type { Graph, Node } from "./graph.ts";

/** Everything that a graph must compute or read: outputs, then states. */
export const rootsOf = (graph: Graph): Node[] => [
  ...Object.values(graph.outputs),
  ...graph.states.flatMap((s) => [s.current, s.next]),
];

/** Every node that the roots need, once, inputs before users; the order depends on the graph's structure only. */
export function topological(of: Graph | readonly Node[]): Node[] {
  const roots = "outputs" in of ? rootsOf(of) : of;
  const done = new Set<Node>();
  const order: Node[] = [];
  // The path from a root to the node at hand, and which input of each comes next.
  const path: Node[] = [];
  const next: number[] = [];
  const enter = (node: Node): void => {
    if (done.has(node)) return;
    done.add(node);
    path.push(node);
    next.push(0);
  };
  for (const root of roots) {
    enter(root);
    while (path.length > 0) {
      const top = path.length - 1;
      const input = path[top]!.inputs[next[top]!++];
      if (input) enter(input);
      else {
        order.push(path.pop()!);
        next.pop();
      }
    }
  }
  return order;
}

/** Who reads each node, once each; outputs and states are not counted. */
export function consumersOf(of: Graph | readonly Node[]): ReadonlyMap<Node, readonly Node[]> {
  const nodes = topological(of);
  const consumers = new Map<Node, Node[]>(nodes.map((node) => [node, []]));
  for (const node of nodes)
    for (const input of new Set(node.inputs)) consumers.get(input)!.push(node);
  return consumers;
}
