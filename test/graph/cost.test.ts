import assert from "node:assert/strict";
import { GraphBuilder } from "../../src/graph/build.ts";
import { flopsOf } from "../../src/graph/cost.ts";
import type { Node } from "../../src/graph/graph.ts";

const g = new GraphBuilder();
const input = (name: string, shape: readonly number[], dtype: "f32" | "i32" = "f32") =>
  g.input(name, { dtype, shape }) as Node;

describe("flopsOf", () => {
  const x = input("x", [2, 3, 5]);
  const w = input("w", [5, 7]);

  it("counts a multiplication and an addition for every term of a product", () => {
    assert.equal(flopsOf(g.contract(x, w, "btk", "kn", "btn")), 2 * 2 * 3 * 5 * 7);
    assert.equal(flopsOf(g.contract(x, x, "btk", "bsk", "bts")), 2 * 2 * 3 * 3 * 5);
  });
  it("counts one for every element of a function of real numbers, and none for choices, flags, integers and views", () => {
    const early = g.map("lt", input("position", [2, 3, 5], "i32"), 4);
    assert.equal(flopsOf(g.map("exp", x)), 30);
    assert.equal(flopsOf(g.map("mul", x, 2)), 30);
    assert.deepEqual(
      [g.map("select", early, x, 0), early, g.reshape(x, [30]), g.transpose(x, [1, 0, 2])].map(
        flopsOf,
      ),
      [0, 0, 0, 0],
    );
  });
  it("counts what a reduction reads and a step of a recurrence as a product and a sum", () => {
    assert.equal(flopsOf(g.reduce("sum", x, 2)), 30);
    assert.equal(flopsOf(g.scan(x, x, input("h", [2, 5]))), 60);
  });
  it("counts two for each tap of a convolution", () => {
    const taps = g.composite("conv1d", {}, [
      x,
      input("taps", [4, 5]),
      input("past", [2, 3, 5]),
      input("at", [2, 3], "i32"),
    ]);
    assert.equal(flopsOf(taps), 2 * 4 * 30);
  });
  it("counts for attention the keys that a window shows, not the slots of the ring", () => {
    const attend = (window: number) =>
      flopsOf(
        g.composite("attend", { window, scale: 1, cap: 0 }, [
          input("q", [1, 4, 2, 8]),
          input("keys", [1, 20, 1, 8]),
          input("values", [1, 20, 1, 8]),
          input("seen", [1], "i32"),
          input("count", [1], "i32"),
          input("p", [1, 4], "i32"),
        ]),
      );
    assert.equal(attend(9), 4 * 2 * 10 * (4 * 8 + 4));
    assert.equal(attend(1000), 4 * 2 * 20 * (4 * 8 + 4));
  });
});
