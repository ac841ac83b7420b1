/** Every recipe that reads stored weights, with weights in f16 and bf16, under every schedule, at odd sizes. */
import assert from "node:assert/strict";
import { scalarOfStored } from "../../../codegen/bytes.ts";
import { roundTo } from "../../../codegen/interpret/spell.ts";
import type { Recipe } from "../../../codegen/recipe.ts";
import { elementwise } from "../../../codegen/recipes/elementwise.ts";
import { gemv } from "../../../codegen/recipes/gemv.ts";
import { matmul } from "../../../codegen/recipes/matmul.ts";
import { rowwise } from "../../../codegen/recipes/rowwise.ts";
import { GraphBuilder } from "../../../src/graph/build.ts";
import { type Value, valueFrom } from "../../../src/graph/evaluate.ts";
import type { Node, Type } from "../../../src/graph/graph.ts";
import type { Region } from "../../../src/passes/regions.ts";
import { noise, regionOf, worstError } from "../region.ts";

const f32 = (...shape: number[]): Type => ({ dtype: "f32", shape });

type Half = "f16" | "bf16";

/** The region's inputs as noise, weights rounded as they are stored; tokens count up and past the table's end. */
function leavesOf({ inputs }: Region): ReadonlyMap<Node, Value> {
  return new Map(
    inputs.map((node, seed) => {
      const { dtype, shape } = node.type;
      const size = shape.reduce((a, b) => a * b, 1);
      return [
        node,
        dtype === "i32"
          ? valueFrom(
              node.type,
              Array.from({ length: size }, (_, i) => (i * 3) % 11),
            )
          : noise(seed + 1, node.type, roundTo[scalarOfStored(dtype)]),
      ];
    }),
  );
}

const weight = (g: GraphBuilder, half: Half, ...shape: number[]): Node =>
  g.cast(g.parameter("w", { dtype: half, shape }), "f32");

function product(half: Half, m: number, n: number, k: number, right: "kn" | "nk"): Region {
  const g = new GraphBuilder();
  const w = weight(g, half, ...(right === "kn" ? [k, n] : [n, k]));
  const y = g.contract(g.input("x", f32(m, k)), w, "mk", right, "mn");
  return regionOf(y, [g.map("mul", y, 2)]);
}

/** Rows of a table, cast as the laws leave them, with a sum behind. */
function lookUp(half: Half, rows: number, width: number): Region {
  const g = new GraphBuilder();
  const table = g.parameter("w", { dtype: half, shape: [rows, width] });
  const found = g.cast(g.gather(table, g.input("tokens", { dtype: "i32", shape: [2, 5] })), "f32");
  return { ...regionOf(g.map("mul", found, 3)), anchor: null };
}

/** The mean square of stored rows. */
function rowsOf(half: Half, width: number): Region {
  const g = new GraphBuilder();
  const x = g.map("mul", g.input("x", f32(3, width)), weight(g, half, 3, width));
  return regionOf(g.reduce("sum", g.map("mul", x, x), 1));
}

for (const half of ["f16", "bf16"] as const) {
  const cases: readonly (readonly [string, Recipe, Region])[] = [
    ...([...[1, 8, 12]] as const).flatMap((n) =>
      (["kn", "nk"] as const).flatMap((right) => [
        [`gemv of 2×12 by ${n}, ${right}`, gemv, product(half, 2, n, 12, right)] as const,
        [`gemv of 1×7 by ${n}, ${right}`, gemv, product(half, 1, n, 7, right)] as const,
        [`matmul of 9×12 by ${n}, ${right}`, matmul, product(half, 9, n, 12, right)] as const,
      ]),
    ),
    ["gemv of 4×70 by 33", gemv, product(half, 4, 33, 70, "kn")],
    ["matmul of 18×35 by 21", matmul, product(half, 18, 21, 35, "kn")],
    ["rows of 8 looked up", elementwise, lookUp(half, 6, 8)],
    ["rows of 7 looked up", elementwise, lookUp(half, 6, 7)],
    ["sums over rows of 9", rowwise, rowsOf(half, 9)],
    ["sums over rows of 64", rowwise, rowsOf(half, 64)],
  ];
  describe(`recipes with weights in ${half}`, function () {
    this.timeout(120_000);
    for (const [what, recipe, region] of cases)
      it(`mean what the graph means: ${what}`, () => {
        const error = worstError(recipe, region, leavesOf(region));
        assert.ok(error < 2e-6, `${error}`);
      });
  });
}
