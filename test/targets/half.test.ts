import assert from "node:assert/strict";
import { convert } from "../../src/graph/scalars.ts";
import { halfBits } from "../../targets/half.ts";

function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 0x3ff) / 1024;
  return sign * (exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15));
}

describe("f16 storage", () => {
  it("keeps every half as it is", () => {
    for (let bits = 0; bits < 0x10000; bits++)
      if ((bits & 0x7c00) !== 0x7c00) assert.equal(halfBits(halfValue(bits)), bits);
  });

  it("rounds to the nearest half, ties to even", () => {
    for (let i = 0; i < 5000; i++) {
      const value = Math.fround(Math.sin(i * 1.7) * 10 ** ((i % 13) - 8));
      assert.ok(halfValue(halfBits(value)) === convert(value, "f32", "f16"), String(value));
    }
    assert.equal(halfBits(1 + 2 ** -11), 0x3c00);
    assert.equal(halfBits(1 + 3 * 2 ** -11), 0x3c02);
  });

  it("makes what is too large the largest half", () => {
    assert.equal(halfBits(1e6), 0x7bff);
    assert.equal(halfBits(-Infinity), 0xfbff);
    assert.equal(halfBits(Number.NaN) & 0x7c00, 0x7c00);
  });
});
