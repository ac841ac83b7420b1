import assert from "node:assert/strict";
import { applyScalar, convert, scalarResult } from "../../src/graph/scalars.ts";

describe("scalars", () => {
  it("i32 and u32 wrap", () => {
    assert.equal(applyScalar("add", "i32", [2 ** 31 - 1, 1]), -(2 ** 31));
    assert.equal(applyScalar("sub", "u32", [0, 1]), 2 ** 32 - 1);
    assert.equal(
      applyScalar("mul", "u32", [0xd2511f53, 0x9e3779b9]),
      Number((0xd2511f53n * 0x9e3779b9n) & 0xffffffffn),
    );
    assert.equal(applyScalar("neg", "i32", [-(2 ** 31)]), -(2 ** 31));
  });

  it("integer division and modulo truncate, and zero divides without a trap", () => {
    assert.deepEqual(
      [applyScalar("div", "i32", [-7, 2]), applyScalar("mod", "i32", [-7, 2])],
      [-3, -1],
    );
    assert.deepEqual(
      [applyScalar("div", "u32", [7, 0]), applyScalar("mod", "u32", [7, 0])],
      [7, 0],
    );
    assert.equal(applyScalar("div", "f32", [-7, 2]), -3.5);
  });

  it("bits and shifts of u32 stay unsigned, shifts of i32 keep the sign", () => {
    assert.equal(applyScalar("bitxor", "u32", [2 ** 31, 1]), 2 ** 31 + 1);
    assert.equal(applyScalar("shl", "u32", [3, 31]), 2 ** 31);
    assert.equal(applyScalar("shr", "u32", [2 ** 32 - 1, 28]), 15);
    assert.equal(applyScalar("shr", "i32", [-16, 2]), -4);
  });

  it("comparisons give bool, select its branches' type, and types that do not fit are refused", () => {
    assert.equal(scalarResult("lt", ["i32", "i32"]), "bool");
    assert.equal(scalarResult("select", ["bool", "f32", "f32"]), "f32");
    assert.throws(() => scalarResult("exp", ["i32"]), /cannot take \(i32\)/);
    assert.throws(() => scalarResult("add", ["f32", "i32"]), /cannot take \(f32, i32\)/);
    assert.throws(() => scalarResult("select", ["i32", "f32", "f32"]), /bool condition/);
    assert.throws(() => scalarResult("neg", ["f32", "f32"]), /takes 1 inputs/);
  });

  it("conversions truncate, saturate and round to nearest even", () => {
    assert.deepEqual(
      [convert(-2.9, "f32", "i32"), convert(1e12, "f32", "i32"), convert(-1, "f32", "u32")],
      [-2, 2 ** 31 - 1, 0],
    );
    assert.equal(convert(-1, "i32", "u32"), 2 ** 32 - 1);
    assert.deepEqual(
      [2049, 2051, 65519, 65520, 2 ** -24, 2 ** -25, 0.1].map((n) => convert(n, "f32", "f16")),
      [2048, 2052, 65504, Infinity, 2 ** -24, 0, 0.0999755859375],
    );
    assert.deepEqual(
      [257, 259, Math.sqrt(2560)].map((n) => convert(n, "f32", "bf16")),
      [256, 260, 50.5],
    );
  });
});
