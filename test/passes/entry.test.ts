import assert from "node:assert/strict";
import { GraphBuilder } from "../../src/graph/build.ts";
import { evaluate, valueFrom } from "../../src/graph/evaluate.ts";
import type { Graph, Type } from "../../src/graph/graph.ts";
import { sampleRow } from "../../src/graph/ops/sample.ts";
import { verify } from "../../src/graph/verify.ts";
import { topological } from "../../src/graph/walk.ts";
import { entryGraph } from "../../src/passes/entry.ts";
import { simplify } from "../../src/passes/simplify.ts";
import { randomGiven } from "../graph/random.ts";

const [D, V] = [3, 7];

/** Embeds, mixes over time, and gives logits. */
function toy(B: number, T: number): Graph {
  const g = new GraphBuilder();
  const f32 = (...shape: number[]): Type => ({ dtype: "f32", shape });
  const embedding = g.parameter("embedding", f32(V, D));
  const x = g.gather(embedding, g.input("tokens", { dtype: "i32", shape: [B, T] }));
  const h = g.state("mix.scan", f32(B, D));
  const mixed = g.scan(g.map("cos", x), x, h);
  const [seen, count] = [
    g.state("seen", { dtype: "i32", shape: [B] }),
    g.input("count", { dtype: "i32", shape: [B] }),
  ];
  const logits = g.label(g.contract(mixed, embedding, "btd", "vd", "btv"), "logits");
  const states = [
    { name: "seen", current: seen, next: g.map("add", seen, count) },
    { name: "mix.scan", current: h, next: g.reshape(g.slice(mixed, 1, T - 1, 1), [B, D]) },
  ];
  return verify({ name: "toy", outputs: { logits }, states });
}

const controls = (B: number) => {
  const row = (dtype: "f32" | "u32", n: number) =>
    valueFrom({ dtype, shape: [B] }, new Array(B).fill(n));
  return {
    temperature: row("f32", 0.8),
    topP: row("f32", 0.9),
    topK: row("u32", 4),
    seed: row("u32", 12),
    draw: row("u32", 5),
  };
};

describe("entryGraph", () => {
  it("prefill keeps the logits of each row's last real token and draws a token from them", () => {
    const [B, T] = [3, 4];
    const model = toy(B, T);
    const prefill = verify(entryGraph(model, "prefill"));
    const count = valueFrom({ dtype: "i32", shape: [B] }, [4, 2, 0]);
    const given = randomGiven(prefill, 3, { ...controls(B), count });
    const all = evaluate(model, given).outputs.logits!.data;
    for (const graph of [prefill, verify(simplify(prefill))]) {
      const { outputs } = evaluate(graph, given);
      assert.deepEqual(outputs.logits!.type.shape, [B, V]);
      [3, 1, 0].forEach((t, b) => {
        const row = outputs.logits!.data.slice(b * V, (b + 1) * V);
        row.forEach((n, v) => {
          assert.ok(Math.abs(n - all[(b * T + t) * V + v]!) < 1e-12);
        });
        assert.equal(
          outputs.token!.data[b],
          sampleRow(row, { temperature: 0.8, topP: 0.9, topK: 4, seed: 12, draw: 5 }),
        );
      });
    }
  });

  it("simplified, prefill multiplies with the vocabulary for one token a row only", () => {
    const contracts = topological(simplify(entryGraph(toy(2, 5), "prefill"))).filter(
      (n) => n.op === "contract",
    );
    assert.deepEqual(
      contracts.map((n) => n.type.shape),
      [[2, 1, V]],
    );
  });

  it("decode drops the time axis, and takes one token only", () => {
    const decode = verify(entryGraph(toy(2, 1), "decode"));
    assert.deepEqual(
      [decode.outputs.logits?.type.shape, decode.outputs.token?.type],
      [[2, V], { dtype: "i32", shape: [2] }],
    );
    assert.throws(() => entryGraph(toy(2, 3), "decode"), /decode graph of 3 tokens/);
  });

  it("score keeps the logits of all tokens, and graphs without logits stay as they are", () => {
    const model = toy(2, 3);
    assert.deepEqual(entryGraph(model, "score").outputs.logits?.type.shape, [2, 3, V]);
    const block: Graph = { ...model, outputs: { y: model.outputs.logits! } };
    assert.equal(entryGraph(block, "prefill"), block);
  });
});
