import assert from "node:assert/strict";
import { GraphBuilder } from "../../src/graph/build.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import type { Graph, Node } from "../../src/graph/graph.ts";
import { printGraph } from "../../src/graph/print.ts";
import { verify } from "../../src/graph/verify.ts";
import { setPrecision } from "../../src/passes/precision.ts";
import { type Rule, rewrite } from "../../src/passes/rewrite.ts";
import { assertClose } from "../graph/close.ts";
import { randomGiven, randomGraph } from "../graph/random.ts";

const doubleNegation: Rule = {
  name: "negate twice",
  apply: (node) => {
    const isNegation = (n: Node | undefined) => n?.op === "map" && n.attrs.fn === "neg";
    return isNegation(node) && isNegation(node.inputs[0]) ? node.inputs[0]!.inputs[0]! : null;
  },
};

describe("rewrite", () => {
  it("without rules rebuilds an equal graph", () => {
    for (let seed = 0; seed < 10; seed++) {
      const graph = randomGraph(seed);
      assert.equal(printGraph(verify(rewrite(graph, []))), printGraph(graph));
    }
  });

  it("goes on until no rule says anything, also about what rules made", () => {
    const g = new GraphBuilder();
    let x: Node = g.input("x", { dtype: "f32", shape: [1] });
    for (let i = 0; i < 9; i++) x = g.map("neg", x);
    const toDoubleNegation: Rule = {
      name: "abs as two negations",
      apply: (node, b) =>
        node.op === "map" && node.attrs.fn === "abs"
          ? b.map("neg", b.map("neg", node.inputs[0]!))
          : null,
    };
    const graph: Graph = { name: "m", outputs: { y: g.map("abs", x) }, states: [] };
    const y = rewrite(graph, [doubleNegation, toDoubleNegation]).outputs.y!;
    assert.deepEqual([y.op, y.inputs[0]?.op], ["map", "input"]);
  });

  it("notices rules that go in circles", () => {
    const g = new GraphBuilder();
    const swap: Rule = {
      name: "swap",
      apply: (node, b) =>
        node.op === "map" ? b.map("add", node.inputs[1]!, node.inputs[0]!) : null,
    };
    const y = g.map(
      "add",
      g.input("a", { dtype: "f32", shape: [1] }),
      g.input("b", { dtype: "f32", shape: [1] }),
    );
    assert.throws(
      () => rewrite({ name: "m", outputs: { y }, states: [] }, [swap]),
      /goes in circles/,
    );
  });
});

describe("setPrecision", () => {
  it("stores matrices as f16, keeps vectors, and calculates in f32", () => {
    const g = new GraphBuilder();
    const w = g.parameter("w", { dtype: "f32", shape: [3, 4] });
    const b = g.parameter("b", { dtype: "f32", shape: [4] });
    const x = g.input("x", { dtype: "f32", shape: [2, 3] });
    const y = g.map("add", g.contract(x, w, "bk", "kf", "bf"), g.broadcast(b, [2, 4], [1]));
    const graph: Graph = { name: "m", outputs: { y }, states: [] };
    const half = verify(setPrecision(graph, { parameters: "f16" }));
    const text = printGraph(half);
    assert.match(text, /w: f16\[3,4\] = parameter w/);
    assert.match(text, /b: f32\[4\] = parameter b/);
    assert.equal(setPrecision(graph, { parameters: "f32" }), graph);
    const given = randomGiven(graph, 1);
    assertClose(evaluate(half, given).outputs.y!, evaluate(graph, given).outputs.y!, "y", 5e-3);
  });
});
