import assert from "node:assert/strict";
import { mamba2 } from "./reference/mamba2.ts";
import { countParameters, testZoo } from "./zoo.ts";

const sizes = { depth: 2, inner: 21, states: 5, heads: 3 };

testZoo({
  name: "mamba2",
  settings: { vocab: 23, width: 13, taps: 4, ...sizes },
  reference: (weights, document) => mamba2(weights, document, sizes),
  tolerance: 1e-5,
});

describe("mamba2's configurations", () => {
  it("have as many parameters as the released models' names round to", () => {
    for (const [config, millions] of [
      ["130M", 129],
      ["370M", 368],
      ["780M", 780],
      ["1.3B", 1344],
      ["2.7B", 2703],
    ] as const)
      assert.equal(Math.round(countParameters("mamba2", { config }) / 1e6), millions, config);
  });
});
