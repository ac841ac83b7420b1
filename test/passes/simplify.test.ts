import assert from "node:assert/strict";
import { GraphBuilder } from "../../src/graph/build.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import { softmax } from "../../src/graph/functions.ts";
import type { Graph, Node } from "../../src/graph/graph.ts";
import { verify } from "../../src/graph/verify.ts";
import { topological } from "../../src/graph/walk.ts";
import { narrow } from "../../src/passes/narrow.ts";
import { rewrite } from "../../src/passes/rewrite.ts";
import { rules, simplify } from "../../src/passes/simplify.ts";
import { assertSameResults } from "../graph/close.ts";
import { Random, randomGiven, randomGraph } from "../graph/random.ts";

const outputOf = (y: Node): Graph => ({ name: "example", outputs: { y }, states: [] });

type Draw = {
  readonly g: GraphBuilder;
  readonly r: Random;
  readonly x: Node;
  readonly flag: Node;
  readonly shape: readonly number[];
};

/** For every law, something of random shape that it says something about. */
const examples: Record<string, (draw: Draw) => Node> = {
  "add zero": ({ g, r, x }) => r.pick([g.map("add", x, 0), g.map("add", 0, x)]),
  "subtract zero": ({ g, x }) => g.map("sub", x, 0),
  "multiply by one": ({ g, r, x }) => r.pick([g.map("mul", x, 1), g.map("mul", 1, x)]),
  "divide by one": ({ g, x }) => g.map("div", x, 1),
  "negate twice": ({ g, x }) => g.map("neg", g.map("neg", x)),
  "not twice": ({ g, flag }) => g.map("not", g.map("not", flag)),
  idempotence: ({ g, r, x, flag }) =>
    r.pick([g.map("max", x, x), g.map("min", x, x), g.map("and", flag, flag)]),
  "and with a constant": ({ g, r, flag }) =>
    r.pick([g.map("and", flag, r.integer(0, 1)), g.map("and", r.integer(0, 1), flag)]),
  "or with a constant": ({ g, r, flag }) =>
    r.pick([g.map("or", flag, r.integer(0, 1)), g.map("or", r.integer(0, 1), flag)]),
  "select with a constant condition": ({ g, r, x, shape }) =>
    g.map("select", g.constant(r.integer(0, 1), "bool", shape), x, g.map("sin", x)),
  "select of equals": ({ g, x, flag }) => g.map("select", flag, x, x),
  "map of constants": ({ g, r, shape }) =>
    g.map(r.pick(["add", "mul", "max", "lt"]), g.constant(r.integer(1, 9), "i32", shape), 3),
  "cast of a constant": ({ g, r, shape }) => g.cast(g.constant(r.unit() * 9, "f32", shape), "i32"),
  "cast to the same type": ({ g, x }) => g.node("cast", { to: "f32" }, [x]),
  "cast through a wider type": ({ g, x }) => g.cast(g.cast(g.cast(x, "f16"), "f32"), "f16"),
  "move of a constant": ({ g, r, shape }) =>
    r.pick([
      () => g.broadcast(g.constant(r.unit(), "f32"), shape, []),
      () =>
        g.gather(
          g.constant(r.unit(), "f32", shape),
          g.input("at", { dtype: "i32", shape: [r.integer(1, 4)] }),
        ),
    ])(),
  "concat of one constant": ({ g, shape }) =>
    g.concat([g.constant(2, "f32", shape), g.constant(2, "f32", shape)], 0),
  "iota of one": ({ g, shape }) => g.iota([...shape, 1], shape.length),
  "move to the same place": ({ g, r, x, shape }) =>
    r.pick([g.reshape(x, shape), g.slice(x, 1, 0, shape[1]!), g.transpose(x, [0, 1, 2])]),
  "reshape twice": ({ g, x, shape }) =>
    g.reshape(g.reshape(x, [...shape].reverse()), [1, ...shape]),
  "transpose twice": ({ g, x }) => g.transpose(g.transpose(x, [1, 2, 0]), [1, 0, 2]),
  "transpose of axes of one": ({ g, x, shape }) =>
    g.transpose(g.reshape(x, [shape[0]!, 1, shape[1]!, shape[2]!]), [1, 0, 2, 3]),
  "broadcast twice": ({ g, x, shape }) =>
    g.broadcast(
      g.broadcast(x, [2, ...shape], [1, 2, 3]),
      [2, shape[0]!, 3, shape[1]!, shape[2]!],
      [0, 1, 3, 4],
    ),
  "slice twice": ({ g, x, shape }) => g.slice(g.slice(x, 1, 1, shape[1]! - 1), 1, 1, shape[1]! - 2),
  "slice of concat": ({ g, r, x, shape }) =>
    g.slice(g.concat([x, g.map("sin", x)], 1), 1, r.pick([1, shape[1]! + 1]), shape[1]! - 1),
  "slice of a repeated axis": ({ g, x, shape }) =>
    g.slice(g.broadcast(x, [4, ...shape], [1, 2, 3]), 0, 1, 2),
  "concat of one": ({ g, r, x }) => g.concat([x], r.integer(0, 2)),
  "concat with nothing": ({ g, x }) => g.concat([g.slice(x, 1, 0, 0), x, x], 1),
  "scan of one token": ({ g, r, x, shape }) => {
    const token = (n: Node) => g.reshape(n, [shape[0]!, 1, shape[1]!, shape[2]!]);
    const y = g.map("sin", x);
    return g.scan(token(x), token(y), g.map("add", x, y), r.pick([true, false]));
  },
  "reduce over one": ({ g, r, x, shape }) =>
    g.reduce(r.pick(["sum", "max"]), g.reshape(x, [shape[0]!, 1, shape[1]!, shape[2]!]), 1),
  "contract of transpose": ({ g, r, x }) =>
    r.pick([
      g.contract(g.transpose(x, [2, 0, 1]), x, "cab", "dbc", "ad"),
      g.contract(x, g.transpose(x, [1, 2, 0]), "abc", "bcd", "da"),
    ]),
  "contract of rows": ({ g, r, x }) => {
    const y = g.transpose(g.map("sin", x), [2, 0, 1]);
    return g.contract(x, y, "abc", "cab", r.pick(["ba", "cb", "b", ""]));
  },
  "map of broadcasts": ({ g, x, shape }) => {
    const wide = (n: Node) => g.broadcast(n, [2, ...shape], [1, 2, 3]);
    return g.map("mul", g.map("add", wide(x), 0.5), wide(g.map("sin", x)));
  },
  "cast of broadcast": ({ g, x, shape }) => g.cast(g.broadcast(x, [2, ...shape], [1, 2, 3]), "i32"),
  "gather of cast": ({ g, r, x }) =>
    g.gather(g.cast(x, "f16"), g.input("at", { dtype: "i32", shape: [r.integer(1, 4)] })),
  "gather of the only row": ({ g, x, shape }) =>
    g.gather(g.reshape(x, [1, ...shape]), g.input("at", { dtype: "i32", shape: [1] })),
};

