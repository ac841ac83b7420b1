import assert from "node:assert/strict";
import { twoScanHawk } from "./reference/two_scan_hawk.ts";
import { countParameters, testZoo } from "./zoo.ts";

const sizes = { depth: 2, gate_blocks: 3 };

testZoo({
  name: "two_scan_hawk",
  settings: { vocab: 23, width: 20, rnn: 21, hidden: 27, taps: 3, ...sizes },
  reference: (weights, document) => twoScanHawk(weights, document, sizes),
  // Measured: 6.1e-7, on interpreter, lavapipe and SwiftShader.
  tolerance: 2e-6,
});

describe("two_scan_hawk", () => {
  it("learns a second recurrence and a choice more than the hawk of its size", () => {
    const rnn = 1024;
    const recurrence = rnn + 2 * (16 * (rnn / 16) ** 2 + rnn);
    const choice = rnn * rnn + rnn;
    const hawk = countParameters("../hawk", { config: "100M" });
    assert.equal(countParameters("two_scan_hawk", {}), hawk + 12 * (recurrence + choice));
  });
});
