/** Elementwise kernels against the graph's meaning: maps, views of every kind, gathered rows, several outputs. */
import assert from "node:assert/strict";
import { minimumCaps } from "../../../codegen/kernel.ts";
import { printPlain } from "../../../codegen/plain.ts";
import { elementwise } from "../../../codegen/recipes/elementwise.ts";
import { GraphBuilder } from "../../../src/graph/build.ts";
import { valueFrom } from "../../../src/graph/evaluate.ts";
import type { Node, Type } from "../../../src/graph/graph.ts";
import type { Region } from "../../../src/passes/regions.ts";
import { kernelsOf, noise, regionOf, worstError } from "../region.ts";

const f32 = (...shape: number[]): Type => ({ dtype: "f32", shape });
const pointwise = (...outputs: Node[]): Region => ({
  ...regionOf(outputs[0]!, outputs),
  anchor: null,
});

/** Every choice for these outputs is right on random leaves. */
function assertRight(
  outputs: readonly Node[],
  integers: Readonly<Record<string, readonly number[]>> = {},
): void {
  const region = pointwise(...outputs);
  const leaves = new Map(
    region.inputs.map((node, i) => {
      const given = "name" in node.attrs ? integers[node.attrs.name] : undefined;
      return [node, given ? valueFrom(node.type, given) : noise(i + 1, node.type)];
    }),
  );
  assert.ok(worstError(elementwise, region, leaves) < 1e-6);
}

describe("elementwise", () => {
  it("computes maps of widths that are and are not multiples of four", () => {
    for (const width of [1, 5, 8]) {
      const g = new GraphBuilder();
      const x = g.input("x", f32(2, 3, width));
      const y = g.parameter("y", f32(width));
      const wide = g.broadcast(y, [2, 3, width], [2]);
      assertRight([g.map("add", g.map("mul", x, wide), g.map("tanh", g.map("mul", x, 2)))]);
    }
  });
  it("turns views into index arithmetic", () => {
    for (const width of [3, 4, 8]) {
      const g = new GraphBuilder();
      const x = g.input("x", f32(2, 6, width));
      const turned = g.transpose(g.reshape(x, [2, 2, 3, width]), [0, 2, 1, 3]);
      const rows = g.reshape(turned, [6, 2 * width]);
      const halves = g.concat([g.slice(rows, 1, width, width), g.slice(rows, 1, 0, width)], 1);
      assertRight([g.map("sub", halves, rows)]);
      assertRight([g.transpose(x, [2, 0, 1])]);
      assertRight([g.slice(g.concat([x, x, x], 1), 1, 5, 7)]);
      assertRight([g.broadcast(g.slice(x, 2, 1, 1), [2, 6, 1, 5], [0, 1, 2])]);
    }
  });
  it("gathers rows and clamps what is out of range", () => {
    for (const width of [5, 8]) {
      const g = new GraphBuilder();
      const table = g.parameter("table", f32(7, width));
      const tokens = g.input("tokens", { dtype: "i32", shape: [2, 3] });
      assertRight([g.map("mul", g.gather(table, tokens), 3)], { tokens: [0, 6, 3, 9, -1, 2] });
      const last = g.gather(
        g.input("x", f32(2, 3, width)),
        g.input("count", { dtype: "i32", shape: [2] }),
        1,
      );
      assertRight([last], { count: [2, 0] });
    }
  });
  it("reads and writes truth values as u32", () => {
    const g = new GraphBuilder();
    const x = g.input("x", f32(3, 4));
    const flag = g.input("flag", { dtype: "bool", shape: [3, 4] });
    assertRight([g.map("and", g.map("lt", x, 0), flag)], {
      flag: [1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 1, 1],
    });
    assertRight([g.map("select", g.map("not", flag), x, 0), g.cast(flag, "i32")], {
      flag: [1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 1, 1],
    });
  });
  it("stores several outputs, of different shapes too, and copies of inputs", () => {
    const g = new GraphBuilder();
    const x = g.input("x", f32(2, 4));
    const shared = g.map("exp", x);
    assertRight([g.map("add", shared, 1), g.map("mul", shared, shared), g.slice(shared, 1, 1, 2)]);
    assertRight([g.reshape(x, [8])]);
  });
  it("works on scalars and on more workgroups than one dimension holds", () => {
    const g = new GraphBuilder();
    assertRight([g.map("add", g.input("x", f32()), 1)]);
    const caps = { ...minimumCaps, maxWorkgroupsPerDimension: 3 };
    const region = pointwise(g.map("neg", g.input("y", f32(301))));
    assert.deepEqual(elementwise.choices(region, caps)[0]!.build().kernels[0]!.grid, [3, 2, 1]);
  });
  it("computes a shared value once", () => {
    const g = new GraphBuilder();
    const shared = g.map("exp", g.input("x", f32(6)));
    const [kernel] = kernelsOf(
      elementwise.choices(
        pointwise(g.map("add", shared, g.map("mul", shared, shared))),
        minimumCaps,
      )[0]!,
    );
    assert.equal(printPlain(kernel!).match(/exp\(/g)?.length, 1);
  });
});