describe("simplify", () => {
  for (const rule of rules)
    it(`keeps the meaning by the law "${rule.name}"`, () => {
      const example = examples[rule.name];
      assert.ok(example, "the law has no example");
      for (let seed = 0; seed < 8; seed++) {
        const [g, r] = [new GraphBuilder(), new Random(seed)];
        const shape = [r.integer(2, 4), r.integer(3, 5), r.integer(2, 4)];
        const x = g.input("x", { dtype: "f32", shape });
        const before = outputOf(
          example({ g, r, x, flag: g.input("flag", { dtype: "bool", shape }), shape }),
        );
        const after = verify(rewrite(before, [rule]));
        assert.notEqual(shapeOfGraph(after), shapeOfGraph(before), "the law was not used");
        const given = randomGiven(before, seed);
        assertSameResults(evaluate(after, given), evaluate(before, given), rule.name);
      }
    });

  it("keeps the meaning of random graphs", () => {
    for (let seed = 0; seed < 150; seed++) {
      const before = verify(randomGraph(seed));
      const after = verify(simplify(before));
      const given = randomGiven(before, seed);
      assertSameResults(evaluate(after, given), evaluate(before, given), `seed ${seed}`);
    }
  });

  it("finds nothing more to do the second time", () => {
    for (let seed = 0; seed < 30; seed++) {
      const once = simplify(randomGraph(seed));
      assert.equal(topological(simplify(once)).length, topological(once).length, `seed ${seed}`);
    }
  });

  it("takes the name of what it replaces where the new node has none", () => {
    const g = new GraphBuilder();
    const sum = g.map("sin", g.input("x", { dtype: "f32", shape: [2] }));
    const y = g.label(g.map("add", sum, 0), "gate");
    assert.equal(simplify(outputOf(y)).outputs.y?.label, "gate");
  });
});

