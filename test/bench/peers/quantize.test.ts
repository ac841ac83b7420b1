import assert from "node:assert/strict";
import { quantize } from "../../../bench/peers/onnx/quantize.ts";
import { noise } from "../../../bench/peers/tensors.ts";

describe("weights for MatMulNBits", () => {
  for (const bits of [4, 8])
    it(`${bits} bits come back within half a step of their block`, () => {
      const layout = { depth: 64, columns: 3, bits, blockSize: 32 };
      const weights = noise(1, 64 * 3);
      const { codes, scales } = quantize(weights, layout);
      assert.equal(codes.length, (64 * 3 * bits) / 8);
      assert.equal(scales.length, 2 * 3);
      for (let n = 0; n < 3; n++)
        for (let k = 0; k < 64; k++) {
          const place = n * 64 + k;
          const byte = codes[Math.floor((place * bits) / 8)]!;
          const code = bits === 8 ? byte : place % 2 === 0 ? byte & 15 : byte >> 4;
          const scale = scales[n * 2 + Math.floor(k / 32)]!;
          const value = (code - 2 ** (bits - 1)) * scale;
          assert.ok(Math.abs(value - weights[k * 3 + n]!) <= scale * 0.5001);
        }
    });
});
