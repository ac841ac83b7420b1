import assert from "node:assert/strict";
import { GraphBuilder } from "../../src/graph/build.ts";
import { evaluate, valueFrom } from "../../src/graph/evaluate.ts";
import type { Graph, Node, Type } from "../../src/graph/graph.ts";
import { sampleRow } from "../../src/graph/ops/sample.ts";
import { verify } from "../../src/graph/verify.ts";
import { topological } from "../../src/graph/walk.ts";
import { type EntryKind, entryGraph } from "../../src/passes/entry.ts";
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

/** Two products in front of the mixing of time and two behind it, then logits, a value and a label of each token, and what stands before. */
function manyHeads(B: number, T: number): Graph {
  const g = new GraphBuilder();
  const f32 = (...shape: number[]): Type => ({ dtype: "f32", shape });
  const image = g.input("image", f32(B, T, D));
  const linear = (x: Node, name: string, out = D) =>
    g.contract(x, g.parameter(name, f32(D, out)), "btd", "de", "bte");
  const before = g.map("tanh", linear(linear(image, "in"), "in2"));
  const h = g.state("mix.scan", f32(B, D));
  const mixed = g.scan(g.map("cos", before), before, h);
  const after = g.map("tanh", linear(g.map("tanh", linear(mixed, "up")), "down"));
  const logits = linear(after, "head", V);
  const value = g.reduce("sum", linear(after, "value", 1), 2);
  const label = g.cast(g.map("floor", value), "i32");
  const states = [
    { name: "mix.scan", current: h, next: g.reshape(g.slice(mixed, 1, T - 1, 1), [B, D]) },
  ];
  return verify({ name: "heads", outputs: { logits, value, label, before, image }, states });
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

  it("prefill keeps every output of each row's last real token", () => {
    const [B, T] = [3, 4];
    const model = manyHeads(B, T);
    const prefill = verify(entryGraph(model, "prefill"));
    const count = valueFrom({ dtype: "i32", shape: [B] }, [4, 2, 0]);
    const given = randomGiven(prefill, 5, { ...controls(B), count });
    const all = evaluate(model, given).outputs;
    assert.deepEqual(Object.keys(prefill.outputs), [...Object.keys(model.outputs), "token"]);
    for (const graph of [prefill, verify(simplify(prefill))]) {
      const { outputs } = evaluate(graph, given);
      for (const [name, { type, data }] of Object.entries(all)) {
        const [, , ...rest] = type.shape;
        const width = rest.reduce((product, size) => product * size, 1);
        assert.deepEqual(outputs[name]?.type, { dtype: type.dtype, shape: [B, ...rest] });
        [3, 1, 0].forEach((t, b) => {
          for (let i = 0; i < width; i++)
            assert.ok(
              Math.abs(outputs[name]!.data[b * width + i]! - data[(b * T + t) * width + i]!) <
                1e-12,
              `${name} of row ${b}`,
            );
        });
      }
    }
  });

  it("simplified, prefill computes behind the last mixing of time one token a row, however many outputs there are", () => {
    const rows = (graph: Graph) =>
      topological(simplify(entryGraph(graph, "prefill")))
        .filter((n) => n.op === "contract")
        .map((n) => n.type.shape[1]);
    const model = manyHeads(2, 5);
    const { logits, value } = model.outputs as { logits: Node; value: Node };
    assert.deepEqual(rows({ ...model, outputs: { logits } }), [5, 5, 1, 1, 1]);
    assert.deepEqual(rows({ ...model, outputs: { logits, value } }), [5, 5, 1, 1, 1, 1]);
    assert.deepEqual(rows(model), [5, 5, 1, 1, 1, 1]);
  });

  it("draws tokens from logits alone", () => {
    const model = manyHeads(2, 5);
    const { logits, value, label } = model.outputs as Record<"logits" | "value" | "label", Node>;
    const outputs = (of: Record<string, Node>, kind: EntryKind) =>
      Object.keys(entryGraph({ ...model, outputs: of }, kind).outputs);
    assert.deepEqual(outputs({ classes: logits, value }, "prefill"), ["classes", "value"]);
    assert.deepEqual(outputs({ logits: value }, "prefill"), ["logits"]);
    assert.deepEqual(outputs({ logits: label }, "prefill"), ["logits"]);
    assert.deepEqual(outputs({ value, logits }, "prefill"), ["value", "logits", "token"]);
    assert.deepEqual(outputs({ value, logits }, "score"), ["value", "logits"]);
  });

  it("decode drops the time axis, and takes one token only", () => {
    const decode = verify(entryGraph(toy(2, 1), "decode"));
    assert.deepEqual(
      [decode.outputs.logits?.type.shape, decode.outputs.token?.type],
      [[2, V], { dtype: "i32", shape: [2] }],
    );
    assert.throws(() => entryGraph(toy(2, 3), "decode"), /decode graph of 3 tokens/);
  });

  it("score keeps the outputs of all tokens", () => {
    const model = toy(2, 3);
    assert.equal(entryGraph(model, "score"), model);
    assert.deepEqual(model.outputs.logits?.type.shape, [2, 3, V]);
  });

  it("leaves a block alone whose result has no tokens", () => {
    const model = toy(2, 3);
    const { logits } = model.outputs as { logits: Node };
    const parameter = topological(model).find((n) => n.op === "parameter")!;
    for (const outputs of [{ y: parameter }, { y: logits, w: parameter }]) {
      const block: Graph = { ...model, outputs };
      assert.equal(entryGraph(block, "prefill"), block);
    }
  });
});
