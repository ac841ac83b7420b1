/** Follows an anchor's element forwards: which element of each output it becomes, and under which condition. */
import { CompilerBug } from "../src/graph/bug.ts";
import type { Node } from "../src/graph/graph.ts";
import { type Indices, keyOf, subtractIndex } from "./indices.ts";
import { call, literal, type Val } from "./val.ts";
import { isView, nameOf } from "./views.ts";

/** The nodes from the anchors (left out) to `output` in dependency order; null if the output follows from none of them. */
export function pathBetween(
  anchors: readonly Node[],
  output: Node,
  body: readonly Node[],
): readonly Node[] | null {
  const after = new Set(anchors.flatMap((anchor) => [...dependentsOf(anchor, body)]));
  const before = new Set<Node>([output]);
  for (const node of body.toReversed())
    if (before.has(node)) for (const n of node.inputs) before.add(n);
  if (!anchors.includes(output) && !after.has(output)) return null;
  return body.filter((n) => after.has(n) && before.has(n));
}

/** The body nodes that need `node`. */
export function dependentsOf(node: Node, body: readonly Node[]): ReadonlySet<Node> {
  const found = new Set<Node>();
  for (const n of body)
    if (n !== node && n.inputs.some((i) => i === node || found.has(i))) found.add(n);
  return found;
}

export type Placed = {
  readonly places: ReadonlyMap<Node, readonly Val[]>;
  readonly conditions: readonly Val[];
};

/** Where each node of a path holds the anchors' element `at`, and what must hold for the element to be there at all. */
export function placesAlong(
  anchors: readonly Node[],
  path: readonly Node[],
  at: readonly Val[],
  indices: Indices,
): Placed {
  const places = new Map<Node, readonly Val[]>(anchors.map((anchor) => [anchor, at]));
  const conditions: Val[] = [];
  for (const node of path) {
    const [first, ...others] = node.inputs.flatMap((n) => (places.has(n) ? [places.get(n)!] : []));
    if (!first) throw new CompilerBug(`${nameOf(node)} follows from no anchor`);
    const key = first.map(keyOf).join();
    if (others.some((place) => place.map(keyOf).join() !== key))
      throw new CompilerBug(`${nameOf(node)} needs its anchor at two places`);
    places.set(node, isView(node) ? forward(node, first, indices, conditions) : first);
  }
  return { places, conditions };
}

function forward(
  node: Node,
  at: readonly Val[],
  indices: Indices,
  conditions: Val[],
): readonly Val[] {
  const source = node.inputs[0]!.type.shape;
  switch (node.op) {
    case "reshape":
      return indices.reshape(at, source, node.type.shape);
    case "transpose":
      return node.attrs.order.map((axis) => at[axis]!);
    case "broadcast":
      if (node.type.shape.reduce((a, b) => a * b, 1) !== source.reduce((a, b) => a * b, 1)) break;
      return node.type.shape.map(
        (_, axis) => at[node.attrs.axes.indexOf(axis)] ?? literal(0, "u32"),
      );
    case "slice": {
      const { axis, start, size } = node.attrs;
      const along = at[axis]!;
      if (size === source[axis]) return at;
      conditions.push(within(along, start, size));
      return at.map((v, i) =>
        i !== axis ? v : size === 1 ? literal(0, "u32") : subtractIndex(v, start),
      );
    }
  }
  throw new CompilerBug(`${nameOf(node)} stands between an anchor and an output`);
}

/** start ≤ along < start + size, in u32. */
function within(along: Val, start: number, size: number): Val {
  if (along.expr.kind === "literal") {
    const { value } = along.expr;
    return literal(value >= start && value < start + size ? 1 : 0, "bool");
  }
  if (size === 1) return along.equals(start);
  return start === 0 ? along.below(size) : call("sub", along, start).below(size);
}
