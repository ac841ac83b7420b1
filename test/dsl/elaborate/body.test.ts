import assert from "node:assert/strict";
import { mistakesIn } from "../files.ts";
import { errorsIn } from "./run.ts";

describe("a statement whose value uses its own name", () => {
  const body = (statement: string) =>
    `block f(x: [B, T, D]) -> [B, T, D] {\n  ${statement}\n  h * h\n}`;

  it("is told how recurrences are written, and nothing else is said of the name", () => {
    for (const value of [
      "tanh(0.5 * h + x)",
      "x + sum(h * h, over: D)",
      "h(x)",
      "h.last + h * x",
    ]) {
      const found = mistakesIn(body(`h = ${value}`));
      assert.deepEqual(
        found.map((line) => line.replace(/ at .*?: /s, " ")),
        ["2: E0216 `h` is used in its own definition"],
        value,
      );
    }
    assert.match(
      errorsIn(body("h = 0.5 * h + x"), true)[0]!,
      /; a recurrence is written `h = scan\(decay, input\)`.*only such linear ones of first order/,
    );
  });

  it("is no mistake where the name means a block or a primitive", () => {
    const text = `block h(x: [B, T, D]) -> [B, T, D] { x }
block f(x: [B, T, D]) -> [B, T, D] {
  h = h(x)
  tanh = tanh(h)
  stack = stack(tanh, 1, [rest])
  stack
}
block rest(x: [B, T, D]) -> [B, T, D] { x }`;
    assert.deepEqual(errorsIn(text), []);
  });

  it("keeps its other meaning where the name is defined before", () => {
    assert.deepEqual(errorsIn(body("x = x + 1\n  h = x")), ["2: E0204 `x` is defined twice"]);
    assert.deepEqual(errorsIn(body("size K = K + 1\n  h = x")), [
      "2: E0201 nothing here is named `K`",
    ]);
  });

  it("in a function, too", () => {
    assert.deepEqual(errorsIn("function f(x) {\n  h = h + x\n  h\n}"), [
      "2: E0216 `h` is used in its own definition",
    ]);
  });
});
