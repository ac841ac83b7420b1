import assert from "node:assert/strict";
import { numbered } from "../../codegen/numbered.ts";
import { GraphBuilder } from "../../src/graph/build.ts";
import { quantized } from "../../src/passes/quantize.ts";
import type { Region } from "../../src/passes/regions.ts";
import { regionOf } from "./region.ts";

/** Rows of a table whose numbers lie together along one of its axes. */
function rowsOf(name: string, column: number): Region {
  const g = new GraphBuilder();
  const table = g.parameter(name, { dtype: "f32", shape: [6, 40, 6] });
  const whole = quantized(g, table, { axis: 1, column }, 8);
  const rows = g.gather(whole, g.input("tokens", { dtype: "i32", shape: [3] }));
  return { ...regionOf(rows), anchor: null };
}

describe("a region's key", () => {
  it("is the same for quantised parameters of other names, and another where they lie otherwise", () => {
    const key = (name: string, column: number) => numbered(rowsOf(name, column)).key;
    assert.equal(key("layers.0.w", 2), key("layers.1.w", 2));
    assert.notEqual(key("layers.0.w", 2), key("layers.0.w", 0));
  });
});
