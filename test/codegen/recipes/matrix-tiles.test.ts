import assert from "node:assert/strict";
import { roundF16 } from "../../../codegen/interpret/spell.ts";
import { type Caps, minimumCaps } from "../../../codegen/kernel.ts";
import { printPlain } from "../../../codegen/plain.ts";
import type { Choice } from "../../../codegen/recipe.ts";
import { matmul } from "../../../codegen/recipes/matmul.ts";
import { GraphBuilder } from "../../../src/graph/build.ts";
import { silu } from "../../../src/graph/functions.ts";
import type { Node } from "../../../src/graph/graph.ts";
import { copyAtOnce, multiplyInLoops } from "../../../targets/legalize.ts";
import { meaningOf, noise, regionOf, runLowered } from "../region.ts";

const caps: Caps = {
  ...minimumCaps,
  maxWorkgroupBytes: 48 * 1024,
  subgroup: { size: 32 },
  f16: true,
  matrixUnits: true,
  asyncCopy: true,
};

const onUnits = (choice: Choice) => "partRows" in choice.schedule;

/** A product of f32 rows with half-precision weights, and something behind it; `map` makes the rows' numbers. */
function product(
  left: string,
  right: string,
  out: string,
  sizes: Record<string, number>,
  map: (x: number) => number = (x) => x,
) {
  const g = new GraphBuilder();
  const shape = (labels: string) => [...labels].map((l) => sizes[l]!);
  const x = g.input("x", { dtype: "f32", shape: shape(left) });
  const w = g.parameter("w", { dtype: "f16", shape: shape(right) });
  const y = g.contract(x, g.cast(w, "f32"), left, right, out);
  const region = regionOf(y, [silu(g, y)]);
  const leaves = new Map<Node, ReturnType<typeof noise>>([
    [x, noise(1, x.type, map)],
    [w, noise(2, w.type, roundF16)],
  ]);
  return { region, leaves };
}

/** The worst error of every choice on matrix units. */
function worst(
  left: string,
  right: string,
  out: string,
  sizes: Record<string, number>,
  map?: (x: number) => number,
): number {
  const { region, leaves } = product(left, right, out, sizes, map);
  const [expected] = meaningOf(region, leaves);
  const choices = matmul.choices(region, caps).filter(onUnits);
  assert.ok(choices.length > 0, "no choice on matrix units");
  return Math.max(
    ...choices.map((choice) => {
      const [found] = runLowered(choice.build(), region, leaves, caps);
      return Math.max(...found!.map((y, i) => Math.abs(y - expected![i]!)));
    }),
  );
}

/** f32 sums of up to 70 exact products of numbers below 1; the largest error seen is 2.5e-6. */
const tolerance = 5e-6;

describe("matmul on matrix units", function () {
  this.timeout(120_000);
  for (const [M, N, K] of [
    [1, 1, 1],
    [7, 5, 16],
    [17, 24, 5],
    [70, 16, 20],
    [33, 72, 70],
    [65, 136, 33],
  ] as const) {
    it(`multiplies ${M}×${K} by ${K}×${N}`, () => {
      assert.ok(worst("mk", "kn", "mn", { m: M, n: N, k: K }) < tolerance);
    });
    it(`multiplies ${M}×${K} by ${N}×${K}, terms together`, () => {
      assert.ok(worst("mk", "nk", "mn", { m: M, n: N, k: K }) < tolerance);
    });
  }
  it("takes several axes as rows, columns and terms, and batches of products", () => {
    assert.ok(worst("btgd", "gdhk", "bthk", { b: 2, t: 7, g: 3, d: 4, h: 3, k: 8 }) < tolerance);
    assert.ok(worst("btgk", "gkj", "btgj", { b: 2, t: 5, g: 3, k: 8, j: 16 }) < tolerance);
  });
  it("keeps the other operand's bits, be its numbers large or small", () => {
    const sizes = { m: 33, n: 24, k: 70 };
    for (const scale of [1e-4, 30_000]) {
      const error = worst("mk", "kn", "mn", sizes, (x) => Math.fround(x * scale));
      assert.ok(error < tolerance * scale, `${error} at ${scale}`);
    }
  });
  it("copies stored weights beside other work where they lie together", () => {
    const text = (n: number) => {
      const { region } = product("mk", "kn", "mn", { m: 70, n, k: 40 });
      const [choice] = matmul.choices(region, caps).filter(onUnits);
      return printPlain(choice!.build().kernels[0]!.kernel);
    };
    assert.match(text(64), /copy right_tile\[.*; 8\] = w\[.*; 8\] when/);
    assert.doesNotMatch(text(60), /copy right_tile/);
  });
  it("means the same without the units", () => {
    const { region, leaves } = product("mk", "kn", "mn", { m: 20, n: 24, k: 40 });
    for (const choice of matmul.choices(region, caps).filter(onUnits)) {
      const lowered = choice.build();
      const plain = lowered.kernels.map((l) => ({
        ...l,
        kernel: multiplyInLoops(copyAtOnce(l.kernel)),
      }));
      assert.deepEqual(
        runLowered({ ...lowered, kernels: plain }, region, leaves, {
          ...caps,
          matrixUnits: false,
          asyncCopy: false,
        }),
        runLowered(lowered, region, leaves, caps),
      );
    }
  });
  it("is the first choice where there are units and weights in half precision, and no choice elsewhere", () => {
    const { region } = product("mk", "kn", "mn", { m: 512, n: 512, k: 64 });
    assert.ok(onUnits(matmul.choices(region, caps)[0]!));
    assert.ok(!matmul.choices(region, { ...caps, matrixUnits: false }).some(onUnits));
    const g = new GraphBuilder();
    const x = g.input("x", { dtype: "f32", shape: [64, 64] });
    const w = g.parameter("w", { dtype: "f32", shape: [64, 64] });
    assert.ok(!matmul.choices(regionOf(g.contract(x, w, "mk", "kn", "mn")), caps).some(onUnits));
  });
});