/** Operations and shapes in order: differs where a law did anything. */
const shapeOfGraph = (graph: Graph) =>
  topological(graph)
    .map((n) => `${n.op} ${JSON.stringify(n.attrs)}`)
    .join("\n");

describe("narrow", () => {
  /** What a head does behind the last mixing of tokens; everything but the first line is about one token at a time. */
  function head(g: GraphBuilder, B: number, T: number): Node {
    const mixed = g.label(
      g.scan(
        g.input("a", { dtype: "f32", shape: [B, T, 6] }),
        g.input("x", { dtype: "f32", shape: [B, T, 6] }),
        g.input("h", { dtype: "f32", shape: [B, 6] }),
      ),
      "mixed",
    );
    const bias = g.broadcast(g.parameter("b", { dtype: "f32", shape: [6] }), [B, T, 6], [2]);
    const sum = g.map("add", g.cast(g.cast(mixed, "f16"), "f32"), bias);
    const heads = g.reshape(sum, [B, T, 2, 3]);
    const turned = g.transpose(
      g.concat([g.slice(heads, 3, 1, 2), g.slice(heads, 3, 0, 1)], 3),
      [0, 1, 3, 2],
    );
    const ramp = g.map("mul", softmax(g, turned, 3), g.cast(g.iota([B, T, 3, 2], 2), "f32"));
    const own = g.contract(ramp, g.reduce("max", ramp, 2), "btij", "btj", "bti");
    const spread = g.map("add", ramp, g.broadcast(own, [B, T, 3, 2], [0, 1, 2]));
    const w = g.parameter("w", { dtype: "f32", shape: [5, 3, 2] });
    return g.label(g.map("tanh", g.contract(spread, w, "btij", "vij", "btv")), "logits");
  }

  it("computes one token behind the last mixing of tokens and means the same", () => {
    for (const [B, T] of [
      [1, 1],
      [2, 5],
      [3, 4],
    ] as const) {
      const g = new GraphBuilder();
      const y = g.gather(head(g, B, T), g.input("last", { dtype: "i32", shape: [B, 1] }), 1);
      const before = outputOf(y);
      const after = verify(narrow(before));
      const given = randomGiven(before, B);
      assertSameResults(evaluate(after, given), evaluate(before, given), "narrowed");
      const wide = topological(after).filter((n) => n.type.shape[0] === B && n.type.shape[1] === T);
      if (T > 1)
        assert.deepEqual(
          wide.map((n) => n.op),
          ["input", "input", "scan"],
          "wide",
        );
    }
  });

  it("leaves alone what is needed at all tokens", () => {
    const g = new GraphBuilder();
    const all = head(g, 2, 3);
    const y = g.gather(all, g.input("last", { dtype: "i32", shape: [2, 1] }), 1);
    const graph: Graph = { name: "both", outputs: { y, all }, states: [] };
    assert.equal(topological(narrow(graph)).length, topological(graph).length);
  });
});
