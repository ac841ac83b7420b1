import assert from "node:assert/strict";
import { generator } from "../../src/weights/random.ts";
import { range } from "./reference/plain.ts";
import { parallelRetention, recurrentRetention, retnet } from "./reference/retnet.ts";
import { countParameters, testZoo } from "./zoo.ts";

const sizes = { depth: 2, heads: 5 };

// The text is the recurrence, so the reference is the other form.
testZoo({
  name: "retnet",
  settings: { vocab: 23, width: 20, hidden: 27, ...sizes },
  reference: (weights, document) => retnet(weights, document, sizes, parallelRetention),
  // Measured: 9.3e-7, on interpreter, lavapipe and SwiftShader.
  tolerance: 3e-6,
});

describe("the reference's retention", () => {
  it("is the same in parallel as by recurrence", () => {
    const random = generator(1, "retention", 0);
    const draw = (width: number) => range(13).map(() => range(width).map(() => random() - 0.5));
    const [q, k, v] = [draw(4), draw(4), draw(7)];
    const [a, b] = [parallelRetention(q, k, v, 0.9), recurrentRetention(q, k, v, 0.9)];
    const differences = a.flatMap((row, t) => row.map((value, i) => Math.abs(value - b[t]![i]!)));
    assert.ok(Math.max(...differences) < 1e-14);
    assert.ok(Math.max(...a.flat().map(Math.abs)) > 0.1);
  });
});

describe("retnet's configurations", () => {
  // Section 3.1: 8 d² in retention, 4 d² in the feed-forward network. Norms add 4 d a layer and 2 d at the end.
  const published = { "1.3B": [2048, 24], "2.7B": [2560, 32], "6.7B": [4096, 32] } as const;
  it("allocate parameters as the paper says", () => {
    for (const [config, [d, depth]] of Object.entries(published)) {
      const expected = depth * (12 * d * d + 4 * d) + 2 * d + 50_257 * d;
      assert.equal(countParameters("retnet", { config }), expected, config);
      // Within 2.5% of its name.
      assert.ok(Math.abs(expected / (Number.parseFloat(config) * 1e9) - 1) < 0.025, config);
    }
  });
});
