import assert from "node:assert/strict";
import { minlstm } from "./reference/min_rnns.ts";
import { compileZoo, testZoo } from "./zoo.ts";

testZoo({
  name: "minlstm",
  settings: { vocab: 23, width: 13, depth: 2, expansion: 3 },
  reference: (weights, document) => minlstm(weights, document, 2),
  tolerance: 1e-5,
});

describe("minLSTM's cell", () => {
  it("has 3 · d_h · d_x weights, as the paper's section 3.2 says, and its biases", () => {
    const { model } = compileZoo("minlstm", {
      item: "min_lstm",
      settings: { hidden: 15 },
      inputs: { x: [1, 1, 7] },
      entries: ["score"],
    });
    const numbers = model.parameters.map(({ shape }) => shape.reduce((a, b) => a * b, 1));
    assert.equal(
      numbers.reduce((a, b) => a + b),
      3 * 15 * 7 + 3 * 15,
    );
  });
});
