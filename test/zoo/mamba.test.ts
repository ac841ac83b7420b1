import assert from "node:assert/strict";
import { mamba } from "./reference/mamba.ts";
import { countParameters, testZoo } from "./zoo.ts";

const sizes = { depth: 2, states: 5, rank: 3 };

testZoo({
  name: "mamba",
  settings: { vocab: 23, width: 14, inner: 27, taps: 4, ...sizes },
  reference: (weights, document) => mamba(weights, document, sizes),
  tolerance: 1e-5,
});

describe("mamba's configurations", () => {
  it("have as many parameters as the released models", () => {
    for (const [config, parameters] of [
      ["130M", 129_135_360],
      ["370M", 371_516_416],
      ["790M", 793_204_224],
      ["1.4B", 1_372_178_432],
      ["2.8B", 2_768_345_600],
    ] as const)
      assert.equal(countParameters("mamba", { config }), parameters, config);
  });
});
