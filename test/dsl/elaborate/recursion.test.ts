import assert from "node:assert/strict";
import { elaborateText, modelOf } from "../files.ts";
import { assertNear, errorsIn, numbers, outputsOfBlock } from "./run.ts";

const tower = `block layer(x: [B, T, D]) -> [B, T, D] { project(x, out: D) as map }
block tower(x: [B, T, D], n: size) -> [B, T, D] {
  if n == 1 then layer(x) else tower(layer(x) as here, n: n - 1) as rest
}
model m(width: size = 4, depth: size = 3) {
  param e: [9, width] = ones
  tower(gather(e, tokens), n: depth)
}`;

describe("recursion", () => {
  it("ends where a branch of an `if` over settings says so", () => {
    assert.deepEqual(
      modelOf(tower, "m").parameters.map(({ name }) => name),
      ["e", "tower.here.map.w", "tower.rest.here.map.w", "tower.rest.rest.layer.map.w"],
    );
    assert.deepEqual(errorsIn(tower), []);
  });

  it("of functions computes what it says", () => {
    const text = `function power(x, n) { if n == 0 then 1 else x * power(x, n - 1) }
block f(x: [B, T, D]) -> [B, T, D] { power(x, 5) * power(2, 3) }`;
    assertNear(
      outputsOfBlock(text, { x: [2, 3, 4] }).y!.data,
      numbers([2, 3, 4]).map((v) => 8 * v ** 5),
    );
  });

  it("is no deeper than blocks may be", () => {
    const found = (depth: number) =>
      elaborateText(tower, "m", { settings: { depth } }).diagnostics.map(({ code }) => code);
    assert.deepEqual([found(62), found(63)], [[], ["E0212"]]);
  });

  it("without a branch that ends it is a mistake for each kind of item", () => {
    const text = `block a(x: [B, T, D]) -> [B, T, D] { b(x) }
block b(x: [B, T, D]) -> [B, T, D] { if 1 < 2 then x else c(a(x)) }
block c(x: [B, T, D]) -> [B, T, D] { d(x) }
function d(x) { if a(x) > 0 then x else e(x) }
function e(x) { e(x) }
block h(x: [B, T, D]) -> [B, T, D] { if g(3) > 2 then h(x) else x }
function g(n) { h(n) }`;
    assert.deepEqual(errorsIn(text), [
      "5: E0207 these functions call each other for ever: e → e",
      "6: E0207 these blocks and functions call each other for ever: h → g → h",
    ]);
  });

  it("that a tensor would have to end is stopped", () => {
    const text = `block f(x: [B, T, D]) -> [B, T, D] { if position == 0 then x else f(x) }
function g(x) { if x > 0 then x else g(x + 1) }
block h(x: [B, T, D]) -> [B, T, D] { g(x) }`;
    assert.deepEqual(
      errorsIn(text).map((line) => line.slice(0, 8)),
      ["1: E0212", "2: E0212"],
    );
  });

  it("that doubles is stopped before long", () => {
    const text = (
      depth: string,
    ) => `function fan(x, n) { if n == 0 then x else fan(x, n - 1) + fan(x, n - 1) }
block f(x: [B, T, D], n: size) -> [B, T, D] { if n == 1 then x else f(x, n: n - 1) + f(x, n: n - 1) }
model m(width: size = 4, depth: size${depth}) {
  param e: [9, width] = ones
  fan(f(gather(e, tokens), n: depth), depth)
}`;
    const start = Date.now();
    assert.deepEqual(errorsIn(text("")), []);
    assert.deepEqual(errorsIn(text(" = 40")), []);
    assert.deepEqual(
      errorsIn(text(" = 100")).map((line) => line.slice(0, 8)),
      ["2: E0212"],
    );
    assert.ok(Date.now() - start < 10_000);
  }).timeout(20_000);

  it("of sizes made of sizes gives them no endless names", () => {
    const text = `function grow(x, n) { if n > 1e12 then x + n else grow(x, n + n) }
block f(x: [B, T, D]) -> [B, T, D] { grow(x, 1) }`;
    assertNear(
      outputsOfBlock(text, { x: [2, 3, 4] }).y!.data,
      numbers([2, 3, 4]).map((v) => v + 2 ** 40),
    );
  });

  it("blames no stand-in for where it would have ended", () => {
    const text = `block f(x: [B, T, D], n: size, on: flag, p: number) -> [B, T, D] {
  a = if p == 1 then x else f(x, n: n, on: on, p: p - 1)
  b = if on then f(x, n: n, on: not on, p: p) else a
  if n == 1 then b else f(b, n: n - 1, on: on, p: p)
}
model m(width: size = 4, depth: size) {
  param e: [9, width] = ones
  f(gather(e, tokens), n: depth, on: true, p: depth)
}`;
    assert.deepEqual(errorsIn(text), []);
  });
});
