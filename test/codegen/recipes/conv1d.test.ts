import assert from "node:assert/strict";
import { minimumCaps } from "../../../codegen/kernel.ts";
import { conv1d } from "../../../codegen/recipes/conv1d.ts";
import { GraphBuilder } from "../../../src/graph/build.ts";
import type { Value } from "../../../src/graph/evaluate.ts";
import type { Node } from "../../../src/graph/graph.ts";
import { noise, regionOf, worstError } from "../region.ts";

/** The largest error seen is 7.5e-8. */
const tolerance = 2e-7;

function convOf(B: number, T: number, C: number, K: number) {
  const g = new GraphBuilder();
  const x = g.input("x", { dtype: "f32", shape: [B, T, C] });
  const w = g.parameter("w", { dtype: "f32", shape: [K, C] });
  const past = g.state("past", { dtype: "f32", shape: [B, K - 1, C] });
  const position = g.input("position", { dtype: "i32", shape: [B, T] });
  return { g, x, node: g.composite("conv1d", {}, [x, w, past, position]) };
}

/** Documents begin at every place of `starts`; where none does, row b goes on from token `b + 2` of one; the last is padding. */
function leavesOf(inputs: readonly Node[], starts: readonly number[]): ReadonlyMap<Node, Value> {
  return new Map(
    inputs.map((n, i) => {
      const value = noise(i, n.type);
      if (n.label !== "position") return [n, value];
      const [, T = 1] = n.type.shape;
      let place = 2;
      for (let t = 0; t < value.data.length; t++) {
        if (t % T === 0) place = 2 + t / T;
        if (starts.includes(t % T)) place = 0;
        value.data[t] = t === value.data.length - 1 && T > 4 ? -1 : place++;
      }
      return [n, value];
    }),
  );
}

describe("conv1d", () => {
  for (const [B, T, C, K] of [
    [1, 1, 16, 4],
    [2, 7, 5, 4],
    [3, 17, 20, 3],
    [1, 70, 16, 4],
    [2, 5, 4, 9],
    [1, 6, 3, 2],
  ] as const) {
    it(`mixes ${K} taps of [${B},${T},${C}], with documents that begin anywhere`, () => {
      const region = regionOf(convOf(B, T, C, K).node);
      for (const starts of [[], [0], [1, 3, 16]])
        assert.ok(worstError(conv1d, region, leavesOf(region.inputs, starts)) < tolerance);
    });
  }
  it("mixes one tap without a past", () => {
    const region = regionOf(convOf(2, 5, 8, 1).node);
    assert.ok(worstError(conv1d, region, leavesOf(region.inputs, [])) < tolerance);
  });
  it("adds a bias behind and reads an activation in front", () => {
    const { g, x } = convOf(2, 9, 8, 4);
    const [w, past] = [
      g.parameter("w", { dtype: "f32", shape: [4, 8] }),
      g.state("past", { dtype: "f32", shape: [2, 3, 8] }),
    ];
    const position = g.input("position", { dtype: "i32", shape: [2, 9] });
    const node = g.composite("conv1d", {}, [g.map("tanh", x), w, past, position]);
    const bias = g.broadcast(g.parameter("bias", { dtype: "f32", shape: [8] }), [2, 9, 8], [2]);
    const region = regionOf(node, [g.map("add", node, bias)]);
    assert.ok(worstError(conv1d, region, leavesOf(region.inputs, [4])) < tolerance);
  });
  it("leaves very long filters to their definition", () => {
    assert.equal(conv1d.accepts(regionOf(convOf(1, 4, 4, 33).node), minimumCaps), false);
  });
});
