import assert from "node:assert/strict";
import { gemma2 } from "./reference/gemma2.ts";
import { countParameters, testZoo } from "./zoo.ts";

/** The window ends within every document but the shortest; queries are scaled by something else than their size. */
const sizes = { depth: 3, heads: 10, kv_heads: 5, query_scale: 0.1, window: 4 };

testZoo({
  name: "gemma2",
  settings: { vocab: 23, width: 20, head_dim: 6, hidden: 27, ...sizes },
  reference: (weights, document) => gemma2(weights, document, sizes),
  // Measured: 2.6e-6, on interpreter, lavapipe and SwiftShader.
  tolerance: 1e-5,
});

describe("gemma2's configurations", () => {
  const sizesOf = {
    "2B": { vocab: 256_128, width: 2304, rest: 2_024_517_888 },
    "9B": { vocab: 256_128, width: 3584, rest: 8_324_201_984 },
    "27B": { vocab: 256_128, width: 4608, rest: 26_047_480_320 },
  };
  it("have as many parameters as the paper's table 2", () => {
    for (const [config, { vocab, width, rest }] of Object.entries(sizesOf))
      assert.equal(countParameters("gemma2", { config }), vocab * width + rest, config);
  });
});
