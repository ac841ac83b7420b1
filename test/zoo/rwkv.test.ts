import assert from "node:assert/strict";
import { rwkv } from "./reference/rwkv.ts";
import { countParameters, testZoo } from "./zoo.ts";

const sizes = { depth: 2, heads: 5 };

testZoo({
  name: "rwkv",
  settings: { vocab: 23, width: 20, hidden: 27, rank: 3, keep_rank: 7, ...sizes },
  reference: (weights, document) => rwkv(weights, document, sizes),
  // Measured: 4.2e-6, on interpreter, lavapipe and SwiftShader.
  tolerance: 1e-5,
});

describe("rwkv's configurations", () => {
  it("have as many parameters as the paper's formula says, and as its abstract rounds them", () => {
    for (const [config, d, depth, millions] of [
      ["1.6B", 2048, 24, 1600],
      ["3B", 2560, 32, 3100],
    ] as const) {
      const expected = 13 * d * d * depth + 464 * d * depth + 4 * d + 2 * d * 65_536;
      assert.equal(countParameters("rwkv", { config }), expected, config);
      assert.equal(Math.round(expected / 1e8) * 100, millions, config);
    }
  });
});
