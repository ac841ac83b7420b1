/** Rebuilds graphs: node by node, or by rules to a fixed point. Knows no rule itself. */
import { CompilerBug } from "../graph/bug.ts";
import { GraphBuilder } from "../graph/build.ts";
import type { Graph, Node, NodeOf, OpName } from "../graph/graph.ts";
import { printNode } from "../graph/print.ts";
import { topological } from "../graph/walk.ts";

/** A law that turns one node into an equal one. */
export type Rule = {
  readonly name: string;
  /** The operations that it may say something about; all where it is left out. */
  readonly ops?: readonly OpName[];
  /** An equal node that is better, built in `g`; null where the law says nothing. The node's inputs are at their fixed points. */
  readonly apply: (node: Node, g: GraphBuilder) => Node | null;
};

/** The graph with every node replaced by what `mapped` gives for it; it gives nothing for nodes that no output and no state needs. */
export function replaceNodes(graph: Graph, mapped: (node: Node) => Node | undefined): Graph {
  const needed = (node: Node): Node => {
    const found = mapped(node);
    if (!found) throw new CompilerBug(`${printNode(node)} was lost`);
    return found;
  };
  const values = Object.entries(graph.values ?? {}).flatMap(([path, node]) => {
    const found = mapped(node);
    return found ? [[path, found] as const] : [];
  });
  return {
    name: graph.name,
    outputs: Object.fromEntries(
      Object.entries(graph.outputs).map(([name, node]) => [name, needed(node)]),
    ),
    states: graph.states.map(({ name, current, next }) => ({
      name,
      current: asState(needed(current)),
      next: needed(next),
    })),
    ...(graph.values ? { values: Object.fromEntries(values) } : {}),
  };
}

function asState(node: Node): NodeOf<"state"> {
  if (node.op !== "state") throw new CompilerBug(`a state became ${printNode(node)}`);
  return node;
}

/** Rebuilds in dependency order: `change` gives each node's replacement on its replaced inputs, null to keep the operation. */
export function rebuildGraph(
  graph: Graph,
  g: GraphBuilder,
  change: (node: Node, inputs: readonly Node[]) => Node | null,
): Graph {
  const mapped = new Map<Node, Node>();
  for (const node of topological(graph)) {
    const inputs = node.inputs.map((n) => mapped.get(n)!);
    const changed = change(node, inputs);
    mapped.set(node, changed ? g.label(changed, node.label) : g.rebuild(node, inputs));
  }
  return replaceNodes(graph, (node) => mapped.get(node));
}

/** More rule applications than this on the way to one node's fixed point mean that the rules go in circles. */
const patience = 1000;

/** Applies rules bottom-up until none changes anything. What a rule makes is brought to its fixed point as well. */
export function rewrite(graph: Graph, rules: readonly Rule[]): Graph {
  const g = new GraphBuilder();
  const settled = new Map<Node, Node>();
  const byOp = new Map<OpName, readonly Rule[]>();
  const rulesFor = (op: OpName): readonly Rule[] => {
    const known = byOp.get(op) ?? rules.filter((r) => r.ops?.includes(op) ?? true);
    byOp.set(op, known);
    return known;
  };

  function settle(node: Node): Node {
    const known = settled.get(node);
    if (known) return known;
    let now = node;
    for (let round = 0; ; round++) {
      const inputs = now.inputs.map(settle);
      if (inputs.some((n, i) => n !== now.inputs[i])) now = g.rebuild(now, inputs);
      const next = applyFirst(rulesFor(now.op), now, g);
      if (!next) break;
      if (round === patience)
        throw new CompilerBug(`rewriting goes in circles at ${printNode(now)}`);
      now = g.label(next, node.label);
    }
    settled.set(node, now).set(now, now);
    return now;
  }

  return rebuildGraph(graph, g, (node, inputs) => settle(g.rebuild(node, inputs)));
}

function applyFirst(rules: readonly Rule[], node: Node, g: GraphBuilder): Node | null {
  for (const rule of rules) {
    const next = rule.apply(node, g);
    if (next && next !== node) return next;
  }
  return null;
}
