/** The composite operations: each is its definition in other nodes. Recipes may compute them otherwise, never something else. */
import type { GraphBuilder } from "./build.ts";
import { softCap, softmax } from "./functions.ts";
import type { CompositeName, Composites, Node, Type } from "./graph.ts";
import { demand, printType, sameShape } from "./ops/rule.ts";
import { scalesShape } from "./quantize.ts";

export type CompositeRule<K extends CompositeName> = {
  /** The result's type; throws Inconsistent. */
  readonly type: (inputs: readonly Type[], attrs: Composites[K]) => Type;
  readonly define: (g: GraphBuilder, inputs: readonly Node[], attrs: Composites[K]) => Node;
};

/** What masked logits become: finite, so that a row that sees nothing still has finite weights. */
const unseen = -1e30;

function expect(
  t: Type | undefined,
  dtype: Type["dtype"],
  shape: readonly number[],
  what: string,
): void {
  demand(
    t !== undefined && t.dtype === dtype && sameShape(t.shape, shape),
    `${what} is ${t ? printType(t) : "missing"}, not ${printType({ dtype, shape })}`,
  );
}

const conv1d: CompositeRule<"conv1d"> = {
  type: ([x, w, past, position]) => {
    demand(x?.shape.length === 3 && w?.shape.length === 2, "x is [B,T,C] and w is [K,C]");
    const [B, T, C] = x.shape as [number, number, number];
    expect(x, "f32", [B, T, C], "x");
    expect(w, "f32", [w.shape[0]!, C], "w");
    expect(past, "f32", [B, w.shape[0]! - 1, C], "past");
    expect(position, "i32", [B, T], "position");
    return x;
  },
  define: (g, inputs) => {
    const [x, w, past, position] = inputs as [Node, Node, Node, Node];
    const [B, T, C] = x.type.shape as [number, number, number];
    const taps = w.type.shape[0]!;
    const all = taps === 1 ? x : g.concat([past, x], 1); // [B, K−1+T, C]
    const place = g.broadcast(position, [B, T, C], [0, 1]);
    let sum: Node | null = null;
    for (let back = taps - 1; back >= 0; back--) {
      const token = g.slice(all, 1, taps - 1 - back, T);
      const weight = g.reshape(g.slice(w, 0, taps - 1 - back, 1), [C]);
      const term = g.map("mul", token, g.broadcast(weight, [B, T, C], [2]));
      const before = g.map("and", g.map("le", 0, place), g.map("lt", place, back));
      const kept = back === 0 ? term : g.map("select", before, 0, term);
      sum = sum ? g.map("add", sum, kept) : kept;
    }
    return sum!;
  },
};

/** bool [B,T,R]: whether query t sees what slot r holds. */
function visible(
  g: GraphBuilder,
  seen: Node,
  count: Node,
  position: Node,
  slots: number,
  window: number,
): Node {
  const [B, T] = position.type.shape as [number, number];
  const shape = [B, T, slots];
  const row = (n: Node) => g.broadcast(n, shape, [0]);
  const last = g.map("sub", g.map("add", row(seen), row(count)), 1);
  const behind = g.map("mod", g.map("add", g.map("sub", last, g.iota(shape, 2)), slots), slots);
  const key = g.map("sub", last, behind);
  const query = g.map("add", row(seen), g.iota(shape, 1));
  const place = g.map("max", g.broadcast(position, shape, [0, 1]), 0);
  const oldest = g.map("max", g.map("sub", query, g.map("min", place, window)), 0);
  return g.map("and", g.map("le", oldest, key), g.map("le", key, query));
}

const attend: CompositeRule<"attend"> = {
  type: ([q, keys, values, seen, count, position], { cap }) => {
    demand(
      q?.shape.length === 4 && keys?.shape.length === 4,
      "q is [B,T,H,D] and keys are [B,R,G,D]",
    );
    const [B, T, H, D] = q.shape as [number, number, number, number];
    const [, R, G] = keys.shape as [number, number, number, number];
    demand(H % G === 0, `${H} heads do not share ${G} keys evenly`);
    demand(cap >= 0 && Number.isFinite(cap), `logits cannot be capped at ${cap}`);
    expect(q, "f32", q.shape, "q");
    expect(keys, "f32", [B, R, G, D], "keys");
    expect(values, "f32", [B, R, G, D], "values");
    expect(seen, "i32", [B], "seen");
    expect(count, "i32", [B], "count");
    expect(position, "i32", [B, T], "position");
    return q;
  },
  define: (g, inputs, { window, scale, cap }) => {
    const [q, keys, values, seen, count, position] = inputs as [Node, Node, Node, Node, Node, Node];
    const [B, T, H, D] = q.type.shape as [number, number, number, number];
    const [, R, G] = keys.type.shape as [number, number, number, number];
    const shape = [B, T, G, H / G, R];
    const grouped = g.reshape(q, [B, T, G, H / G, D]);
    const products = g.map("mul", g.contract(grouped, keys, "btghd", "brgd", "btghr"), scale);
    const logits = cap === 0 ? products : softCap(g, products, cap);
    const seenHere = g.broadcast(visible(g, seen, count, position, R, window), shape, [0, 1, 4]);
    const weights = softmax(g, g.map("select", seenHere, logits, unseen), 4);
    return g.reshape(g.contract(weights, values, "btghr", "brgd", "btghd"), [B, T, H, D]);
  },
};

const dequantize: CompositeRule<"dequantize"> = {
  type: ([values, scales], { axis, group, bits }) => {
    demand(values !== undefined && axis < values.shape.length, `values have no axis ${axis}`);
    expect(values, bits === 8 ? "i8" : "i4", values.shape, "values");
    expect(scales, "f32", scalesShape(values.shape, { axis, group }), "scales");
    return { dtype: "f32", shape: values.shape };
  },
  define: (g, inputs, { axis, group }) => {
    const [values, scales] = inputs as [Node, Node];
    const { shape } = values.type;
    const groups = scales.type.shape[axis]!;
    const apart = scales.type.shape.toSpliced(axis + 1, 0, group);
    const axes = scales.type.shape.map((_, i) => (i <= axis ? i : i + 1));
    const repeated = g.reshape(g.broadcast(scales, apart, axes), shape.with(axis, groups * group));
    return g.map("mul", g.cast(values, "f32"), g.slice(repeated, axis, 0, shape[axis]!));
  },
};

export const composites: { readonly [K in CompositeName]: CompositeRule<K> } = {
  conv1d,
  attend,
  dequantize,
};

/** The definition of a composite node, built in `g` on `inputs`. */
export function defineComposite<K extends CompositeName>(
  g: GraphBuilder,
  attrs: { readonly name: K } & Composites[K],
  inputs: readonly Node[],
): Node {
  return composites[attrs.name].define(g, inputs, attrs);
}
