import assert from "node:assert/strict";
import { classifier } from "./reference/classifier.ts";
import { compileZoo, testZoo } from "./zoo.ts";

const settings = { vocab: 23, bands: 11, classes: 7, width: 20, hidden: 27 };

testZoo({
  name: "classifier",
  settings,
  inputs: { features: 11 },
  reference: classifier,
  // Measured: 2.7e-7, on interpreter, lavapipe and SwiftShader.
  tolerance: 1e-6,
});

describe("classifier", () => {
  it("draws no tokens, since none of its outputs are logits", () => {
    const { entries } = compileZoo("classifier", { settings, chunk: 5 });
    for (const entry of ["prefill", "decode"])
      assert.deepEqual(entries[entry]!.spec.outputs.map(({ name }) => name).sort(), [
        "moment",
        "overall",
      ]);
  });
  it("has one set of parameters and two memories", () => {
    const { model } = compileZoo("classifier", { settings, chunk: 5 });
    assert.equal(model.parameters.filter(({ name }) => name.endsWith("memory.rate")).length, 1);
    const scans = model.graph.states.map(({ name }) => name).filter((n) => n.endsWith(".scan"));
    assert.deepEqual(scans.filter((name) => name.includes("memory")).length, 2);
  });
});
