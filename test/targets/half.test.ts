import assert from "node:assert/strict";
import { roundBf16 } from "../../codegen/interpret/spell.ts";
import { convert } from "../../src/graph/scalars.ts";
import { bf16Bits, halfBits, toBf16 } from "../../targets/half.ts";

function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 0x3ff) / 1024;
  return sign * (exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15));
}

const bits = (...words: number[]) => new Float32Array(Uint32Array.from(words).buffer);

describe("bf16 storage", () => {
  it("keeps every bf16 bit for bit, NaN included", () => {
    const halves = Uint16Array.from({ length: 0x10000 }, (_, i) => i);
    const stored = toBf16(bits(...Array.from(halves, (half) => (half << 16) >>> 0)));
    assert.deepEqual(stored, halves);
  });

  it("rounds to nearest, ties to even, past the largest to infinity, and keeps NaN one", () => {
    for (const [word, half] of [
      [0x3f808000, 0x3f80],
      [0x3f818000, 0x3f82],
      [0x3f808001, 0x3f81],
      [0xbf817fff, 0xbf81],
      [0x00007fff, 0],
      [0x80008001, 0x8001],
      [0x7f7f7fff, 0x7f7f],
      [0x7f7f8000, 0x7f80],
      [0xff7fffff, 0xff80],
      [0x7f800001, 0x7fc0],
      [0xff80ffff, 0xffc0],
      [0x7f810001, 0x7f81],
    ] as const)
      assert.equal(bf16Bits(word), half, word.toString(16));
  });

  it("rounds as the interpreter does", () => {
    for (let i = 0; i < 5000; i++) {
      const value = Math.fround(Math.sin(i * 1.7) * 10 ** ((i % 61) - 40));
      const [wide] = bits((toBf16(Float32Array.of(value))[0]! << 16) >>> 0);
      assert.equal(wide, roundBf16(value));
    }
  });
});

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
