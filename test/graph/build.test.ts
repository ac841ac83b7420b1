import assert from "node:assert/strict";
import { GraphBuilder } from "../../src/graph/build.ts";
import { evaluate, valueFrom } from "../../src/graph/evaluate.ts";
import { gelu, softmax } from "../../src/graph/functions.ts";
import type { Graph, Type } from "../../src/graph/graph.ts";
import { printGraph } from "../../src/graph/print.ts";
import { verify } from "../../src/graph/verify.ts";
import { consumersOf, topological } from "../../src/graph/walk.ts";
import { randomGraph } from "./random.ts";

const f32 = (...shape: number[]): Type => ({ dtype: "f32", shape });

describe("build", () => {
  it("makes one node of equal operations on equal inputs, whatever the order of attributes", () => {
    const g = new GraphBuilder();
    const x = g.input("x", f32(2, 3));
    assert.equal(softmax(g, gelu(g, x), 1), softmax(g, gelu(g, x), 1));
    assert.equal(g.slice(x, 1, 0, 2), g.node("slice", { size: 2, start: 0, axis: 1 }, [x]));
    assert.notEqual(g.constant(0, "f32"), g.constant(-0, "f32"));
    assert.notEqual(g.constant(1, "f32"), g.constant(1, "i32"));
  });

  it("keeps the first label and leaves a node's identity alone", () => {
    const g = new GraphBuilder();
    const y = g.map("neg", g.input("x", f32(1)));
    assert.equal(g.label(g.label(y, "gate"), "other"), y);
    assert.equal(y.label, "gate");
    assert.equal(g.map("neg", g.input("x", f32(1))), y);
  });

  it("gives numbers the shape and type of the other inputs", () => {
    const g = new GraphBuilder();
    const when = g.map("lt", g.iota([2, 2], 0), 1);
    assert.deepEqual(g.map("select", when, g.constant(1, "u32", [2, 2]), 7).type, {
      dtype: "u32",
      shape: [2, 2],
    });
    assert.throws(() => g.map("select", when, 1, 0), /numbers only/);
  });
});

describe("walk", () => {
  it("orders inputs before users, once each, and finds who reads a node", () => {
    for (let seed = 0; seed < 20; seed++) {
      const graph = randomGraph(seed);
      const nodes = topological(graph);
      const place = new Map(nodes.map((n, i) => [n, i]));
      assert.equal(place.size, nodes.length);
      const consumers = consumersOf(graph);
      for (const node of nodes)
        for (const input of node.inputs) {
          assert.ok(place.get(input)! < place.get(node)!);
          assert.ok(consumers.get(input)!.includes(node));
        }
    }
  });

  it("goes through graphs that are deeper than a call stack", () => {
    const g = new GraphBuilder();
    let x = g.map("neg", g.input("x", f32(1)));
    for (let i = 0; i < 30000; i++) x = g.map(i % 2 ? "neg" : "abs", x);
    const graph: Graph = { name: "deep", outputs: { x }, states: [] };
    const given = { parameters: {}, inputs: { x: valueFrom(f32(1), [2]) } };
    assert.equal(evaluate(graph, given).outputs.x!.data[0], -2);
  });
});

