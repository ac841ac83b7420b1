/** Rotary position embedding as slices, products and a concat. The angles' cosines and sines are the host's work. */
import type { Node } from "../../../src/graph/graph.ts";
import { type Call, floatArg, numberArg, type Primitive } from "../calls.ts";
import { report } from "../frame.ts";
import { reportShape } from "../misfits.ts";
import type { Session } from "../session.ts";
import { namedTensor } from "../sizes.ts";
import { poison } from "../values.ts";
import { isPerToken } from "./states.ts";

/** The first `dims` of a head turn by position · theta^(−2j / dims); none where `dims` is 0. */
export type Rotation = { readonly dims: number; readonly theta: number };

/**
 * Turns the first `dims` of each head of x [B, T, heads, d] by the token's position; pairs are (j, j + dims/2).
 * x1·cos − x2·sin, then x2·cos + x1·sin, then the rest as it is.
 */
export function rotate(session: Session, x: Node, { dims, theta }: Rotation): Node {
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

/** What a call says of heads of `size` dimensions: which part turns (the setting `key`) and its `theta`; null after a mistake. */
export function rotationOf(
  call: Call,
  key: string,
  size: number,
  fallback: number,
): Rotation | null {
  const part = numberArg(call, key, fallback);
  const theta = numberArg(call, "theta", 10_000);
  if (part === null || theta === null) return null;
  const wrong = (name: string, value: number, allowed: string): null => {
    report(call.frame, "E0412", call.span, { name, value: String(value), allowed });
    return null;
  };
  if (!(theta > 0)) return wrong("theta", theta, "a number above 0");
  const dims = part * size;
  if (part >= 0 && part <= 1 && Number.isInteger(dims / 2)) return { dims, theta };
  return wrong(key, part, `a part of ${size} dimensions that is even, from 0 to 1`);
}

/** rotary(x, part:, theta:): heads turned by their token's position, as `attend` turns its queries and keys. */
export const rotary: Primitive = {
  places: 1,
  named: ["part", "theta"],
  build: (call) => {
    const x = floatArg(call, 0);
    if (!x || !isPerToken(call, x, "[B, T, heads, d]")) return poison;
    if (x.dims.length !== 4)
      return reportShape(call.frame, call.span, "`rotary`", ["B", "T", "heads", "d"], x);
    const rotation = rotationOf(call, "part", x.node.type.shape[3]!, 1);
    if (!rotation) return poison;
    return namedTensor(call.frame, call.span, rotate(call.frame.session, x.node, rotation), x.dims);
  },
};
