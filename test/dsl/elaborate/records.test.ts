import assert from "node:assert/strict";
import { modelOf } from "../files.ts";
import { assertNear, errorsIn, numbers, outputsOfBlock } from "./run.ts";

const shape = [2, 3, 4];
const x = numbers(shape);

describe("records", () => {
  it("carry several tensors out of a block, each under the caller's dimensions", () => {
    const text = `block pair(x: [B, T, D], n: size) -> { kept: [B, T, D], wide: [B, T, D, n] } {
  { wide: spread(x, [B, T, D, n]) * 2, kept: x + 1 }
}
block f(x: [B, T, width]) -> [B, T, width] {
  size K = 5
  r = pair(x, n: K)
  s = r
  s.kept * sum(r.wide, over: K)
}`;
    const { y } = outputsOfBlock(text, { x: shape });
    assertNear(
      y!.data,
      x.map((v) => (v + 1) * 10 * v),
    );
  });

  it("name the values of their fields by path", () => {
    const text = `block pair(x: [B, T, D]) -> { kept: [B, T, D], gate: [B, T, D] } { { kept: x * 2, gate: x * 3 } }
block f(x: [B, T, D]) -> [B, T, D] {
  r = pair(x) as cut
  r.kept * r.gate
}`;
    const { values, graph } = modelOf(text, "f", { inputs: { x: shape } });
    assert.deepEqual(Object.keys(values).sort(), ["cut.gate", "cut.kept", "r.gate", "r.kept"]);
    assert.equal(values["cut.kept"]?.label, "cut.kept");
    assert.deepEqual(Object.keys(graph.outputs), ["y"]);
  });

  it("are chosen whole while compiling, and hold numbers, too", () => {
    const text = `block f(x: [B, T, D], plain: flag = true) -> [B, T, D] {
  r = if plain then { decay: 1, input: x } else { decay: sigmoid(x), input: x * 2 }
  scan(r.decay, r.input)
}`;
    const running = x.map((_, i) => {
      const tokens = Math.floor(i / 4) % 3;
      return Array.from({ length: tokens + 1 }, (_, t) => x[i - 4 * t]!).reduce((a, b) => a + b, 0);
    });
    assertNear(outputsOfBlock(text, { x: shape }).y!.data, running);
    assert.equal(
      outputsOfBlock(text, { x: shape }, { settings: { plain: false } }).y?.data.length,
      24,
    );
  });

  it("are a block's outputs when it runs by itself", () => {
    const text =
      "block f(x: [B, T, D]) -> { kept: [B, T, D], mean: [B, T] } { { kept: x, mean: mean(x, over: D) } }";
    const outputs = outputsOfBlock(text, { x: shape });
    assert.deepEqual(
      Object.entries(outputs).map(([name, { type }]) => [name, type.shape]),
      [
        ["kept", shape],
        ["mean", [2, 3]],
      ],
    );
  });

  it("keep a block's promise field by field", () => {
    const text = `block a(x: [B, T, D]) -> { kept: [B, T, D], gate: [B, T, D] } { { kept: x, gat: x } }
block b(x: [B, T, D]) -> { kept: [B, T, D], gate: [B, T, D] } { { kept: x } }
block c(x: [B, T, D]) -> { kept: [B, T, D] } { { kept: x, more: x } }
block d(x: [B, T, D], y: [B, T, E]) -> { kept: [B, T, D], gate: int[B, T] } { { kept: y, gate: x } }
block e(x: [B, T, D]) -> { kept: [B, T, D], gate: [B, T, D] } { x }
block f(x: [B, T, D]) -> [B, T, D] { { kept: x, gate: 2 } }
block g(x: [B, T, D]) -> { kept: [B, T, D], kept: [B, T, D] } { { kept: x, kept: x } }
block h(x: [B, T, D]) -> { kept: [B, T, D] } { {} }`;
    assert.deepEqual(errorsIn(text), [
      "1: E0222 `a` promises no field `gat`",
      "2: E0221 `b` promises a field `gate`, but its last value is the record { kept }",
      "3: E0222 `c` promises no field `more`",
      "4: E0223 `d` promises [B, T, D] as `kept`, but it is [B, T, E]",
      "4: E0223 `d` promises int[B, T] as `gate`, but it is [B, T, D]",
      "5: E0306 `e` promises { kept: [B, T, D], gate: [B, T, D] } but its last value is [B, T, D]",
      "6: E0306 `f` promises [B, T, D] but its last value is { kept: [B, T, D], gate: the number 2 }",
      "7: E0217 the field `kept` is there twice",
      "7: E0217 the field `kept` is there twice",
      "8: E0413 this record is empty",
    ]);
    assert.match(errorsIn(text, true)[0]!, /did you mean `gate`\?$/);
  });

  it("are no tensors, and tensors have no fields", () => {
    const text = `block pair(x: [B, T, D]) -> { kept: [B, T, D], gate: [B, T, D] } { { kept: x, gate: x } }
block f(x: [B, T, D]) -> [B, T, D] {
  r = pair(x)
  a = r + x
  b = tanh(r)
  c = pair(r)
  r.kep * x.kept * rr.kept * a * b * c.kept
}`;
    const record = "this is a record with the fields `kept` and `gate`, and a tensor is needed";
    assert.deepEqual(errorsIn(text), [
      `4: E0220 ${record}`,
      `5: E0220 ${record}`,
      `6: E0220 ${record}`,
      "7: E0218 `r` has no field `kep`",
      "7: E0219 `x` is a tensor [B, T, D], which has no fields",
      "7: E0201 nothing here is named `rr`",
    ]);
    assert.match(errorsIn(text, true)[0]!, /take a field of it, as in `r\.kept`$/);
  });
});
