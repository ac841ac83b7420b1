import assert from "node:assert/strict";
import { minimumCaps } from "../../../codegen/kernel.ts";
import { matmul } from "../../../codegen/recipes/matmul.ts";
import { GraphBuilder } from "../../../src/graph/build.ts";
import { silu } from "../../../src/graph/functions.ts";
import type { Node } from "../../../src/graph/graph.ts";
import { devices, noise, regionOf, worstError } from "../region.ts";

/** f32 sums of up to 70 products of numbers below 1; the largest error seen is 6.2e-7. */
const tolerance = 1.5e-6;

/** The worst error of a contract over all choices and devices. */
function contractError(
  left: string,
  right: string,
  out: string,
  sizes: Record<string, number>,
): number {
  const g = new GraphBuilder();
  const shape = (labels: string) => [...labels].map((l) => sizes[l]!);
  const x = g.input("x", { dtype: "f32", shape: shape(left) });
  const w = g.parameter("w", { dtype: "f32", shape: shape(right) });
  const node = g.contract(x, w, left, right, out);
  return worstError(
    matmul,
    regionOf(node),
    new Map<Node, ReturnType<typeof noise>>([
      [x, noise(1, x.type)],
      [w, noise(2, w.type)],
    ]),
  );
}

describe("matmul", () => {
  for (const [M, N, K] of [
    [1, 1, 1],
    [7, 5, 16],
    [17, 20, 5],
    [70, 16, 20],
    [5, 70, 17],
    [33, 64, 32],
    [9, 12, 70],
  ] as const) {
    it(`multiplies ${M}×${K} by ${K}×${N}`, () => {
      assert.ok(contractError("mk", "kn", "mn", { m: M, n: N, k: K }) < tolerance);
    });
    it(`multiplies ${M}×${K} by ${N}×${K}, terms together`, () => {
      assert.ok(contractError("mk", "nk", "mn", { m: M, n: N, k: K }) < tolerance);
    });
  }
  it("sums several products of the same rows side by side, with what follows from both", () => {
    for (const [M, N, K] of [
      [9, 16, 20],
      [33, 70, 17],
      [6, 7, 5],
    ] as const) {
      const g = new GraphBuilder();
      const x = g.input("x", { dtype: "f32", shape: [M, K] });
      const by = (name: string) =>
        g.contract(x, g.parameter(name, { dtype: "f32", shape: [K, N] }), "mk", "kn", "mn");
      const [gate, up] = [by("gate"), by("up")];
      const region = regionOf(up, [g.map("mul", silu(g, gate), up), g.map("add", gate, up)]);
      const leaves = new Map(region.inputs.map((n, i) => [n, noise(i, n.type)]));
      assert.ok(worstError(matmul, region, leaves) < tolerance);
    }
  });
  it("takes several axes as rows", () => {
    assert.ok(contractError("btd", "dv", "btv", { b: 3, t: 7, d: 20, v: 16 }) < tolerance);
  });
  it("takes several axes as columns and as terms", () => {
    assert.ok(
      contractError("btgd", "gdhk", "bthk", { b: 2, t: 7, g: 3, d: 4, h: 3, k: 8 }) < tolerance,
    );
  });
  it("keeps shared labels: block-diagonal products", () => {
    assert.ok(contractError("btgk", "gkj", "btgj", { b: 2, t: 5, g: 3, k: 8, j: 8 }) < tolerance);
    assert.ok(contractError("btgk", "gkj", "btgj", { b: 1, t: 7, g: 5, k: 5, j: 3 }) < tolerance);
  });
  it("writes a result whose columns are not last", () => {
    assert.ok(contractError("mk", "kn", "nm", { m: 9, n: 8, k: 12 }) < tolerance);
  });
  it("sums over labels that only one operand has", () => {
    assert.ok(contractError("amk", "kn", "mn", { a: 3, m: 6, n: 8, k: 4 }) < tolerance);
    assert.ok(contractError("mk", "knc", "mn", { m: 6, n: 8, k: 4, c: 3 }) < tolerance);
  });
  it("turns a product with few columns round", () => {
    assert.ok(contractError("vd", "bd", "bv", { v: 40, d: 12, b: 2 }) < tolerance);
  });
  it("gives a workgroup a tile, but not for each small product of a batch", () => {
    const first = (h: number) => {
      const g = new GraphBuilder();
      const x = g.input("x", { dtype: "f32", shape: [1, 64, h, 64] });
      const region = regionOf(g.contract(x, g.map("sin", x), "bthk", "btgk", "bthg"));
      return Object.keys(matmul.choices(region, minimumCaps)[0]!.schedule);
    };
    assert.ok(first(32).includes("tileRows"));
    assert.deepEqual(first(8), ["rows", "columns"]);
  });
  it("lets a subgroup share rows where loads are dear, as many as there are", () => {
    const first = (m: number, k: number, device: string) => {
      const g = new GraphBuilder();
      const x = g.input("x", { dtype: "f32", shape: [m, k] });
      const w = g.parameter("w", { dtype: "f32", shape: [k, 64] });
      const region = regionOf(g.contract(x, w, "mk", "kn", "mn"));
      return Object.entries(matmul.choices(region, devices[device]!)[0]!.schedule)[0];
    };
    const dear = "dear barriers and subgroups of 8";
    assert.deepEqual(first(33, 32, dear), ["sharedRows", 16]);
    assert.deepEqual(first(9, 32, dear), ["sharedRows", 8]);
    assert.deepEqual(first(33, 30, dear)![0], "rows");
    assert.deepEqual(first(33, 32, "dear barriers")![0], "rows");
  });
  it("computes what is fused in front and behind", () => {
    const g = new GraphBuilder();
    const x = g.input("x", { dtype: "f32", shape: [2, 7, 20] });
    const w = g.parameter("w", { dtype: "f32", shape: [20, 12] });
    const bias = g.parameter("bias", { dtype: "f32", shape: [12] });
    const other = g.input("other", { dtype: "f32", shape: [2, 7, 12] });
    const product = g.contract(silu(g, x), w, "btd", "de", "bte");
    const sum = g.map("add", product, g.broadcast(bias, [2, 7, 12], [2]));
    const gated = g.map("mul", g.map("tanh", sum), other);
    const region = regionOf(product, [gated]);
    const leaves = new Map(region.inputs.map((n, i) => [n, noise(i, n.type)]));
    assert.ok(worstError(matmul, region, leaves) < tolerance);
  });
});
