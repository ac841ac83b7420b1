import assert from "node:assert/strict";
import { sampleRow } from "../../src/graph/ops/sample.ts";
import { philox, uniform } from "../../src/graph/philox.ts";

const plain = { temperature: 1, topP: 1, topK: 0, seed: 1, draw: 0 };

describe("sample", () => {
  it("draws the words of the published Philox4x32-10 test vectors", () => {
    const ones = 0xffffffff;
    assert.deepEqual(
      philox([0, 0], [0, 0, 0, 0]),
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    );
    assert.deepEqual(
      philox([ones, ones], [ones, ones, ones, ones]),
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    );
    assert.deepEqual(
      philox([0xa4093822, 0x299f31d0], [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344]),
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    );
  });

  it("draws uniformly, strictly within 0 and 1", () => {
    const draws = Array.from({ length: 4000 }, (_, v) => uniform(7, 3, v));
    assert.ok(draws.every((u) => u > 0 && u < 1));
    assert.ok(Math.abs(draws.reduce((sum, u) => sum + u, 0) / 4000 - 0.5) < 0.02);
  });

  it("at temperature 0 takes the first largest", () => {
    assert.equal(sampleRow(Float64Array.of(1, 5, 5, 2), { ...plain, temperature: 0 }), 1);
  });

  it("draws tokens as often as their probabilities say", () => {
    const logits = Float64Array.of(0, 1, 2);
    const counts = [0, 0, 0];
    for (let draw = 0; draw < 3000; draw++) counts[sampleRow(logits, { ...plain, draw })]!++;
    const mass = 1 + Math.E + Math.E ** 2;
    counts.forEach((n, v) => {
      assert.ok(Math.abs(n / 3000 - Math.E ** v / mass) < 0.03, `token ${v}: ${n}`);
    });
  });

  it("top-k keeps ties with the k-th and top-p the smallest set of enough mass", () => {
    const drawn = (logits: readonly number[], controls: Partial<typeof plain>) => {
      const tokens = Array.from({ length: 300 }, (_, draw) =>
        sampleRow(Float64Array.from(logits), { ...plain, ...controls, draw }),
      );
      return [...new Set(tokens)].sort();
    };
    assert.deepEqual(drawn([1, 2, 2, 0], { topK: 1 }), [1, 2]);
    assert.deepEqual(drawn([1, 2, 2, 0], { topK: 3 }), [0, 1, 2]);
    const halves = [Math.log(0.5), Math.log(0.3), Math.log(0.2)];
    assert.deepEqual(drawn(halves, { topP: 0.4 }), [0]);
    assert.deepEqual(drawn(halves, { topP: 0.6 }), [0, 1]);
    assert.deepEqual(drawn(halves, { topP: 0.7, topK: 2 }), [0, 1]);
    assert.deepEqual(drawn(halves, { topP: 0.6, topK: 2 }), [0]);
  });
});
