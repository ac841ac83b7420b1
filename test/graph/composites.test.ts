import assert from "node:assert/strict";
import { GraphBuilder } from "../../src/graph/build.ts";
import { evaluate, type Value, type Values, valueFrom, zeros } from "../../src/graph/evaluate.ts";
import type { Graph, Type } from "../../src/graph/graph.ts";
import { verify } from "../../src/graph/verify.ts";
import { Random } from "./random.ts";

const f32 = (...shape: number[]): Type => ({ dtype: "f32", shape });
const i32 = (...shape: number[]): Type => ({ dtype: "i32", shape });

/** Rows of a stream with documents: positions restart now and then. */
function positionsOf(r: Random, rows: number, length: number): number[][] {
  return Array.from({ length: rows }, () => {
    let p = -1;
    return Array.from({ length }, () => (p = p >= 0 && r.unit() < 0.2 ? 0 : p + 1));
  });
}

type Call = { readonly from: readonly number[]; readonly count: readonly number[] };

/** Cuts each row's stream into calls of at most T tokens, some of none. */
function callsOf(r: Random, rows: number, T: number, calls: number): Call[] {
  const from = new Array<number>(rows).fill(0);
  return Array.from({ length: calls }, () => {
    const count = from.map(() => r.integer(0, T));
    const call = { from: [...from], count };
    count.forEach((n, b) => {
      from[b]! += n;
    });
    return call;
  });
}

/** The tokens of a call from rows of `width` numbers a token; what follows a row's count is junk. */
function chunk(
  stream: readonly (readonly number[])[],
  width: number,
  T: number,
  { from, count }: Call,
  type: Type,
): Value {
  const data = stream.flatMap((row, b) =>
    Array.from({ length: T * width }, (_, i) =>
      i < count[b]! * width ? row[from[b]! * width + i]! : type.dtype === "i32" ? 0 : 99,
    ),
  );
  return valueFrom(type, data);
}

const assertNear = (actual: number, exact: number, what: string) =>
  assert.ok(Math.abs(actual - exact) < 1e-9, `${what}: ${actual} is not ${exact}`);

describe("composites", () => {
  it("attend over a ring, call by call, sees what attention over the whole stream sees", () => {
    for (const [seed, B, T, window, H, G, cap] of [
      [1, 1, 1, 3, 2, 1, 0],
      [2, 2, 3, 2, 4, 2, 0],
      [3, 3, 4, 5, 1, 1, 0],
      [4, 2, 3, 4, 2, 1, 0.6],
    ] as const) {
      const [D, calls, R] = [3, 9, window + T];
      const r = new Random(seed);
      const graph = attention({ B, T, H, G, D, R, window, cap });
      const streams = {
        q: draw(r, B, calls * T * H * D),
        k: draw(r, B, calls * T * G * D),
        v: draw(r, B, calls * T * G * D),
      };
      const positions = positionsOf(r, B, calls * T);
      let states: Values = {
        keys: zeros(f32(B, R, G, D)),
        values: zeros(f32(B, R, G, D)),
        seen: zeros(i32(B)),
      };
      for (const call of callsOf(r, B, T, calls)) {
        const inputs = {
          q: chunk(streams.q, H * D, T, call, f32(B, T, H, D)),
          k: chunk(streams.k, G * D, T, call, f32(B, T, G, D)),
          v: chunk(streams.v, G * D, T, call, f32(B, T, G, D)),
          position: chunk(positions, 1, T, call, i32(B, T)),
          count: valueFrom(i32(B), call.count),
        };
        const results = evaluate(graph, { parameters: {}, inputs, states });
        states = results.states;
        const y = results.outputs.y!.data;
        assert.ok(y.every(Number.isFinite), "not finite");
        for (let b = 0; b < B; b++)
          for (let t = 0; t < call.count[b]!; t++)
            for (let h = 0; h < H; h++) {
              const i = call.from[b]! + t;
              const row = { q: streams.q[b]!, k: streams.k[b]!, v: streams.v[b]! };
              const exact = attendOnce(
                row,
                i,
                Math.max(0, i - Math.min(window, positions[b]![i]!)),
                h,
                { H, G, D, cap },
              );
              exact.forEach((n, d) => {
                assertNear(y[((b * T + t) * H + h) * D + d]!, n, `row ${b} token ${i} head ${h}`);
              });
            }
      }
    }
  });

  it("conv1d, call by call, is the convolution of the whole stream within documents", () => {
    for (const [seed, B, T, K] of [
      [1, 2, 3, 4],
      [2, 1, 1, 2],
      [3, 2, 4, 1],
    ] as const) {
      const [C, calls] = [2, 7];
      const r = new Random(seed);
      const g = new GraphBuilder();
      const node = g.composite("conv1d", {}, [
        g.input("x", f32(B, T, C)),
        g.parameter("w", f32(K, C)),
        g.input("past", f32(B, K - 1, C)),
        g.input("position", i32(B, T)),
      ]);
      const graph: Graph = { name: "conv", outputs: { y: node }, states: [] };
      const w = r.value(f32(K, C));
      const x = draw(r, B, calls * T * C);
      const positions = positionsOf(r, B, calls * T);
      for (const call of callsOf(r, B, T, calls)) {
        const past = valueFrom(
          f32(B, K - 1, C),
          x.flatMap((row, b) =>
            Array.from(
              { length: (K - 1) * C },
              (_, i) => row[(call.from[b]! - K + 1) * C + i] ?? 0,
            ),
          ),
        );
        const inputs = {
          x: chunk(x, C, T, call, f32(B, T, C)),
          past,
          position: chunk(positions, 1, T, call, i32(B, T)),
        };
        const y = evaluate(graph, { parameters: { w }, inputs }).outputs.y!.data;
        for (let b = 0; b < B; b++)
          for (let t = 0; t < call.count[b]!; t++)
            for (let c = 0; c < C; c++) {
              const i = call.from[b]! + t;
              let exact = 0;
              for (let s = 0; s < K && s <= positions[b]![i]!; s++)
                exact += w.data[(K - 1 - s) * C + c]! * x[b]![(i - s) * C + c]!;
              assertNear(y[(b * T + t) * C + c]!, exact, `row ${b} token ${i}`);
            }
      }
    }
  });

  it("padding before a document sees what was before it in conv1d", () => {
    const g = new GraphBuilder();
    const inputs = [
      g.input("x", f32(1, 2, 1)),
      g.input("w", f32(2, 1)),
      g.input("past", f32(1, 1, 1)),
      g.input("position", i32(1, 2)),
    ];
    const given = {
      x: valueFrom(f32(1, 2, 1), [10, 100]),
      w: valueFrom(f32(2, 1), [2, 1]),
      past: valueFrom(f32(1, 1, 1), [1]),
      position: valueFrom(i32(1, 2), [-1, 0]),
    };
    const graph: Graph = {
      name: "pad",
      outputs: { y: g.composite("conv1d", {}, inputs) },
      states: [],
    };
    assert.deepEqual(
      [...evaluate(graph, { parameters: {}, inputs: given }).outputs.y!.data],
      [12, 100],
    );
  });

  it("operands of the wrong shape are refused by name", () => {
    const g = new GraphBuilder();
    const x = g.input("x", f32(1, 2, 3));
    const wrong = [
      x,
      g.input("w", f32(4, 3)),
      g.input("past", f32(1, 4, 3)),
      g.input("position", i32(1, 2)),
    ];
    assert.throws(() => g.composite("conv1d", {}, wrong), /past is f32\[1,4,3\], not f32\[1,3,3\]/);
  });
});

