import assert from "node:assert/strict";
import {
  type Curves,
  checksOf,
  doublings,
  lineThrough,
  models,
  settingsOf,
} from "../../../bench/curves/sizes.ts";
import { minimumCaps } from "../../../codegen/kernel.ts";
import { compileFile } from "../../../src/execute/open-model.ts";

const curves: Curves = {
  latency: {
    mqa: [
      [1024, 1],
      [2048, 2],
      [4096, 4],
    ],
    hawk: [
      [1024, 2],
      [2048, 2],
      [4096, 2.08],
    ],
    griffin: [
      [1024, 1],
      [2048, 2],
      [4096, 2.2],
    ],
  },
  batched: { mqa: [], hawk: [], griffin: [] },
  prefill: {
    mqa: [],
    hawk: [
      [1024, 11],
      [2048, 21],
      [4096, 41],
    ],
    griffin: [
      [1024, 1],
      [2048, 4],
      [4096, 16],
    ],
  },
};

describe("the curves' models and checks", () => {
  it("the three models have equal numbers of parameters, within 2 %", async () => {
    const counts = [];
    for (const name of models) {
      const { model } = await compileFile(
        {
          model: new URL(`../../../examples/${name}.eyrie`, import.meta.url).pathname,
          ...{ settings: settingsOf(name, 128), entries: ["decode"] },
        },
        minimumCaps,
      );
      counts.push(
        model.parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0),
      );
    }
    assert.ok(Math.max(...counts) / Math.min(...counts) < 1.02, counts.join(" "));
  });

  it("a line is found through points that lie on one, and a parabola is off", () => {
    const { off, slope } = lineThrough(curves.prefill.hawk);
    assert.ok(off < 1e-9);
    assert.ok(Math.abs(slope - 10 / 1024) < 1e-9);
    assert.ok(lineThrough(curves.prefill.griffin).off > 0.1);
  });

  it("each check tells whether it is reached, Griffin's from beyond its window", () => {
    const found = checksOf(curves);
    assert.deepEqual(
      found.map((c) => c.reached),
      [true, false, true, true, false],
    );
    assert.equal(found[0]!.found, 1.04);
    assert.equal(found[1]!.found, 1.1);
    assert.match(found[1]!.text, /at 4 k over 2 k/);
  });

  it("contexts double from one end to the other", () => {
    assert.deepEqual(doublings(1024, 8192), [1024, 2048, 4096, 8192]);
  });
});
