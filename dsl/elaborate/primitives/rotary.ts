/** Rotary position embedding as slices, products and a concat. The angles' cosines and sines are the host's work. */
import type { Node } from "../../../src/graph/graph.ts";
import type { Session } from "../session.ts";

/**
 * Turns the first `dims` of each head of x [B, T, heads, d] by the token's position; pairs are (j, j + dims/2).
 * x1·cos − x2·sin, then x2·cos + x1·sin, then the rest as it is.
 */
export function rotate(session: Session, x: Node, dims: number, theta: number): Node {
  if (dims === 0) return x;
  const { graph, sizes } = session;
  const half = dims / 2;
  const size = x.type.shape[3]!;
  const type = { dtype: "f32", shape: [sizes.batch, sizes.tokens, dims] } as const;
  const table = session.input(`rotary_${dims}_${theta}`, type, { kind: "rotary", dims, theta });
  const [x1, x2] = [graph.slice(x, 3, 0, half), graph.slice(x, 3, half, half)];
  const over = (from: number) =>
    graph.broadcast(graph.slice(table, 2, from, half), x1.type.shape, [0, 1, 3]);
  const [cos, sin] = [over(0), over(half)];
  const first = graph.map("sub", graph.map("mul", x1, cos), graph.map("mul", x2, sin));
  const second = graph.map("add", graph.map("mul", x2, cos), graph.map("mul", x1, sin));
  const rest = dims === size ? [] : [graph.slice(x, 3, dims, size - dims)];
  return graph.concat([first, second, ...rest], 3);
}
