import assert from "node:assert/strict";
import { modelOf } from "../files.ts";
import { assertNear, errorsIn, numbers, outputsOfBlock } from "./run.ts";

const shape = [2, 3, 4];
const x = numbers(shape);
const blocks = `block plus(x: [B, T, D], n: number) -> [B, T, D] { x + n }
block times(x: [B, T, D], by: number) -> [B, T, D] { x * by }
block add(x: [B, T, D], m: [B, T, D], gain: number = 1) -> [B, T, D] { x * gain + m }`;
/** The value of `result` in a body that knows `one` (x + 1), `two` (x · 2) and three patterns. */
const computed = (result: string) =>
  outputsOfBlock(
    `${blocks}
block f(x: [B, T, D], p: pattern = [one] + 2 * [two]) -> [B, T, D] {
  one = plus(n: 1)
  two = times(by: 2)
  q = [one, two]
  ${result}
}`,
    { x: shape },
  ).y!.data;
const mapped = (f: (v: number) => number) => x.map(f);

describe("patterns", () => {
  it("list block values by name or as they are written", () => {
    assertNear(
      computed("stack(x, 3, [one, times(by: 5), if 1 < 2 then two else one])"),
      mapped((v) => 2 * 5 * (v + 1)),
    );
  });
  it("are joined by + and repeated by a number from either side", () => {
    const want = mapped((v) => (((v + 1) * 2 + 1) * 2 + 1) * 8);
    assertNear(computed("stack(x, 2 * q + [one] + [two] * 3)"), want);
    assertNear(computed("stack(x, q * 2 + ([one] + 3 * [two]))"), want);
  });
  it("are gone through once where no number of layers is given", () => {
    assertNear(
      computed("stack(x, q)"),
      mapped((v) => (v + 1) * 2),
    );
    assertNear(
      computed("stack(x, 3, q)"),
      mapped((v) => (v + 1) * 2 + 1),
    );
  });
  it("as settings name what the body defines later, joined and repeated, too", () => {
    assertNear(
      computed("stack(x, p)"),
      mapped((v) => (v + 1) * 4),
    );
  });
  it("pass further tensors to every layer", () => {
    const want = mapped((v) => ((v + 10 * v) * 3 + 10 * v) * 1 + 10 * v);
    assertNear(computed("stack(x, [add, add(gain: 3), add], 10 * x)"), want);
    assertNear(computed("stack(x, 3, [add, add(gain: 3), add], 10 * x)"), want);
  });

  it("among the settings of a model are lists of names", () => {
    const text = `${blocks}
model m(width: size = 4, a: pattern = [later, later], b: pattern = 2 * [times(by: 2)] + [later], c: pattern = [share(times(by: 2)), share(later) as core]) {
  param e: [9, width] = ones
  later = plus(n: 1)
  y = stack(gather(e, tokens), 2, a) as first
  z = stack(y, b) as second
  contract(stack(z, c) as third, e, over: width)
}`;
    const { settings } = modelOf(text, "m");
    assert.deepEqual(settings, {
      width: 4,
      a: ["later", "later"],
      b: ["times", "times", "later"],
      c: ["times", "core"],
    });
    assert.deepEqual(modelOf(text, "m", { settings: { b: ["later"] } }).settings.b, ["later"]);
  });

  it("join with patterns and whole numbers only", () => {
    const text = `${blocks}
block f(x: [B, T, D]) -> [B, T, D] {
  q = [add, add]
  a = q + 3
  b = q * x
  c = q + add
  d = q - q
  e = [q, add]
  g = [[add], add]
  h = [2 * q]
  i = [3, add]
  j = [times(x, by: 2), add]
  stack(stack(x, e, x), j, x) * a * b * c * d * g * h * i
}
model m(width: size = 4) {
  param w: [9, width] = ones
  x = gather(w, tokens)
  p = [plus(n: 1)]
  a = stack(x, 0 * p) as a
  b = stack(a, 2.5 * p) as b
  c = stack(b, 20_000 * p) as c
  d = 9_000 * p + 2_000 * p
  stack(c, d)
}`;
    assert.deepEqual(errorsIn(text), [
      "6: E0420 `+` does not join the pattern [add, add] and the number 3",
      "7: E0420 `*` does not join the pattern [add, add] and a tensor [B, T, D]",
      "8: E0420 `+` does not join the pattern [add, add] and the block `add`",
      "9: E0420 `-` does not join the pattern [add, add] and the pattern [add, add]",
      "10: E0422 `q` is a pattern inside a pattern",
      "11: E0422 `[add]` is a pattern inside a pattern",
      "12: E0422 `2 * q` is a pattern inside a pattern",
      "13: E0404 `3` is a block name, but this is another expression",
      "14: E0423 `times(x, by: 2)` should be a block of this pattern, but it is a tensor [B, T, D]",
      "21: E0421 `0`, how often the pattern is repeated, is 0, but must be a whole number from 1 to 10000",
      "22: E0421 `2.5`, how often the pattern is repeated, is 2.5, but must be a whole number from 1 to 10000",
      "23: E0421 `20000`, how often the pattern is repeated, is 20000, but must be a whole number from 1 to 10000",
    ]);
    assert.match(errorsIn(text, true)[4]!, /join patterns with `\+`: `\[a\] \+ p \+ 2 \* q`$/);
  });

  it("are no longer than layers may be many", () => {
    const text = `${blocks}
model m(width: size = 4) {
  param w: [9, width] = ones
  p = 4_000 * [plus(n: 1)]
  stack(gather(w, tokens), p + p + p)
}`;
    assert.throws(
      () => modelOf(text, "m"),
      /the length of this pattern is 12000, but must be a whole number from 1 to 10000/,
    );
  });

  it("are stacked with tensors that every block of theirs takes", () => {
    const text = `${blocks}
block f(x: [B, T, D]) -> [B, T, D] {
  a = stack(x) as a
  b = stack(x, 3) as b
  c = stack(x, [add]) as c
  d = stack(x, 2, add) as d
  e = stack(x, [add], 3) as e
  stack(a + b + c + d + e, 1, [plus(n: 1)], x)
}`;
    assert.deepEqual(errorsIn(text), [
      "5: E0405 `stack` takes 3 values by place but gets 1",
      "6: E0405 `stack` takes 3 values by place but gets 2",
      "7: E0405 `add` takes 2 tensors by place but gets 1",
      "8: E0404 `pattern` is a pattern, but this is the block `add`",
      "9: E0312 `stack` needs tensors after its pattern but gets the number 3",
    ]);
  });
});
