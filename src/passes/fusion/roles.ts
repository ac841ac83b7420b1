/** What fusion may do with a node: which are stored already, which cost nothing to compute again, which begin a region. */
import type { Graph, Node, OpName } from "../../graph/graph.ts";
import { topological } from "../../graph/walk.ts";

/** leaf: in memory from the start. view: index arithmetic. map: computed by element. anchor: needs a recipe of its own. */
export type Role = "leaf" | "view" | "map" | "anchor";

const roles = {
  parameter: "leaf",
  input: "leaf",
  state: "leaf",
  constant: "view",
  iota: "view",
  cast: "view",
  reshape: "view",
  transpose: "view",
  broadcast: "view",
  slice: "view",
  concat: "view",
  map: "map",
  gather: "map",
  contract: "anchor",
  reduce: "anchor",
  scan: "anchor",
  ringWrite: "anchor",
  sample: "anchor",
  composite: "anchor",
} as const satisfies Record<OpName, Role>;

/** A quantised parameter's numbers are computed wherever they are read. */
export const roleOf = (node: Node): Role =>
  node.op === "composite" && node.attrs.name === "dequantize" ? "view" : roles[node.op];

/** A reduction along the last axis. */
export const isRow = (node: Node): boolean =>
  node.op === "reduce" && node.attrs.axis === (node.inputs[0]?.type.shape.length ?? 0) - 1;

const costly = ["exp", "log", "sqrt", "rsqrt", "tanh", "sin", "cos"] as const;
/** Most maps that a leaf-derived value may take and still be computed again wherever it is read. */
const cheapMaps = 6;

/** Facts about a graph that fusion asks for again and again. */
export class Facts {
  readonly order: readonly Node[];
  readonly #place = new Map<Node, number>();
  readonly #consumers = new Map<Node, Node[]>();
  readonly #free = new Map<Node, number>();
  readonly #readers = new Map<Node, readonly (Node | null)[]>();
  readonly #leafDerived = new Set<Node>();
  readonly #demanded: ReadonlySet<Node>;

  /** Whether a parameter is bound in pieces. */
  readonly isCut: (parameter: Node) => boolean;

  constructor(graph: Graph, isCut: (parameter: Node) => boolean = () => false) {
    this.isCut = isCut;
    this.order = topological(graph);
    this.#demanded = new Set([...Object.values(graph.outputs), ...graph.states.map((s) => s.next)]);
    this.order.forEach((node, i) => {
      this.#place.set(node, i);
      this.#free.set(node, this.#cost(node));
      if (
        roleOf(node) !== "anchor" &&
        node.inputs.every((i) => roleOf(i) === "leaf" || this.#leafDerived.has(i))
      )
        this.#leafDerived.add(node);
      for (const input of new Set(node.inputs)) {
        const known = this.#consumers.get(input);
        if (known) known.push(node);
        else this.#consumers.set(input, [node]);
      }
    });
  }

  /** Place in dependency order. */
  place(node: Node): number {
    return this.#place.get(node) ?? -1;
  }
  consumers(node: Node): readonly Node[] {
    return this.#consumers.get(node) ?? [];
  }
  /** A graph output or the next value of a state: must be stored whoever else reads it. */
  isDemanded(node: Node): boolean {
    return this.#demanded.has(node);
  }
  /** Cheaper to compute again than to store: views, and a few plain maps of leaves. */
  isFree(node: Node): boolean {
    const role = roleOf(node);
    return role === "view" || (role === "map" && (this.#free.get(node) ?? Infinity) <= cheapMaps);
  }
  /** Computed from parameters and inputs by maps and views alone. */
  isLeafDerived(node: Node): boolean {
    return this.#leafDerived.has(node);
  }
  /** The readers of a node that are not free themselves; null stands for the outside. */
  readers(node: Node): readonly (Node | null)[] {
    const known = this.#readers.get(node);
    if (known) return known;
    const found = new Set<Node | null>(this.isDemanded(node) ? [null] : []);
    for (const c of this.consumers(node))
      if (this.isFree(c)) for (const r of this.readers(c)) found.add(r);
      else found.add(c);
    const readers = [...found];
    this.#readers.set(node, readers);
    return readers;
  }
  /** Whether `node` depends on `source` by a path that avoids `within`. */
  dependsOutside(node: Node, source: Node, within: ReadonlySet<Node>): boolean {
    const floor = this.place(source);
    const seen = new Set<Node>();
    const visit = (n: Node): boolean => {
      if (n === source) return true;
      if (seen.has(n) || this.place(n) < floor) return false;
      seen.add(n);
      return n.inputs.some(visit);
    };
    return !within.has(node) && visit(node);
  }

  #cost(node: Node): number {
    const role = roleOf(node);
    if (role === "leaf") return 0;
    if (role === "anchor" || node.op === "gather") return Infinity;
    const own = node.op === "map" ? (costly.includes(node.attrs.fn as never) ? Infinity : 1) : 0;
    return node.inputs.reduce((sum, i) => sum + (this.#free.get(i) ?? Infinity), own);
  }
}
