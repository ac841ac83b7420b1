/** Row-wise kernels against the graph's meaning: norms, softmax, reductions along any axis, every choice on several devices. */
import assert from "node:assert/strict";
import { minimumCaps } from "../../../codegen/kernel.ts";
import { printPlain } from "../../../codegen/plain.ts";
import { rowwise } from "../../../codegen/recipes/rowwise.ts";
import { GraphBuilder } from "../../../src/graph/build.ts";
import type { Node, Type } from "../../../src/graph/graph.ts";
import { kernelsOf, noise, regionOf, worstError } from "../region.ts";

const f32 = (...shape: number[]): Type => ({ dtype: "f32", shape });

function assertRight(anchor: Node, outputs: readonly Node[], tolerance = 2e-6): void {
  const region = regionOf(anchor, outputs);
  const leaves = new Map(region.inputs.map((node, i) => [node, noise(i + 1, node.type)]));
  const error = worstError(rowwise, region, leaves);
  assert.ok(error < tolerance, `error ${error}`);
}

/** x · rsqrt(mean(x²) + ε) · (1 + w) */
function norm(g: GraphBuilder, shape: readonly number[]): { anchor: Node; output: Node } {
  const width = shape.at(-1)!;
  const x = g.input("x", f32(...shape));
  const rows = shape.slice(0, -1);
  const spread = (n: Node) =>
    g.broadcast(
      n,
      shape,
      rows.map((_, i) => i),
    );
  const anchor = g.reduce("sum", g.map("mul", x, x), rows.length);
  const scale = g.map("rsqrt", g.map("add", g.map("div", anchor, width), 1e-6));
  const weight = g.broadcast(g.map("add", g.parameter("w", f32(width)), 1), shape, [rows.length]);
  return { anchor, output: g.map("mul", g.map("mul", x, spread(scale)), weight) };
}

describe("rowwise", () => {
  it("normalises rows of any length", () => {
    for (const shape of [
      [1, 1, 300],
      [2, 3, 64],
      [2, 3, 7],
      [5, 1],
      [70, 130],
    ]) {
      const { anchor, output } = norm(new GraphBuilder(), shape);
      assertRight(anchor, [output]);
    }
  });
  it("folds a row twice for a softmax and stores elements and rows", () => {
    for (const width of [96, 37]) {
      const g = new GraphBuilder();
      const x = g.map("mul", g.input("x", f32(3, width)), 9);
      const most = g.reduce("max", x, 1);
      const power = g.map("exp", g.map("sub", x, g.broadcast(most, [3, width], [0])));
      const sum = g.reduce("sum", power, 1);
      const softmax = g.map("div", power, g.broadcast(sum, [3, width], [0]));
      assertRight(sum, [softmax, g.map("add", most, g.map("log", sum)), most]);
    }
  });
  it("reduces along an axis that is not the last, and writes through views", () => {
    for (const width of [4, 5]) {
      const g = new GraphBuilder();
      const x = g.input("x", f32(2, 9, width));
      const sum = g.reduce("sum", g.map("mul", x, x), 1);
      assertRight(sum, [
        g.map("sqrt", g.reshape(sum, [2 * width])),
        g.transpose(sum, [1, 0]),
        g.slice(sum, 0, 1, 1),
      ]);
      const most = g.reduce("max", g.map("sub", x, 100), 0);
      assertRight(most, [most]);
    }
  });
  it("reduces everything to a scalar, and integers", () => {
    const g = new GraphBuilder();
    const sum = g.reduce("sum", g.input("x", f32(1000)), 0);
    assertRight(sum, [g.map("mul", sum, 0.001), g.reshape(sum, [1, 1])], 1e-5);
    const most = g.reduce(
      "max",
      g.map("sub", g.cast(g.map("mul", g.input("y", f32(2, 40)), 50), "i32"), 1000),
      1,
    );
    assertRight(most, [most]);
  });
  it("needs no barrier where barriers are dear", () => {
    const { anchor, output } = norm(new GraphBuilder(), [1, 1, 256]);
    const region = regionOf(anchor, [output]);
    for (const subgroup of [null, { size: 8 }]) {
      const [kernel] = kernelsOf(
        rowwise.choices(region, { ...minimumCaps, barriers: "dear", subgroup })[0]!,
      );
      assert.doesNotMatch(printPlain(kernel!), /barrier/);
    }
  });
});
