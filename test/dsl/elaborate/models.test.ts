/** What a model reads and gives beside tokens and logits: dsl/elaborate/inputs.ts and outputs.ts. */
import assert from "node:assert/strict";
import { topological } from "../../../src/graph/walk.ts";
import { elaborateText, modelOf } from "../files.ts";
import { assertNear, B, errorsIn, f32, i32, numbers, outputsOf, T } from "./run.ts";

const picture = `constant pixels = 5
model seen(image: [B, T, pixels], kind: int[B, T], mask: [B, T, 2 * half], half: size = 2, vocab: size = 3) {
  param embedding: [vocab, pixels] = normal(1 / vocab)
  x = gather(embedding, tokens) * image
  y = if kind == 1 then 0 else x
  { logits: contract(y, embedding, over: pixels), kept: y, mask: mask * 2, total: sum(image, over: pixels) }
}`;

describe("a model", () => {
  it("reads its tensors as inputs under their names, each with a value for every token", () => {
    const { graph } = modelOf(picture, "seen");
    const types = Object.fromEntries(
      topological(Object.values(graph.outputs)).flatMap((node) =>
        node.op === "input" ? [[node.attrs.name, node.attrs.type]] : [],
      ),
    );
    assert.deepEqual(types, {
      tokens: { dtype: "i32", shape: [B, T] },
      image: { dtype: "f32", shape: [B, T, 5] },
      kind: { dtype: "i32", shape: [B, T] },
      mask: { dtype: "f32", shape: [B, T, 4] },
    });
  });

  it("gives the fields of a record as outputs, in the order of the text", () => {
    const outputs = outputsOf(modelOf(picture, "seen"), {
      image: f32([B, T, 5]),
      kind: i32([B, T], [0, 1, 0, 0, 1, 0]),
      mask: f32([B, T, 4]),
    });
    assert.deepEqual(
      Object.entries(outputs).map(([name, { type }]) => [name, type.shape]),
      [
        ["logits", [B, T, 3]],
        ["kept", [B, T, 5]],
        ["mask", [B, T, 4]],
        ["total", [B, T]],
      ],
    );
    assertNear(
      outputs.mask!.data,
      numbers([B, T, 4]).map((v) => 2 * v),
    );
    assert.deepEqual([...outputs.kept!.data.slice(5, 10)], [0, 0, 0, 0, 0]);
  });

  it("calls one tensor `logits`, [B, T, vocabulary]", () => {
    const text = "model m(vocab: size = 4) { param e: [9, vocab] = ones\ngather(e, tokens) }";
    assert.deepEqual(Object.keys(modelOf(text, "m").graph.outputs), ["logits"]);
  });

  it("says what is wrong with its tensors", () => {
    const text = `model m(a: [B, T, P], b: [P, T], count: [B, T, 3], c: int[T, B], tokens: [B, T], topK: [B, T], d: [B, T, 3, 3], P: number = 2.5) {
  { a: a, b: b, c: c, d: d, e: count * topK }
}
model n(a: [B, T, P]) { { a: a * P } }`;
    assert.deepEqual(errorsIn(text), [
      "1: E0407 `P` is 2.5, which is not a size",
      "1: E0214 `b` is a tensor [P, T], and what a model is given has a value for every token",
      "1: E0228 `count` is an input of every model",
      "1: E0214 `c` is a tensor int[T, B], and what a model is given has a value for every token",
      "1: E0206 `tokens` is a word of the language and cannot be redefined",
      "1: E0228 `topK` is an input of every model",
      "1: E0309 `3` would occur twice in [B, T, 3, 3]",
      "4: E0229 nothing says how large `P` is, in the shape of `a`",
    ]);
    assert.match(errorsIn(text, true).at(-1)!, /add the setting `P: size = …` to the model$/);
  });

  it("says what is wrong with its outputs", () => {
    const text = (result: string) =>
      `model m(width: size = 4) {\n  param w: [9, width] = ones\n  x = gather(w, tokens)\n  ${result}\n}`;
    assert.deepEqual(errorsIn(text("{ token: x, a: tokens, b: w, c: 3, d: x > 0, e: x }")), [
      "4: E0228 `token` is an output of every model",
      "4: E0429 the output `a` is int[B, T], but must be [B, T, …] with float elements",
      "4: E0429 the output `b` is [9, width], but must be [B, T, …] with float elements",
      "4: E0429 the output `c` is the number 3, but must be [B, T, …] with float elements",
      "4: E0429 the output `d` is flag[B, T, width], but must be [B, T, …] with float elements",
    ]);
    assert.deepEqual(errorsIn(text("sum(x, over: width)")), [
      "4: E0306 `m` promises [B, T, vocabulary] but its last value is [B, T]",
    ]);
    assert.deepEqual(errorsIn(text("x > 0")), [
      "4: E0306 `m` promises [B, T, vocabulary] but its last value is flag[B, T, width]",
    ]);
    assert.deepEqual(errorsIn(text("{}")), ["4: E0413 this record is empty"]);
  });

  it("has no more than its text where a mistake is in it", () => {
    const { model, diagnostics } = elaborateText("model m() { { a: tokens } }", "m");
    assert.equal(model, null);
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ["E0429"],
    );
  });
});
