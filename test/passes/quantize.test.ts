import assert from "node:assert/strict";
import { GraphBuilder } from "../../src/graph/build.ts";
import type { Graph, Node, Type } from "../../src/graph/graph.ts";
import { printGraph } from "../../src/graph/print.ts";
import { verify } from "../../src/graph/verify.ts";
import { setPrecision } from "../../src/passes/precision.ts";
import { quantizable, quantizedAxes } from "../../src/passes/quantize.ts";

const f32 = (...shape: number[]): Type => ({ dtype: "f32", shape });

/** What is quantised of a graph's parameters, by name: the axis of terms and the axis of columns. */
function axesOf(make: (g: GraphBuilder) => Readonly<Record<string, Node>>) {
  const g = new GraphBuilder();
  const graph: Graph = { name: "g", outputs: make(g), states: [] };
  return Object.fromEntries(
    [...quantizable(graph)].map(([n, { axis, column }]) => [n.label, [axis, column]]),
  );
}

describe("weights that are quantised", () => {
  it("are those of products, along the axis that is summed over", () => {
    assert.deepEqual(
      axesOf((g) => ({
        y: g.contract(g.input("x", f32(2, 8)), g.parameter("w", f32(8, 5)), "bk", "kn", "bn"),
        z: g.contract(g.parameter("v", f32(5, 8)), g.input("x", f32(2, 8)), "nk", "bk", "bn"),
      })),
      { w: [0, 1], v: [1, 0] },
    );
  });

  it("may be tied embeddings, whose rows are looked up", () => {
    assert.deepEqual(
      axesOf((g) => {
        const table = g.parameter("table", f32(11, 8));
        const x = g.gather(table, g.input("tokens", { dtype: "i32", shape: [2, 1] }));
        return { y: g.contract(x, table, "btd", "vd", "btv") };
      }),
      { table: [1, 0] },
    );
  });

  it("may be block-diagonal, turned, or have columns of several axes", () => {
    assert.deepEqual(
      axesOf((g) => ({
        gates: g.contract(
          ...([g.input("x", f32(2, 3, 8)), g.parameter("gate", f32(3, 8, 4))] as const),
          ...(["bgk", "gkj", "bgj"] as const),
        ),
        turned: g.contract(
          ...([g.input("u", f32(2, 8)), g.transpose(g.parameter("w", f32(5, 8)), [1, 0])] as const),
          ...(["bk", "kn", "bn"] as const),
        ),
        heads: g.contract(
          ...([g.input("u", f32(2, 8)), g.parameter("q", f32(8, 2, 3))] as const),
          ...(["bk", "khd", "bhd"] as const),
        ),
      })),
      { gate: [1, 2], w: [1, 0], q: [0, 2] },
    );
  });

  it("are none that anything else reads, that are summed over two axes, or along different ones", () => {
    assert.deepEqual(
      axesOf((g) => {
        const x = g.input("x", f32(8, 8));
        const [shown, added, looked, both, square, vector] = [
          g.parameter("shown", f32(8, 5)),
          g.parameter("added", f32(8, 8)),
          g.parameter("looked", f32(11, 8)),
          g.parameter("both", f32(8, 8)),
          g.parameter("square", f32(8, 8)),
          g.parameter("vector", f32(8)),
        ];
        return {
          shown,
          a: g.contract(x, shown, "bk", "kn", "bn"),
          b: g.map("add", g.contract(x, added, "bk", "kn", "bn"), added),
          c: g.gather(looked, g.input("tokens", { dtype: "i32", shape: [3] })),
          d: g.contract(x, both, "bk", "bk", "b"),
          e: g.contract(square, square, "bk", "kn", "bn"),
          f: g.contract(
            g.contract(x, g.parameter("twice", f32(8, 8)), "bk", "kn", "bn"),
            g.parameter("twice", f32(8, 8)),
            ...(["bk", "nk", "bn"] as const),
          ),
          g: g.contract(x, vector, "bk", "k", "b"),
          h: g.contract(
            ...([g.input("t", f32(2, 4, 6)), g.parameter("heads", f32(4, 6, 5))] as const),
            ...(["bhd", "hdn", "bn"] as const),
          ),
        };
      }),
      {},
    );
  });

  it("become whole numbers and scales under the parameter's own name", () => {
    const g = new GraphBuilder();
    const w = g.parameter("layer.w", f32(40, 6));
    const y = g.contract(g.input("x", f32(2, 40)), w, "bk", "kn", "bn");
    const graph = { name: "g", outputs: { y }, states: [] };
    const stored = setPrecision(graph, { parameters: "int4" });
    verify(stored);
    assert.equal(
      printGraph(stored),
      [
        "graph g",
        "  %0 x: f32[2,40] = input x",
        "  %1 layer.w: i4[40,6] = parameter layer.w",
        "  %2 layer.w.scales: f32[2,6] = parameter layer.w.scales",
        "  %3 layer.w: f32[40,6] = dequantize(%1, %2) axis 0 group 32 bits 4",
        '  %4: f32[2,6] = contract(%0, %3) "bk,kn->bn"',
        "  output y = %4",
        "",
      ].join("\n"),
    );
    assert.deepEqual(quantizedAxes([stored]), { "layer.w": 0 });
    assert.deepEqual(quantizedAxes([graph]), {});
  });
});
