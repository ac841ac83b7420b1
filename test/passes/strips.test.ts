/** Which weights are kept in strips of columns, and that kernels read from strips what the graph means. */
import assert from "node:assert/strict";
import { gemv } from "../../codegen/recipes/gemv.ts";
import { matmul } from "../../codegen/recipes/matmul.ts";
import { GraphBuilder } from "../../src/graph/build.ts";
import type { Graph, Node } from "../../src/graph/graph.ts";
import { topological } from "../../src/graph/walk.ts";
import { inStrips, stripColumns } from "../../src/passes/strips.ts";
import { inStrips as moved } from "../../targets/strips.ts";
import { noise, regionOf, worstError } from "../codegen/region.ts";

/** The largest error seen is 1.0e-6: 70 products of numbers below 1. */
const tolerance = 3e-6;

const graphOf = (outputs: Readonly<Record<string, Node>>): Graph => ({
  name: "strips",
  outputs,
  states: [],
});
const inStripsOf = (graph: Graph): readonly string[] =>
  topological(inStrips(graph, ({ label }) => label === "stays")).flatMap(({ op, attrs }) =>
    op === "parameter" && attrs.strip ? [attrs.name] : [],
  );

describe("weights in strips", () => {
  it("are those whose columns come last wherever they are read, of more than one strip", () => {
    const g = new GraphBuilder();
    const x = g.input("x", { dtype: "f32", shape: [3, 20] });
    const ids = g.input("ids", { dtype: "i32", shape: [3] });
    const weight = (name: string, shape: readonly number[], dtype: "f32" | "f16" = "f32") =>
      g.parameter(name, { dtype, shape });
    const times = (w: Node, right = "kn", out = "mn") => g.contract(x, w, "mk", right, out);
    const table = weight("table", [64, 64]);
    const both = weight("both", [20, 96]);
    const graph = graphOf({
      columns: times(weight("columns", [20, 64])),
      halves: times(g.cast(weight("halves", [20, 64], "f16"), "f32")),
      blocks: g.contract(x, weight("blocks", [20, 4, 64]), "mk", "kgn", "mgn"),
      turned: times(weight("turned", [64, 20]), "nk"),
      narrow: times(weight("narrow", [20, 32])),
      odd: times(weight("odd", [20, 70])),
      stays: times(weight("stays", [20, 128])),
      again: times(both),
      elsewhere: g.map("add", both, g.constant(1, "f32", [20, 96])),
      rows: g.gather(table, ids),
    });
    assert.deepEqual(inStripsOf(graph), ["columns", "halves"]);
  });

  it("lie strip after strip, each with all rows", () => {
    const numbers = Float32Array.from({ length: 2 * 3 * 4 }, (_, i) => i);
    assert.deepEqual(
      [...moved(numbers, [2, 3, 4], 2)],
      [0, 1, 4, 5, 8, 9, 2, 3, 6, 7, 10, 11, 12, 13, 16, 17, 20, 21, 14, 15, 18, 19, 22, 23],
    );
  });

  for (const [M, N, K] of [
    [1, 64, 17],
    [3, 96, 20],
    [5, 64, 16],
    [33, 128, 70],
  ] as const)
    it(`give ${M}×${K} by ${K}×${N} as the graph does`, () => {
      const g = new GraphBuilder();
      const x = g.input("x", { dtype: "f32", shape: [2, M, K] });
      const type = { dtype: "f32", shape: [2, K, N] } as const;
      const w = g.node("parameter", { name: "w", type, strip: stripColumns }, []);
      const region = regionOf(g.contract(x, w, "bmk", "bkn", "bmn"));
      const leaves = new Map(region.inputs.map((n, i) => [n, noise(i, n.type)]));
      assert.ok(worstError(M > 4 ? matmul : gemv, region, leaves) < tolerance);
    });
});
