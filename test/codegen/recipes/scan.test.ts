import assert from "node:assert/strict";
import { minimumCaps } from "../../../codegen/kernel.ts";
import { scan } from "../../../codegen/recipes/scan.ts";
import { GraphBuilder } from "../../../src/graph/build.ts";
import { valueFrom } from "../../../src/graph/evaluate.ts";
import { sigmoid } from "../../../src/graph/functions.ts";
import type { Node } from "../../../src/graph/graph.ts";
import { noise, regionOf, runLowered, worstError } from "../region.ts";

/** The largest error seen is 2.8e-7. */
const tolerance = 8e-7;

function scanOf(shape: readonly number[], reverse = false) {
  const g = new GraphBuilder();
  const [B = 1, , ...rest] = shape;
  const decay = g.input("decay", { dtype: "f32", shape });
  const input = g.input("input", { dtype: "f32", shape });
  const initial = g.state("initial", { dtype: "f32", shape: [B, ...rest] });
  return { g, decay, input, initial, node: g.scan(decay, input, initial, reverse) };
}

/** Decays between 0.8 and 1, everything else between −1 and 1. */
const leavesOf = (inputs: readonly Node[]) =>
  new Map(
    inputs.map((n, i) => [
      n,
      noise(i + 1, n.type, n.label === "decay" ? (x) => 0.9 + 0.1 * x : (x) => x),
    ]),
  );

describe("scan", () => {
  for (const shape of [
    [1, 1, 16],
    [2, 7, 5],
    [3, 17, 20],
    [1, 70, 16],
    [2, 70, 5],
    [2, 17, 3, 4],
    [1, 130, 2, 3],
    [2, 17],
  ]) {
    it(`walks forwards and backwards through [${shape}]`, () => {
      for (const reverse of [false, true]) {
        const region = regionOf(scanOf(shape, reverse).node);
        assert.ok(worstError(scan, region, leavesOf(region.inputs)) < tolerance);
      }
    });
  }
  it("computes gates in front, a product behind, and the last state beside it", () => {
    const shape = [2, 33, 8];
    const { g, decay, input, initial } = scanOf(shape);
    const gate = sigmoid(g, g.input("gate", { dtype: "f32", shape }));
    const branch = g.input("branch", { dtype: "f32", shape });
    const node = g.scan(
      g.map("mul", decay, gate),
      g.map("mul", input, g.map("sub", 1, gate)),
      initial,
    );
    const last = g.reshape(g.slice(node, 1, 32, 1), [2, 8]);
    const region = regionOf(node, [g.map("mul", node, branch), last]);
    assert.ok(worstError(scan, region, leavesOf(region.inputs)) < tolerance);
  });
  for (const [decayDims, decayAxes] of [
    [
      [2, 33],
      [0, 1],
    ],
    [
      [2, 33, 2],
      [0, 1, 2],
    ],
    [
      [2, 33, 2, 3],
      [0, 1, 2, 3],
    ],
  ] as const)
    for (const V of [4, 5])
      it(`spreads a decay [${decayDims}] over a matrix for each head that outer products of rows of ${V} enter`, () => {
        const g = new GraphBuilder();
        const shape = [2, 33, 2, 3, V];
        const f32 = (...sizes: number[]) => ({ dtype: "f32", shape: sizes }) as const;
        const count = g.broadcast(g.input("count", { dtype: "i32", shape: [2] }), [2, 33], [0]);
        const real = g.broadcast(g.map("lt", g.iota([2, 33], 1), count), shape, [0, 1]);
        const rate = g.map("exp", g.map("neg", g.input("rate", f32(...decayDims))));
        const k = g.broadcast(g.input("k", f32(2, 33, 2, 3)), shape, [0, 1, 2, 3]);
        const v = g.broadcast(g.input("v", f32(2, 33, 2, V)), shape, [0, 1, 2, 4]);
        const node = g.scan(
          g.map("select", real, g.broadcast(rate, shape, decayAxes), 1),
          g.map("select", real, g.map("mul", k, v), 0),
          g.state("initial", f32(2, 2, 3, V)),
        );
        const last = g.reshape(g.slice(node, 1, 32, 1), [2, 2, 3, V]);
        const region = regionOf(node, [g.map("tanh", node), last]);
        const leaves = new Map(
          region.inputs.map((n, i) => [
            n,
            n.label === "count"
              ? valueFrom(n.type, [33, 20])
              : noise(i + 1, n.type, n.label === "rate" ? (x) => 0.1 + 0.1 * x : (x) => x),
          ]),
        );
        const kinds = scan.choices(region, minimumCaps).flatMap((c) => Object.keys(c.schedule));
        assert.ok(kinds.includes("width") && kinds.includes("chunk"));
        assert.ok(worstError(scan, region, leaves) < tolerance);
      });
  it("steps one token and stores the new state", () => {
    const { g, node } = scanOf([3, 1, 20]);
    const region = regionOf(node, [node, g.reshape(node, [3, 20])]);
    assert.ok(worstError(scan, region, leavesOf(region.inputs)) < tolerance);
  });
  it("keeps exact sums: decays of 1 count the tokens", () => {
    const region = regionOf(scanOf([1, 100, 4]).node);
    const ones = new Map(
      region.inputs.map((n) => [n, noise(1, n.type, () => (n.label === "initial" ? 0 : 1))]),
    );
    for (const choice of scan.choices(region, minimumCaps))
      assert.equal(runLowered(choice.build(), region, ones, minimumCaps)[0]!.at(-1), 100);
  });
  it("cuts time into chunks by default where channels are few, time is long and barriers are cheap", () => {
    const few = regionOf(scanOf([1, 4096, 64]).node);
    const many = regionOf(scanOf([16, 4096, 2048]).node);
    const schedule = (region: typeof few, barriers: "cheap" | "dear") =>
      Object.keys(scan.choices(region, { ...minimumCaps, barriers })[0]!.schedule);
    assert.deepEqual(schedule(few, "cheap"), ["chunk"]);
    assert.deepEqual(schedule(few, "dear"), ["width"]);
    assert.deepEqual(schedule(many, "cheap"), ["width"]);
  });
});