type Heads = {
  readonly H: number;
  readonly G: number;
  readonly D: number;
  readonly cap: number;
};

function attention({
  B,
  T,
  H,
  G,
  D,
  R,
  window,
  cap,
}: Heads & { B: number; T: number; R: number; window: number }): Graph {
  const g = new GraphBuilder();
  const [seen, count] = [g.state("seen", i32(B)), g.input("count", i32(B))];
  const rings = (["keys", "values"] as const).map((name) => {
    const current = g.state(name, f32(B, R, G, D));
    return {
      name,
      current,
      next: g.ringWrite(
        current,
        g.input(name === "keys" ? "k" : "v", f32(B, T, G, D)),
        seen,
        count,
      ),
    };
  });
  const [keys, values] = rings.map((ring) => ring.next);
  const y = g.composite("attend", { window, scale: 0.7, cap }, [
    g.input("q", f32(B, T, H, D)),
    keys!,
    values!,
    seen,
    count,
    g.input("position", i32(B, T)),
  ]);
  return verify({
    name: "attention",
    outputs: { y },
    states: [...rings, { name: "seen", current: seen, next: g.map("add", seen, count) }],
  });
}

const draw = (r: Random, rows: number, length: number) =>
  Array.from({ length: rows }, () => [...r.value(f32(length)).data]);

/** Attention of one head of the query at stream index i over keys from `oldest` to itself. */
function attendOnce(
  row: { q: number[]; k: number[]; v: number[] },
  i: number,
  oldest: number,
  h: number,
  { H, G, D, cap }: Heads,
): number[] {
  const group = Math.floor(h / (H / G));
  const at = (of: number[], j: number, heads: number, head: number) =>
    of.slice((j * heads + head) * D, (j * heads + head + 1) * D);
  const q = at(row.q, i, H, h);
  const weights = Array.from({ length: i - oldest + 1 }, (_, n) => {
    const logit = 0.7 * at(row.k, oldest + n, G, group).reduce((sum, k, d) => sum + k * q[d]!, 0);
    return Math.exp(cap === 0 ? logit : cap * Math.tanh(logit / cap));
  });
  const total = weights.reduce((sum, w) => sum + w, 0);
  return q.map((_, d) =>
    weights.reduce((sum, w, n) => sum + (w / total) * at(row.v, oldest + n, G, group)[d]!, 0),
  );
}
