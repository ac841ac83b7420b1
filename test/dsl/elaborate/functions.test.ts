import assert from "node:assert/strict";
import { elaborateText, mistakesIn, modelOf } from "../files.ts";
import { assertNear, errorsIn, numbers, outputsOfBlock } from "./run.ts";

const shape = [2, 3, 4];
const x = numbers(shape);
/** Mean of the four features of an element's token. */
const meanAt = (i: number): number => {
  const from = i - (i % 4);
  return (x[from]! + x[from + 1]! + x[from + 2]! + x[from + 3]!) / 4;
};

describe("functions", () => {
  it("take values by place and by name, and fall back on those before", () => {
    const text = `function bend(x, cap = 3, gain = 2 * cap) { gain * tanh(x / cap) }
block f(x: [B, T, D]) -> [B, T, D] { bend(x) + bend(x, 5) + bend(x, gain: 7) + bend(gain: 1, cap: 2, x: x) }`;
    const bend = (v: number, cap: number, gain: number) => gain * Math.tanh(v / cap);
    assertNear(
      outputsOfBlock(text, { x: shape }).y!.data,
      x.map((v) => bend(v, 3, 6) + bend(v, 5, 10) + bend(v, 3, 7) + bend(v, 2, 1)),
    );
  });

  it("go over the dimension that the caller passes, whatever either calls it", () => {
    const text = `function center(x, D) { x - mean(x, over: D) }
function twice(x, E) { center(center(x, E) * 2, E) }
block f(x: [B, T, width], D: size = 7) -> [B, T, width] { twice(x, width) }`;
    assertNear(
      outputsOfBlock(text, { x: shape }).y!.data,
      x.map((v, i) => 2 * (v - meanAt(i))),
    );
  });

  it("give computed sizes the caller's names", () => {
    const text = `function halves(x, D) {
  K = D / 2
  split(x, D, [2, K])
}
block f(x: [B, T, width]) -> [B, T, width] {
  size K = width / 4
  h = halves(x, width) * 3
  merge(h, [2, width / 2], width)
}`;
    const { y } = outputsOfBlock(text, { x: shape });
    assertNear(
      y!.data,
      x.map((v) => 3 * v),
    );
  });

  it("keep apart sizes of two calls that flags decide", () => {
    const text = `function cut(x, D, deep) {
  n = if deep then 2 else 3
  split(x, D, [n, D / n])
}
block f(x: [B, T, D]) -> [B, T, D] {
  a = cut(x, D, true)
  b = cut(x, D, false)
  merge(a + b, [2, D / 2], D)
}`;
    const found = elaborateText(text, "f", { inputs: { x: [2, 3, 6] } }).diagnostics;
    assert.deepEqual(
      found.map(({ code }) => code),
      ["E0301"],
    );
  });

  it("take flags, block values and records, and give numbers, flags and records", () => {
    const text = `block times(x: [B, T, D], by: number) -> [B, T, D] { x * by }
function half(n) { n / 2 }
function both(f, x, on) { if on then f(f(x)) else x }
function pack(x, n) { { value: x, by: n } }
block f(x: [B, T, D]) -> [B, T, D] {
  size K = half(8)
  p = pack(both(times(by: 3), x, K == 4), half(K))
  p.value * p.by
}`;
    assertNear(
      outputsOfBlock(text, { x: shape }).y!.data,
      x.map((v) => 18 * v),
    );
  });

  it("leave the values that a body names alone", () => {
    const text = `function g(x) {
  y = x * 2
  tanh(y) as z
}
block f(x: [B, T, D]) -> [B, T, D] {
  y = x + 1
  r = g(y) as called
  r + y
}`;
    const { values } = modelOf(text, "f", { inputs: { x: shape } });
    assert.deepEqual(Object.keys(values).sort(), ["called", "r", "y"]);
    assert.equal(values.y!.op === "map" && values.y!.attrs.fn, "add");
  });

  it("are found in the file itself before the standard library, and hide primitives", () => {
    const text = `function relu(x) { x * 10 }
function exp(x) { x * 100 }
block f(x: [B, T, D]) -> [B, T, D] { relu(exp(x)) }`;
    assertNear(
      outputsOfBlock(text, { x: shape }).y!.data,
      x.map((v) => 1000 * v),
    );
  });

  it("say which values a call lacks or has too many of", () => {
    const text = `function f(x, y) { x + y }
block g(x: [B, T, D]) -> [B, T, D] { f(x) + f(x, 1, 2) + f(x, 1, x: 2) + f(x, z: 3) + f }`;
    assert.deepEqual(errorsIn(text), [
      "2: E0425 `f` needs `y`",
      "2: E0424 `f` takes 2 values by place but gets 3",
      "2: E0403 the setting `x` is given twice",
      "2: E0425 `f` needs `y`",
      "2: E0401 `f` has no setting `z`",
      "2: E0225 `f` is a function, and only a call of it is a value",
    ]);
  });

  it("keep neither parameters nor states, also through what they call", () => {
    const text = `function a(x) { linear(x, out: 3) }
function b(x) { scan(0.5, x) }
function c(x) {
  param w: [3] = zeros
  x * w
}
function d(x) { e(x) }
function e(x) { b(x) }
function g(x) {
  core = share(linear(out: 3)) as core
  core(x)
}
block f(x: [B, T, D]) -> [B, T, D] { sum(a(x), over: 3) + b(x) + sum(d(x), over: D) + g(x) }`;
    assert.deepEqual(errorsIn(text), [
      "1: E0224 `a` is a function and keeps nothing, but `linear` has parameters",
      "2: E0224 `b` is a function and keeps nothing, but `scan` carries a state",
      "4: E0224 `c` is a function and keeps nothing, but `w` is a parameter",
      "10: E0224 `g` is a function and keeps nothing, but `share` makes a place for parameters",
    ]);
  });

  it("may apply a shared block, whose parameters live elsewhere", () => {
    const text = `function twice(x, f) { f(f(x)) }
block f(x: [B, T, D]) -> [B, T, D] {
  core = share(linear(out: D)) as core
  twice(x, core)
}`;
    const { parameters } = modelOf(text, "f", { inputs: { x: shape } });
    assert.deepEqual(
      parameters.map(({ name }) => name),
      ["core.w", "core.b"],
    );
  });

  it("are read whether or not somebody calls them", () => {
    const text = `function f(x, x) {
  y = x + z
  position = 2
  sigmiod(x)
}`;
    assert.deepEqual(
      mistakesIn(text).map((line) => line.replace(/ at .*/s, "")),
      ["1: E0204", "2: W0501", "2: E0201", "3: E0206", "3: W0501", "4: E0202"],
    );
  });

  it("and blocks and constants of one file have names of their own", () => {
    const text = `function f(x) { x }
block f(x: [B, T, D]) -> [B, T, D] { x }
constant f = 3`;
    assert.deepEqual(errorsIn(text), [
      "2: E0204 `f` is defined twice",
      "3: E0204 `f` is defined twice",
    ]);
  });
});

