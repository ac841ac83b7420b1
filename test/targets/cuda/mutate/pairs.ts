/** Products side by side, as a gated MLP's: of few rows with the norm in front, and of many. Knows no CUDA. */
import type { Recipe } from "../../../../codegen/recipe.ts";
import { gemv } from "../../../../codegen/recipes/gemv.ts";
import { matmul } from "../../../../codegen/recipes/matmul.ts";
import { GraphBuilder } from "../../../../src/graph/build.ts";
import { silu } from "../../../../src/graph/functions.ts";
import type { Node, Type } from "../../../../src/graph/graph.ts";
import { noise, regionOf } from "../../../codegen/region.ts";
import type { Subject } from "./subject.ts";

const f32 = (...shape: number[]): Type => ({ dtype: "f32", shape });

function pair(
  name: string,
  recipe: Recipe,
  rows: (g: GraphBuilder) => Node,
  columns: number,
  schedule: Subject["schedule"],
): Subject {
  const g = new GraphBuilder();
  const x = rows(g);
  const by = (weights: string) =>
    g.contract(x, g.parameter(weights, f32(x.type.shape[1]!, columns)), "mk", "kn", "mn");
  const [gate, up] = [by("gate"), by("up")];
  const region = regionOf(up, [g.map("add", silu(g, gate), up)]);
  const leaves = (seed: number) =>
    new Map(region.inputs.map((n, i) => [n, noise(i + 10 * seed, n.type)]));
  return { name, recipe, region, schedule, tolerance: 5e-6, leaves };
}

/** Rows over their own root mean square. */
function normal(g: GraphBuilder, m: number, k: number): Node {
  const x = g.input("x", f32(m, k));
  const squares = g.map("mul", g.reduce("sum", g.map("mul", x, x), 1), 1 / k);
  return g.map("mul", x, g.broadcast(g.map("rsqrt", squares), [m, k], [0]));
}

const split = { columns: 1, slices: 4, lanes: 128, subgroup: 0 };

export const pairs: readonly (() => Subject)[] = [
  ...([1, 0] as const).map(
    (held) => () =>
      pair(
        `gemv of two behind a norm, ${held ? "held" : "computed again"}`,
        gemv,
        (g) => normal(g, 2, 72),
        140,
        { ...split, held },
      ),
  ),
  () =>
    pair("matmul of two in workgroup memory", matmul, (g) => g.input("x", f32(33, 40)), 36, {
      tileRows: 32,
      tileColumns: 32,
      depth: 16,
    }),
];