describe("print", () => {
  it("prints one line a node, numbered by the graph's structure", () => {
    const g = new GraphBuilder();
    g.constant(3, "i32");
    const h = g.state("mix.scan", f32(1, 4));
    const gate = g.label(
      g.contract(g.input("x", f32(1, 2, 3)), g.parameter("w", f32(3, 4)), "btk", "kf", "btf"),
      "gate",
    );
    const y = g.scan(g.map("mul", gate, 0.5), gate, h);
    const next = g.reshape(g.slice(y, 1, 1, 1), [1, 4]);
    const graph: Graph = {
      name: "toy",
      outputs: { y },
      states: [{ name: "mix.scan", current: h, next }],
    };
    assert.equal(
      printGraph(verify(graph)),
      [
        "graph toy",
        "  %0 x: f32[1,2,3] = input x",
        "  %1 w: f32[3,4] = parameter w",
        '  %2 gate: f32[1,2,4] = contract(%0, %1) "btk,kf->btf"',
        "  %3: f32[1,2,4] = constant 0.5",
        "  %4: f32[1,2,4] = mul(%2, %3)",
        "  %5 mix.scan: f32[1,4] = state mix.scan",
        "  %6: f32[1,2,4] = scan(%4, %2, %5)",
        "  %7: f32[1,1,4] = slice(%6) axis 1 from 1",
        "  %8: f32[1,4] = reshape(%7)",
        "  output y = %6",
        "  state mix.scan: %5 becomes %8",
        "",
      ].join("\n"),
    );
  });
});

describe("verify", () => {
  it("names the node at fault", () => {
    const g = new GraphBuilder();
    const state = g.state("s", f32(2, 3));
    const graph = (faulty: Partial<Graph>): Graph => ({
      name: "faulty",
      outputs: { y: state },
      states: [{ name: "s", current: state, next: state }],
      ...faulty,
    });
    const count = g.input("count", { dtype: "i32", shape: [2] });
    const ring = g.ringWrite(g.map("neg", state), g.slice(state, 1, 0, 1), count, count);
    const faults: [Graph, RegExp][] = [
      [graph({ states: [] }), /%0 s: f32\[2,3\] = state s: nothing replaces this state/],
      [
        graph({ states: [{ name: "s", current: state, next: g.reshape(state, [6]) }] }),
        /replaces a state of type f32\[2,3\]/,
      ],
      [graph({ states: [{ name: "t", current: state, next: state }] }), /listed as t/],
      [graph({ outputs: { y: ring } }), /ringWrite.*writes no state's ring/],
      [
        graph({ outputs: { y: { ...g.map("abs", state), type: f32(1) } } }),
        /its type should be f32\[2,3\]/,
      ],
      [
        graph({ outputs: { a: g.input("x", f32(1)), b: g.input("x", f32(2)) } }),
        /another input x differs/,
      ],
    ];
    for (const [faulty, message] of faults) assert.throws(() => verify(faulty), message);
    assert.equal(verify(graph({})).name, "faulty");
  });
});

describe("evaluate", () => {
  it("says which value is missing or of the wrong shape, and starts states at zero", () => {
    const g = new GraphBuilder();
    const s = g.state("s", f32(2));
    const graph: Graph = {
      name: "m",
      outputs: { y: g.map("add", s, g.input("x", f32(2))) },
      states: [{ name: "s", current: s, next: s }],
    };
    const run = (inputs: Parameters<typeof evaluate>[1]["inputs"]) =>
      evaluate(graph, { parameters: {}, inputs });
    assert.throws(() => run({}), /input "x" has no value; give it as f32\[2\]/);
    assert.throws(
      () => run({ x: valueFrom(f32(1), [1]) }),
      /input "x" must be f32\[2\], not f32\[1\]/,
    );
    assert.deepEqual([...run({ x: valueFrom(f32(2), [1, 2]) }).outputs.y!.data], [1, 2]);
  });

  it("rounds parameters that are stored as f16, and no others", () => {
    const g = new GraphBuilder();
    const read = (dtype: "f16" | "f32") => g.cast(g.parameter(dtype, { dtype, shape: [1] }), "f32");
    const graph: Graph = {
      name: "p",
      outputs: { half: read("f16"), full: read("f32") },
      states: [],
    };
    const { outputs } = evaluate(graph, {
      parameters: (name) => valueFrom({ dtype: name as "f16" | "f32", shape: [1] }, [0.1]),
      inputs: {},
    });
    assert.deepEqual([outputs.half!.data[0], outputs.full!.data[0]], [0.0999755859375, 0.1]);
  });
});