describe("the standard functions", () => {
  it("compute what their names say", () => {
    const text = `block f(x: [B, T, D]) -> [B, T, D] {
  relu(x) + 10 * clamp(2 * x, -1, 0.5) + 100 * soft_cap(x, 0.3) + relu(-3) + clamp(7, 0, 1)
}`;
    const want = x.map(
      (v) =>
        Math.max(v, 0) +
        10 * Math.min(Math.max(2 * v, -1), 0.5) +
        100 * 0.3 * Math.tanh(v / 0.3) +
        1,
    );
    assertNear(outputsOfBlock(text, { x: shape }).y!.data, want);
  });
});

describe("the standard blocks", () => {
  it("layer_norm centers and scales each token", () => {
    const { y } = outputsOfBlock(
      "block f(x: [B, T, D]) -> [B, T, D] { layer_norm(x, eps: 0.1) as n }",
      { x: shape },
    );
    const [scale, bias] = [numbers([4], 0), numbers([4], 1)];
    const want = x.map((v, i) => {
      const from = i - (i % 4);
      const spread = [0, 1, 2, 3].map((d) => (x[from + d]! - meanAt(i)) ** 2);
      const variance = spread.reduce((a, b) => a + b, 0) / 4;
      return ((v - meanAt(i)) / Math.sqrt(variance + 0.1)) * scale[i % 4]! + bias[i % 4]!;
    });
    assertNear(y!.data, want);
  });

  it("running_mean is the mean of a document so far", () => {
    const { y } = outputsOfBlock("block f(x: [B, T, D]) -> [B, T, D] { running_mean(x) }", {
      x: shape,
    });
    const want = x.map((_, i) => {
      const [row, token, d] = [Math.floor(i / 12), Math.floor(i / 4) % 3, i % 4];
      const seen = Array.from({ length: token + 1 }, (_, t) => x[(row * 3 + t) * 4 + d]!);
      return seen.reduce((a, b) => a + b, 0) / (token + 1);
    });
    assertNear(y!.data, want);
  });
});
