/** What the model's text calls the nodes of a finished graph: their paths, or the nearest named value that they lead to. */
import type { Graph, Node } from "./graph.ts";
import { consumersOf } from "./walk.ts";

/** `exact`: the node has that path; else it is on the way to that value. */
export type ValueName = { readonly path: string; readonly exact: boolean };

export class ValueNames {
  readonly #paths = new Map<Node, string[]>();
  readonly #consumers: ReadonlyMap<Node, readonly Node[]>;

  constructor(graph: Graph) {
    this.#consumers = consumersOf(graph);
    const add = (path: string, node: Node) => {
      const known = this.#paths.get(node);
      if (!known) this.#paths.set(node, [path]);
      else if (!known.includes(path)) known.push(path);
    };
    for (const node of this.#consumers.keys())
      if (node.op === "parameter" || node.op === "input" || node.op === "state")
        add(node.attrs.name, node);
    for (const [path, node] of Object.entries(graph.values ?? {}))
      if (this.#consumers.has(node)) add(path, node);
    for (const [path, node] of Object.entries(graph.outputs)) add(path, node);
    for (const { name, next } of graph.states) if (!this.#paths.has(next)) add(name, next);
  }

  /** All paths of a node, in the order of the text; none where the text has no name for it. */
  of(node: Node): readonly string[] {
    return this.#paths.get(node) ?? [];
  }

  /** Of several paths the one that shares most with `near`: layers that compute the same value share its node. */
  best(node: Node, near = ""): string | null {
    const paths = this.of(node);
    if (paths.length < 2) return paths[0] ?? null;
    const other = near.split(".");
    const shared = paths.map((path) => {
      const own = path.split(".");
      const differs = own.findIndex((part, i) => part !== other[i]);
      return differs < 0 ? own.length : differs;
    });
    return paths[shared.indexOf(Math.max(...shared))] ?? null;
  }

  /** The node's path, or that of the nearest value that is made of it; null where nothing named is. */
  nearest(node: Node, near = ""): ValueName | null {
    const seen = new Set([node]);
    for (const at of seen) {
      const path = this.best(at, near);
      if (path !== null) return { path, exact: at === node };
      for (const user of this.#consumers.get(at) ?? []) seen.add(user);
    }
    return null;
  }
}
