import assert from "node:assert/strict";
import { modelOf } from "../files.ts";
import { errorsIn } from "./run.ts";

describe("binding a block's parameters", () => {
  const blocks = `block widen(x: [B, T, D], out: size) -> [B, T, out] { project(x, out: out) as map }
block both(x: [B, T, D], g: block, h: block) -> [B, T, D] {
  y = g(x) as a
  z = h(x) as b
  x * mean(y * z, over: D)
}`;

  it("never gives two sizes that were given elsewhere one name", () => {
    const text = `${blocks.replace("g(x) as a", "stack(x, [g]) as a").replace("h(x) as b", "stack(x, [h]) as b")}
model m(width: size = 4) {
  param e: [9, width] = ones
  both(gather(e, tokens), g: widen(out: 3), h: widen(out: 5))
}`;
    assert.deepEqual(errorsIn(text).slice(0, 1), [
      "5: E0301 the shapes [B, T, widen.out] and [B, T, 5] do not fit in `*`: `widen.out` and `5` disagree",
    ]);
  });

  it("checks dimensions that are computed against the tensor that comes", () => {
    const text = `constant wide = 8
block f(x: [B, T, 2 * D], y: [B, T, D], z: [B, T, wide]) -> [B, T, 2 * D] { x * mean(y, over: D) * mean(z, over: wide) }
model m(width: size = 4, other: size = 5) {
  param e: [9, width] = ones
  param d: [9, 2 * width] = ones
  param c: [9, other] = ones
  x = gather(e, tokens)
  y = gather(d, tokens)
  a = f(y, x, y)
  b = f(y, x, gather(c, tokens))
  c2 = f(x, x, y)
  a + b + c2
}`;
    assert.deepEqual(errorsIn(text), [
      "10: E0302 `z` needs the shape wide = 8 but gets other = 5",
      "11: E0302 `x` needs the shape (2 * D) = 8 but gets width = 4",
    ]);
  });

  it("runs a block by itself whose dimensions are constants", () => {
    const text = `constant wide = 8
block f(x: [B, T, wide]) -> [B, T, wide] { x * 2 }`;
    assert.deepEqual(
      modelOf(text, "f", { inputs: { x: [2, 3, 8] } }).graph.outputs.y?.type.shape,
      [2, 3, 8],
    );
    assert.throws(
      () => modelOf(text, "f", { inputs: { x: [2, 3, 7] } }),
      /should have the shape \[B = 2, T = 3, wide = 8\], but it has \[2, 3, 7\]/,
    );
    assert.deepEqual(errorsIn(text), []);
  });
});
