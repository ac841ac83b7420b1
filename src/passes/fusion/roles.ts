/** What fusion may do with a node: which are stored already, which cost nothing to compute again, which begin a region. */
import { CompilerBug } from "../../graph/bug.ts";
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

/** What is known of one node. */
type Known = {
  readonly place: number;
  readonly consumers: Node[];
  readonly isFree: boolean;
  readonly isLeafDerived: boolean;
  /** Maps that it takes from values in memory; Infinity where something dear is among them. */
  readonly cost: number;
  readers: readonly (Node | null)[] | null;
};

/** Facts about a graph that fusion asks for again and again. */
export class Facts {
  readonly order: readonly Node[];
  readonly #known = new Map<Node, Known>();
  readonly #demanded: ReadonlySet<Node>;

  /** Whether a parameter is bound in pieces. */
  readonly isCut: (parameter: Node) => boolean;

  constructor(graph: Graph, isCut: (parameter: Node) => boolean = () => false) {
    this.isCut = isCut;
    this.order = topological(graph);
    this.#demanded = new Set([...Object.values(graph.outputs), ...graph.states.map((s) => s.next)]);
    this.order.forEach((node, place) => {
      const inputs = node.inputs.map((input) => this.#of(input));
      this.#known.set(node, learn(node, place, inputs));
      for (const { consumers } of inputs) if (consumers.at(-1) !== node) consumers.push(node);
    });
  }

  #of(node: Node): Known {
    const known = this.#known.get(node);
    if (!known) throw new CompilerBug(`${node.op} ${node.label} is not of the graph that is fused`);
    return known;
  }

  /** Place in dependency order. */
  place(node: Node): number {
    return this.#of(node).place;
  }
  consumers(node: Node): readonly Node[] {
    return this.#of(node).consumers;
  }
  /** A graph output or the next value of a state: must be stored whoever else reads it. */
  isDemanded(node: Node): boolean {
    return this.#demanded.has(node);
  }
  /** Cheaper to compute again than to store: views, and a few plain maps of leaves. */
  isFree(node: Node): boolean {
    return this.#of(node).isFree;
  }
  /** Computed from parameters and inputs by maps and views alone. */
  isLeafDerived(node: Node): boolean {
    return this.#of(node).isLeafDerived;
  }
  /** The readers of a node that are not free themselves; null stands for the outside. */
  readers(node: Node): readonly (Node | null)[] {
    const known = this.#of(node);
    if (known.readers) return known.readers;
    const found = new Set<Node | null>(this.isDemanded(node) ? [null] : []);
    for (const c of this.consumers(node))
      if (this.isFree(c)) for (const r of this.readers(c)) found.add(r);
      else found.add(c);
    known.readers = [...found];
    return known.readers;
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
}

function learn(node: Node, place: number, inputs: readonly Known[]): Known {
  const role = roleOf(node);
  const cost = costOf(node, role, inputs);
  const isMadeOfLeaves = node.inputs.every(
    (i, at) => roleOf(i) === "leaf" || inputs[at]!.isLeafDerived,
  );
  return {
    place,
    cost,
    consumers: [],
    readers: null,
    isFree: role === "view" || (role === "map" && cost <= cheapMaps),
    isLeafDerived: role !== "anchor" && isMadeOfLeaves,
  };
}

function costOf(node: Node, role: Role, inputs: readonly Known[]): number {
  if (role === "leaf") return 0;
  if (role === "anchor" || node.op === "gather") return Infinity;
  const own = node.op === "map" ? (costly.includes(node.attrs.fn as never) ? Infinity : 1) : 0;
  return inputs.reduce((sum, input) => sum + input.cost, own);
}
