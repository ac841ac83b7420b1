/** Random graphs and random values for them, the same for the same seed. */
import { GraphBuilder } from "../../src/graph/build.ts";
import type { Given, Value, Values } from "../../src/graph/evaluate.ts";
import type { DType, Graph, Node, ScalarName, Type } from "../../src/graph/graph.ts";
import { sameShape, sizeOf } from "../../src/graph/ops/rule.ts";
import { topological } from "../../src/graph/walk.ts";

/** Draws numbers; mulberry32. */
export class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = (seed * 0x9e3779b9) >>> 0;
  }
  /** In [0, 1). */
  unit(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  }
  /** An integer from `least` to `most`. */
  integer(least: number, most: number): number {
    return least + Math.floor(this.unit() * (most - least + 1));
  }
  pick<T>(from: readonly T[]): T {
    return from[this.integer(0, from.length - 1)]!;
  }
  /** A value of a type: floats in (−2, 2), i32 in −3…6, u32 in 0…6. */
  value(type: Type): Value {
    const data = new Float64Array(sizeOf(type.shape)).map(() => this.#element(type.dtype));
    return { type, data };
  }
  #element(dtype: DType): number {
    switch (dtype) {
      case "f32":
      case "f16":
      case "bf16":
        return this.unit() * 4 - 2;
      case "i8":
        return this.integer(-127, 127);
      case "i4":
        return this.integer(-8, 7);
      case "i32":
        return this.integer(-3, 6);
      case "u32":
        return this.integer(0, 6);
      case "bool":
        return this.integer(0, 1);
    }
  }
}

/** Random values for every parameter, input and state of a graph; `fixed` values by name come first. */
export function randomGiven(graph: Graph, seed: number, fixed: Values = {}): Given {
  const random = new Random(seed);
  const given = { parameter: {}, input: {}, state: {} } as Record<
    "parameter" | "input" | "state",
    Record<string, Value>
  >;
  for (const node of topological(graph))
    if (node.op === "parameter" || node.op === "input" || node.op === "state") {
      const { name } = node.attrs;
      given[node.op][name] = fixed[name] ?? random.value(node.type);
    }
  return { parameters: given.parameter, inputs: given.input, states: given.state };
}

const unary: readonly ScalarName[] = ["neg", "abs", "tanh", "sin", "cos"];
const binary: readonly ScalarName[] = ["add", "sub", "mul", "min", "max"];
const largest = 600;

/** One more random node on `x`, which is f32; null where the draw does not fit. */
function grow(g: GraphBuilder, x: Node, pool: readonly Node[], r: Random): Node | null {
  const { shape } = x.type;
  const axis = r.integer(0, shape.length - 1);
  const equal = r.pick(pool.filter((n) => sameShape(n.type.shape, shape)));
  const makers: (() => Node | null)[] = [
    () => g.map(r.pick(unary), x),
    () => g.map(r.pick(binary), x, equal),
    () => g.map(r.pick(binary), x, r.pick([0, 1, 0.5])),
    () => g.map("select", g.map("lt", x, equal), x, r.pick([equal, 0, x])),
    () => g.map("select", g.map("lt", g.iota(shape, axis), r.integer(0, 3)), x, 0),
    () =>
      g.reshape(x, r.pick([[sizeOf(shape)], [...shape, 1], [shape[0]!, sizeOf(shape.slice(1))]])),
    () =>
      g.transpose(
        x,
        shape.map((_, i) => i).sort(() => r.unit() - 0.5),
      ),
    () =>
      g.broadcast(
        x,
        [...shape, r.integer(1, 3)],
        shape.map((_, i) => i),
      ),
    () =>
      g.broadcast(
        x,
        [r.integer(1, 2), ...shape],
        shape.map((_, i) => i + 1),
      ),
    () => {
      const start = r.integer(0, shape[axis]! - 1);
      return g.slice(x, axis, start, r.integer(1, shape[axis]! - start));
    },
    () => g.concat(r.pick([[x], [x, equal], [equal, x, x]]), axis),
    () => (shape.length > 1 ? g.reduce(r.pick(["sum", "max"]), x, axis) : null),
    () =>
      shape.length === 3 && equal.type.shape.length === 3
        ? g.contract(x, equal, "btc", "bsc", r.pick(["bts", "bst"]))
        : null,
    () =>
      shape.length > 1
        ? g.contract(
            x,
            g.transpose(
              x,
              shape.map((_, i) => shape.length - 1 - i),
            ),
            ...mirrored(shape.length),
          )
        : null,
    () =>
      shape.length === 3
        ? g.scan(
            g.map("cos", x),
            equal,
            g.slice(x, 1, 0, 1).type.shape[1] === 1
              ? g.reshape(g.slice(x, 1, 0, 1), [shape[0]!, shape[2]!])
              : x,
          )
        : null,
  ];
  return r.pick(makers)();
}

/** Labels for x · xᵀ summed over the last axis. */
function mirrored(rank: number): [string, string, string] {
  const labels = "abcdefg".slice(0, rank);
  return [labels, [...labels].reverse().join(""), labels.slice(0, -1)];
}

/** A graph of about `size` nodes over an input [B,T,C], a parameter, a state, and reads of one token a row. */
export function randomGraph(seed: number, size = 25): Graph {
  const r = new Random(seed);
  const g = new GraphBuilder();
  const [B, T, C] = [r.integer(1, 2), r.integer(1, 4), r.integer(1, 5)];
  const f32 = (...shape: number[]): Type => ({ dtype: "f32", shape });
  const state = g.state("h", f32(B, C));
  const pool: Node[] = [
    g.input("x", f32(B, T, C)),
    g.broadcast(g.parameter("w", f32(C)), [B, T, C], [2]),
    g.broadcast(state, [B, T, C], [0, 2]),
  ];
  while (pool.length < size) {
    const next = grow(g, r.pick(pool), pool, r);
    if (next && sizeOf(next.type.shape) <= largest && next.type.shape.length < 6) pool.push(next);
  }
  const last = g.input("last", { dtype: "i32", shape: [B, 1] });
  const rows = pool.filter((n) => n.type.shape[0] === B && n.type.shape.length > 1);
  const outputs = {
    y: pool[pool.length - 1]!,
    z: r.pick(pool),
    row: g.gather(rows[rows.length - 1]!, last, 1),
  };
  return { name: `random${seed}`, outputs, states: [{ name: "h", current: state, next: state }] };
}
