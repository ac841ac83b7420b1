import assert from "node:assert/strict";
import { mingru } from "./reference/min_rnns.ts";
import { compileZoo, testZoo } from "./zoo.ts";

testZoo({
  name: "mingru",
  settings: { vocab: 23, width: 13, depth: 2, expansion: 3, taps: 4 },
  reference: (weights, document) => mingru(weights, document, 2),
  tolerance: 1e-5,
});

describe("minGRU's cell", () => {
  it("has 2 · d_h · d_x weights, as the paper's section 3.1 says, and its biases", () => {
    const { model } = compileZoo("mingru", {
      item: "min_gru",
      settings: { hidden: 15 },
      inputs: { x: [1, 1, 7] },
      entries: ["score"],
    });
    const numbers = model.parameters.map(({ shape }) => shape.reduce((a, b) => a * b, 1));
    assert.equal(
      numbers.reduce((a, b) => a + b),
      2 * 15 * 7 + 2 * 15,
    );
  });
});
