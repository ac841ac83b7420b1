import assert from "node:assert/strict";
import { roundTo } from "../../../codegen/interpret/spell.ts";
import { type Caps, minimumCaps } from "../../../codegen/kernel.ts";
import { printPlain } from "../../../codegen/plain.ts";
import type { Choice } from "../../../codegen/recipe.ts";
import { matmul } from "../../../codegen/recipes/matmul.ts";
import { GraphBuilder } from "../../../src/graph/build.ts";
import { silu } from "../../../src/graph/functions.ts";
import type { Node } from "../../../src/graph/graph.ts";
import type { Region } from "../../../src/passes/regions.ts";
import { copyAtOnce, multiplyInLoops } from "../../../targets/legalize.ts";
import { type Leaves, meaningOf, noise, regionOf, runLowered } from "../region.ts";

const caps: Caps = {
  ...minimumCaps,
  maxWorkgroupBytes: 160 * 1024,
  subgroup: { size: 32 },
  f16: true,
  matrixUnits: true,
  asyncCopy: true,
};

const onUnits = (choice: Choice) => "partRows" in choice.schedule;

type Half = "f16" | "bf16";

/** A product of f32 rows with weights in a half, and something behind it; `map` makes the rows' numbers. */
function product(
  half: Half,
  left: string,
  right: string,
  out: string,
  sizes: Record<string, number>,
  map: (x: number) => number = (x) => x,
) {
  const g = new GraphBuilder();
  const shape = (labels: string) => [...labels].map((l) => sizes[l]!);
  const x = g.input("x", { dtype: "f32", shape: shape(left) });
  const w = g.parameter("w", { dtype: half, shape: shape(right) });
  const y = g.contract(x, g.cast(w, "f32"), left, right, out);
  const region = regionOf(y, [silu(g, y)]);
  const leaves = new Map<Node, ReturnType<typeof noise>>([
    [x, noise(1, x.type, map)],
    [w, noise(2, w.type, roundTo[half])],
  ]);
  return { region, leaves };
}

/** The worst error of every choice on matrix units. */
function worst(
  half: Half,
  left: string,
  right: string,
  out: string,
  sizes: Record<string, number>,
  map?: (x: number) => number,
): number {
  const { region, leaves } = product(half, left, right, out, sizes, map);
  return worstOnUnits(region, leaves);
}

function worstOnUnits(region: Region, leaves: Leaves): number {
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

/**
 * f32 sums of up to 70 exact products of numbers below 1; the largest error seen is 2.4e-6 with f16 and 1.3e-6 with bf16, and
 * 3.1e-6 without the units.
 */
const tolerance = 5e-6;

for (const half of ["f16", "bf16"] as const)
  describe(`matmul on matrix units with weights in ${half}`, function () {
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
        assert.ok(worst(half, "mk", "kn", "mn", { m: M, n: N, k: K }) < tolerance);
      });
      it(`multiplies ${M}×${K} by ${N}×${K}, terms together`, () => {
        assert.ok(worst(half, "mk", "nk", "mn", { m: M, n: N, k: K }) < tolerance);
      });
    }
    it("multiplies the same rows by two weights side by side", () => {
      for (const [M, N, K] of [
        [9, 24, 20],
        [65, 70, 33],
      ] as const) {
        const g = new GraphBuilder();
        const x = g.input("x", { dtype: "f32", shape: [M, K] });
        const by = (name: string) => {
          const w = g.parameter(name, { dtype: half, shape: [K, N] });
          return g.contract(x, g.cast(w, "f32"), "mk", "kn", "mn");
        };
        const [gate, up] = [by("gate"), by("up")];
        const region = regionOf(up, [g.map("add", silu(g, gate), up)]);
        const leaves = new Map(
          region.inputs.map((n, i) => [n, noise(i, n.type, n === x ? undefined : roundTo[half])]),
        );
        const error = worstOnUnits(region, leaves);
        assert.ok(error < tolerance, `${error}`);
      }
    });
    it("takes several axes as rows, columns and terms, and batches of products", () => {
      const sizes = { b: 2, t: 7, g: 3, d: 4, h: 3, k: 8 };
      assert.ok(worst(half, "btgd", "gdhk", "bthk", sizes) < tolerance);
      assert.ok(worst(half, "btgk", "gkj", "btgj", { b: 2, t: 5, g: 3, k: 8, j: 16 }) < tolerance);
    });
    it("keeps the other operand's bits, be its numbers large or small", () => {
      const sizes = { m: 9, n: 24, k: 40 };
      // bf16 goes as far as f32; silu of what is very small is half of it.
      for (const scale of half === "f16" ? [1e-4, 30_000] : [1e-30, 1e-4, 30_000, 1e30]) {
        const error = worst(half, "mk", "kn", "mn", sizes, (x) => Math.fround(x * scale));
        assert.ok(error < tolerance * scale, `${error} at ${scale}`);
      }
    });
    it("copies stored weights beside other work where they lie together", () => {
      const text = (n: number) => {
        const { region } = product(half, "mk", "kn", "mn", { m: 70, n, k: 40 });
        const [choice] = matmul.choices(region, caps).filter(onUnits);
        return printPlain(choice!.build().kernels[0]!.kernel);
      };
      assert.match(text(64), /copy right_tile\[.*; 8\] = w\[.*; 8\] when/);
      assert.doesNotMatch(text(60), /copy right_tile/);
    });
    it("means the same without the units", () => {
      const { region, leaves } = product(half, "mk", "kn", "mn", { m: 20, n: 24, k: 40 });
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
    it("is the first choice where there are units, and no choice elsewhere", () => {
      const { region } = product(half, "mk", "kn", "mn", { m: 512, n: 512, k: 64 });
      assert.ok(onUnits(matmul.choices(region, caps)[0]!));
      assert.ok(!matmul.choices(region, { ...caps, matrixUnits: false }).some(onUnits));
    });
  });

describe("matmul with weights in f32", () => {
  it("is not chosen on matrix units", () => {
    const g = new GraphBuilder();
    const x = g.input("x", { dtype: "f32", shape: [64, 64] });
    const w = g.parameter("w", { dtype: "f32", shape: [64, 64] });
    assert.ok(!matmul.choices(regionOf(g.contract(x, w, "mk", "kn", "mn")), caps).some(onUnits));
  });
});
