import assert from "node:assert/strict";
import { GraphBuilder } from "../../src/graph/build.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import type { Graph, Type } from "../../src/graph/graph.ts";
import { verify } from "../../src/graph/verify.ts";
import { topological } from "../../src/graph/walk.ts";
import { expand } from "../../src/passes/expand.ts";
import { assertSameResults } from "../graph/close.ts";
import { randomGiven } from "../graph/random.ts";

/** A convolution whose result attends to itself. */
function mixed(): Graph {
  const g = new GraphBuilder();
  const f32 = (...shape: number[]): Type => ({ dtype: "f32", shape });
  const [position, count, seen] = [
    g.input("position", { dtype: "i32", shape: [2, 3] }),
    g.input("count", { dtype: "i32", shape: [2] }),
    g.input("seen", { dtype: "i32", shape: [2] }),
  ];
  const x = g.composite("conv1d", {}, [
    g.input("x", f32(2, 3, 4)),
    g.parameter("w", f32(2, 4)),
    g.input("past", f32(2, 1, 4)),
    position,
  ]);
  const [keys, values] = [g.input("keys", f32(2, 5, 1, 2)), g.input("values", f32(2, 5, 1, 2))];
  const y = g.composite("attend", { window: 2, scale: 0.5, cap: 0 }, [
    g.reshape(g.label(x, "mixed"), [2, 3, 2, 2]),
    keys,
    values,
    seen,
    count,
    position,
  ]);
  return { name: "mixed", outputs: { y }, states: [] };
}

const compositesOf = (graph: Graph) =>
  topological(graph).flatMap((n) => (n.op === "composite" ? [n.attrs.name] : []));

describe("expand", () => {
  it("replaces only what no recipe claims, keeps names, and means the same", () => {
    const graph = mixed();
    const given = randomGiven(graph, 4, {
      count: { type: { dtype: "i32", shape: [2] }, data: Float64Array.of(3, 1) },
      seen: { type: { dtype: "i32", shape: [2] }, data: Float64Array.of(7, 0) },
    });
    for (const claimed of [[], ["attend"], ["conv1d"], ["conv1d", "attend"]]) {
      const after = verify(expand(graph, ({ attrs }) => claimed.includes(attrs.name)));
      assert.deepEqual(compositesOf(after).sort(), [...claimed].sort());
      assert.ok(topological(after).some((n) => n.label === "mixed"));
      assertSameResults(evaluate(after, given), evaluate(graph, given), claimed.join());
    }
  });
});
