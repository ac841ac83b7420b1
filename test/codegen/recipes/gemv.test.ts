import assert from "node:assert/strict";
import { minimumCaps } from "../../../codegen/kernel.ts";
import { gemv } from "../../../codegen/recipes/gemv.ts";
import { GraphBuilder } from "../../../src/graph/build.ts";
import { gelu } from "../../../src/graph/functions.ts";
import { noise, regionOf, worstError } from "../region.ts";

/** The largest error seen is 2.1e-6: 300 products of numbers below 1, one after another. */
const tolerance = 5e-6;

function contractOf(left: string, right: string, out: string, sizes: Record<string, number>) {
  const g = new GraphBuilder();
  const shape = (labels: string) => [...labels].map((l) => sizes[l]!);
  const x = g.input("x", { dtype: "f32", shape: shape(left) });
  const w = g.parameter("w", { dtype: "f32", shape: shape(right) });
  return regionOf(g.contract(x, w, left, right, out));
}

function contractError(
  left: string,
  right: string,
  out: string,
  sizes: Record<string, number>,
): number {
  const region = contractOf(left, right, out, sizes);
  return worstError(gemv, region, new Map(region.inputs.map((n, i) => [n, noise(i, n.type)])));
}

describe("gemv", () => {
  for (const [M, N, K] of [
    [1, 1, 1],
    [1, 5, 16],
    [1, 70, 17],
    [2, 16, 20],
    [3, 20, 70],
    [4, 7, 5],
    [1, 130, 300],
    [1, 64, 20],
    [4, 96, 12],
  ] as const) {
    it(`multiplies ${M}×${K} by ${K}×${N}`, () => {
      assert.ok(contractError("mk", "kn", "mn", { m: M, n: N, k: K }) < tolerance);
    });
    it(`multiplies ${M}×${K} by ${N}×${K}, terms together`, () => {
      assert.ok(contractError("mk", "nk", "mn", { m: M, n: N, k: K }) < tolerance);
    });
  }
  it("steps one token of several rows through block-diagonal weights", () => {
    assert.ok(contractError("btgk", "gkj", "btgj", { b: 3, t: 1, g: 4, k: 8, j: 8 }) < tolerance);
    assert.ok(contractError("btgk", "gkj", "btgj", { b: 2, t: 1, g: 3, k: 5, j: 5 }) < tolerance);
  });
  it("sums over one or two dimensions where every other is a batch of the second operand", () => {
    for (const n of [1, 3, 4, 8]) {
      const sizes = { b: 2, t: 3, h: 2, k: 5, v: n, d: 7 };
      assert.ok(contractError("btdv", "btv", "btd", sizes) < tolerance);
      assert.ok(contractError("bthkv", "bthk", "bthv", sizes) < tolerance);
      assert.ok(contractError("bthkv", "btk", "bthv", sizes) < tolerance);
      assert.ok(contractError("bthkv", "bthv", "bthk", sizes) < tolerance);
      assert.ok(contractError("bthkv", "btkh", "btv", sizes) < tolerance);
    }
  });
  it("reads tied embeddings with an odd vocabulary", () => {
    assert.ok(contractError("btd", "vd", "btv", { b: 2, t: 1, d: 32, v: 67 }) < tolerance);
  });
  it("computes what is fused in front and behind", () => {
    const g = new GraphBuilder();
    const x = g.input("x", { dtype: "f32", shape: [1, 1, 20] });
    const w = g.parameter("w", { dtype: "f32", shape: [20, 16] });
    const residual = g.input("residual", { dtype: "f32", shape: [1, 1, 16] });
    const product = g.contract(gelu(g, x), w, "btd", "de", "bte");
    const region = regionOf(product, [g.map("add", product, residual)]);
    assert.ok(
      worstError(gemv, region, new Map(region.inputs.map((n, i) => [n, noise(i, n.type)]))) <
        tolerance,
    );
  });
  it("sums several products of the same rows side by side, with what follows from all of them", () => {
    for (const [M, N, K] of [
      [1, 16, 20],
      [2, 7, 9],
      [3, 130, 64],
    ] as const) {
      const g = new GraphBuilder();
      const x = g.input("x", { dtype: "f32", shape: [M, K] });
      const by = (name: string) =>
        g.contract(x, g.parameter(name, { dtype: "f32", shape: [K, N] }), "mk", "kn", "mn");
      const [gate, up, other] = [by("gate"), by("up"), by("other")];
      const mixed = g.map("mul", gelu(g, gate), up);
      const region = regionOf(other, [mixed, g.map("add", other, g.map("tanh", gate)), up]);
      const leaves = new Map(region.inputs.map((n, i) => [n, noise(i, n.type)]));
      assert.ok(worstError(gemv, region, leaves) < tolerance);
    }
  });
  it("computes a norm in front of its rows once a workgroup", () => {
    // 5 000 columns are more than a workgroup holds on the least device.
    for (const [M, K] of [
      [1, 20],
      [3, 33],
      [1, 5000],
    ] as const) {
      const g = new GraphBuilder();
      const x = g.input("x", { dtype: "f32", shape: [1, M, K] });
      const wide = (n: ReturnType<typeof g.map>) => g.broadcast(n, [1, M, K], [0, 1]);
      const mean = (n: ReturnType<typeof g.map>) => g.map("mul", g.reduce("sum", n, 2), 1 / K);
      const centered = g.map("sub", x, wide(mean(x)));
      const variance = mean(g.map("mul", centered, centered));
      const normal = g.map("mul", centered, wide(g.map("rsqrt", g.map("add", variance, 1e-6))));
      const w = g.parameter("w", { dtype: "f32", shape: [K, 12] });
      const region = regionOf(g.contract(normal, w, "btd", "de", "bte"));
      const leaves = new Map(region.inputs.map((n, i) => [n, noise(i, n.type)]));
      assert.ok(worstError(gemv, region, leaves) / Math.sqrt(K) < tolerance);
    }
  });
  it("computes a norm of every head in front of rows of heads", () => {
    const g = new GraphBuilder();
    const x = g.input("x", { dtype: "f32", shape: [2, 1, 3, 8] });
    const sum = g.reduce("sum", g.map("mul", x, x), 3);
    const normal = g.map("mul", x, g.broadcast(g.map("rsqrt", sum), [2, 1, 3, 8], [0, 1, 2]));
    const w = g.parameter("w", { dtype: "f32", shape: [24, 12] });
    const merged = g.reshape(normal, [2, 1, 24]);
    const region = regionOf(g.contract(merged, w, "btd", "de", "bte"));
    const leaves = new Map(region.inputs.map((n, i) => [n, noise(i, n.type)]));
    assert.ok(worstError(gemv, region, leaves) < tolerance);
  });
  it("gives a product a workgroup where there are few, and lanes where there are many", () => {
    const first = (t: number) => {
      const region = contractOf("bthkv", "bthk", "bthv", { b: 1, t, h: 8, k: 64, v: 64 });
      return Object.keys(gemv.choices(region, minimumCaps)[0]!.schedule);
    };
    assert.ok(first(1).includes("slices"));
    assert.deepEqual(first(512), ["columns"]);
  });
  it("leaves products of many rows to matmul", () => {
    assert.equal(
      gemv.accepts(contractOf("mk", "kn", "mn", { m: 5, n: 8, k: 8 }), minimumCaps),
      false,
    );
  });
});
