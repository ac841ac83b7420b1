/**
 * Computes only the rows that are asked for. Where [B,T,…] tensors are read at one token a row and nowhere else
 * (`gather(x, indices [B,1])`), they are computed as [B,1,…]: behind the last mixing of tokens, only the last token is left.
 */
import { GraphBuilder } from "../graph/build.ts";
import type { Graph, Node, NodeOf } from "../graph/graph.ts";
import { consumersOf, rootsOf, topological } from "../graph/walk.ts";
import { replaceNodes } from "./rewrite.ts";

/** How an operation is done on rows: which inputs are read at the same rows, and the operation on those. */
type Law = {
  readonly byRow: (input: number) => boolean;
  readonly build: (g: GraphBuilder, inputs: readonly Node[]) => Node;
};

/** [B,T,…] → [B,1,…] */
const oneRow = (shape: readonly number[]): number[] => [shape[0]!, 1, ...shape.slice(2)];

const leads = (whole: readonly number[], start: readonly number[]) =>
  start.every((n, i) => whole[i] === n);

/** The law of a node [B,T,…] whose elements at a token depend on its inputs at that token only; null where there is none. */
function lawOf(node: Node): Law | null {
  const { dtype, shape } = node.type;
  const same: Law = { byRow: () => true, build: (g, inputs) => g.rebuild(node, inputs) };
  const alone = (build: Law["build"]): Law => ({ byRow: () => false, build });
  switch (node.op) {
    case "map":
    case "cast":
      return same;
    case "constant":
      return alone((g) => g.constant(node.attrs.value, dtype, oneRow(shape)));
    case "iota":
      return node.attrs.axis === 1 ? null : alone((g) => g.iota(oneRow(shape), node.attrs.axis));
    case "reshape":
      if (!leads(node.inputs[0]!.type.shape, shape.slice(0, 2))) return null;
      return { byRow: same.byRow, build: (g, [x]) => g.reshape(x!, oneRow(shape)) };
    case "transpose":
      return leads(node.attrs.order, [0, 1]) ? same : null;
    case "broadcast":
      return broadcastLaw(node);
    case "slice":
    case "concat":
    case "reduce":
      return node.attrs.axis < 2 ? null : same;
    case "contract":
      return contractLaw(node);
    case "gather":
      if (node.attrs.batch !== 0 || node.inputs[1]!.type.shape.length < 2) return null;
      return { byRow: (i) => i === 1, build: (g, [table, indices]) => g.gather(table!, indices!) };
    case "parameter":
    case "input":
    case "state":
    case "scan":
    case "ringWrite":
    case "sample":
    case "composite":
      return null;
  }
}

/** The input has both leading axes, or does not know of tokens. */
function broadcastLaw(node: NodeOf<"broadcast">): Law | null {
  const { axes, shape } = node.attrs;
  const build: Law["build"] = (g, [x]) => g.broadcast(x!, oneRow(shape), axes);
  if (!axes.includes(1)) return { byRow: () => false, build };
  return leads(axes, [0, 1]) ? { byRow: () => true, build } : null;
}

/** Operands lead with the result's first two labels, or one of them lacks the second. */
function contractLaw(node: NodeOf<"contract">): Law | null {
  const { left, right, out } = node.attrs;
  const [row, token] = [out.slice(0, 2), out[1]!];
  const build: Law["build"] = (g, inputs) => g.rebuild(node, inputs);
  if (left.startsWith(row) && right.startsWith(row)) return { byRow: () => true, build };
  if (left.startsWith(row) && !right.includes(token)) return { byRow: (i) => i === 0, build };
  if (right.startsWith(row) && !left.includes(token)) return { byRow: (i) => i === 1, build };
  return null;
}

/** The indices at which a gather reads its table's tokens, one a row. */
function tokenRead(node: Node): Node | null {
  if (node.op !== "gather" || node.attrs.batch !== 1) return null;
  const indices = node.inputs[1]!;
  return indices.type.shape.length === 2 && indices.type.shape[1] === 1 ? indices : null;
}

/** Nodes that are read at the tokens of one `indices` node only, with these indices. */
function narrowNodes(graph: Graph, order: readonly Node[]): ReadonlyMap<Node, Node> {
  const consumers = consumersOf(order);
  const roots = new Set(rootsOf(graph));
  const narrow = new Map<Node, Node>();
  const readBy = (user: Node, node: Node): Node | null => {
    const read = tokenRead(user);
    if (read) return read !== node && user.inputs[0] === node ? read : null;
    const indices = narrow.get(user);
    const law = indices && lawOf(user);
    return law && user.inputs.every((x, i) => x !== node || law.byRow(i)) ? indices : null;
  };
  for (const node of [...order].reverse()) {
    const users = consumers.get(node)!;
    const indices = users[0] && readBy(users[0], node);
    if (!indices || roots.has(node) || !lawOf(node)) continue;
    if (users.every((user) => readBy(user, node) === indices)) narrow.set(node, indices);
  }
  return narrow;
}

/** Moves token reads in front of whatever is needed at those tokens only. */
export function narrow(graph: Graph): Graph {
  const reads = topological(graph)
    .map(tokenRead)
    .filter((n) => n !== null);
  if (reads.length === 0) return graph;
  const order = topological([...reads, ...rootsOf(graph)]);
  const narrowed = narrowNodes(graph, order);
  const g = new GraphBuilder();
  const mapped = new Map<Node, Node>();
  const at = (node: Node, indices: Node) =>
    narrowed.has(node) ? mapped.get(node)! : g.gather(mapped.get(node)!, mapped.get(indices)!, 1);
  for (const node of order) {
    const read = tokenRead(node);
    const indices = narrowed.get(node);
    const law = indices && lawOf(node);
    if (read) mapped.set(node, g.label(at(node.inputs[0]!, read), node.label));
    else if (law) {
      const inputs = node.inputs.map((x, i) => (law.byRow(i) ? at(x, indices) : mapped.get(x)!));
      mapped.set(node, g.label(law.build(g, inputs), node.label));
    } else
      mapped.set(
        node,
        g.rebuild(
          node,
          node.inputs.map((x) => mapped.get(x)!),
        ),
      );
  }
  return replaceNodes(graph, (node) => mapped.get(node));
}
