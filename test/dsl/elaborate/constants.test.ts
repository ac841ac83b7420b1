import assert from "node:assert/strict";
import { checkFile } from "../../../dsl/elaborate.ts";
import { parse } from "../../../dsl/parse.ts";
import { modelOf, standard } from "../files.ts";
import { assertNear, errorsIn, numbers, outputsOfBlock } from "./run.ts";

describe("constants", () => {
  it("are numbers and flags made of others, in whatever order, and dimensions", () => {
    const text = `constant width = 2 * half
constant half = floor(pair(1.5))
constant deep = width > 5
function pair(n) { 2 * n }
block scale(x: [B, T, width]) -> [B, T, width] {
  param gain: [width] = normal(1 / width)
  if deep then x * gain else x
}
model m(vocab: size = 5) {
  param e: [vocab, width] = ones
  contract(scale(gather(e, tokens)) + gather(e, tokens), e, over: width)
}`;
    assert.deepEqual(
      modelOf(text, "m").parameters.map(({ name, shape }) => [name, shape]),
      [
        ["e", [5, 6]],
        ["scale.gain", [6]],
      ],
    );
    assert.deepEqual(errorsIn(text), []);
  });

  it("are hidden by a parameter of the same name, which is then not that dimension", () => {
    const text = `constant width = 4
block widen(x: [B, T, D]) -> [B, T, width] { project(x, out: width) }
model m(width: size = 6) {
  param e: [9, width] = ones
  x = gather(e, tokens)
  contract(x + widen(x), e, over: width)
}`;
    assert.deepEqual(errorsIn(text), [
      "6: E0301 the shapes [B, T, width] and [B, T, 4] do not fit in `+`: `width` and `4` disagree",
    ]);
  });

  it("cannot be something else in a body", () => {
    const text = `constant width = 4
block f(x: [B, T, D]) -> [B, T, D] {
  width = 3
  x * width
}`;
    assert.deepEqual(errorsIn(text), [
      "3: E0227 `width` is a constant of this file and cannot be something else in a body",
    ]);
  });

  it("are numbers or flags that are known while compiling", () => {
    const text = `constant a = position
constant b = [c]
constant c = relu
constant position = 3
constant d = { e: 1 }
block f(x: [B, T, D]) -> [B, T, D] { x * a * b * c * d(x) }`;
    assert.deepEqual(errorsIn(text), [
      "1: E0408 `position` is a tensor, and the constant `a` must be known while compiling",
      "2: E0404 `b` is a number or flag, but this is the pattern [c]",
      "3: E0225 `relu` is a function, and only a call of it is a value",
      "4: E0206 `position` is a word of the language and cannot be redefined",
      "5: E0404 `d` is a number or flag, but this is the record { e }",
      "6: E0210 `d` is a constant and cannot be called",
    ]);
  });

  it("do not need themselves, neither always nor by the branch that another chooses", () => {
    assert.deepEqual(errorsIn("constant a = b\nconstant b = 2 * a"), [
      "1: E0226 these constants need each other: a → b → a",
    ]);
    assert.deepEqual(
      errorsIn("constant on = true\nconstant a = if on then b else 1\nconstant b = 2 * a"),
      ["2: E0226 these constants need each other: a → b → a"],
    );
    const allowed = "constant on = false\nconstant a = if on then b else 1\nconstant b = 2 * a";
    assert.deepEqual(errorsIn(allowed), []);
  });

  it("belong to their own file: another of the user's sees none of them", () => {
    const texts = {
      "a.eyrie": "constant eps = 3\nblock f(x: [B, T, D]) -> [B, T, D] { x * eps }",
      "b.eyrie": "block g(x: [B, T, D]) -> [B, T, D] { f(x) * eps }",
    };
    const own = Object.entries(texts).map(([file, text]) => parse(file, text).ast);
    assert.deepEqual(
      checkFile([...standard, ...own], own).map(({ code, span }) => [code, span.file]),
      [["E0201", "b.eyrie"]],
    );
  });

  it("belong to their own file: the standard library sees none of the user's", () => {
    const text = `constant eps = 100
block f(x: [B, T, D]) -> [B, T, D] { rms_norm(x) as norm * eps / eps }`;
    const x = numbers([2, 3, 4]);
    const scale = numbers([4]);
    const want = x.map((v, i) => {
      const from = i - (i % 4);
      const square = [0, 1, 2, 3].reduce((sum, d) => sum + x[from + d]! ** 2, 0) / 4;
      return (v / Math.sqrt(square + 1e-6)) * (1 + scale[i % 4]!);
    });
    assertNear(outputsOfBlock(text, { x: [2, 3, 4] }).y!.data, want);
  });
});
