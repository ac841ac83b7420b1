import assert from "node:assert/strict";
import { llama2 } from "./reference/llama2.ts";
import { countParameters, testZoo } from "./zoo.ts";

const sizes = { depth: 2, heads: 6, kv_heads: 3 };

testZoo({
  name: "llama2",
  settings: { vocab: 23, width: 36, hidden: 27, ...sizes },
  reference: (weights, document) => llama2(weights, document, sizes),
  // Measured: 5.6e-7, on interpreter, lavapipe and SwiftShader.
  tolerance: 2e-6,
});

describe("llama2's configurations", () => {
  it("have as many parameters as the released models", () => {
    assert.equal(countParameters("llama2", { config: "7B" }), 6_738_415_616);
    assert.equal(countParameters("llama2", { config: "13B" }), 13_015_864_320);
    assert.equal(countParameters("llama2", { config: "70B" }), 68_976_648_192);
  });
});
