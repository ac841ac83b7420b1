import assert from "node:assert/strict";
import fc from "fast-check";
import { shortest } from "../../targets/shortest.ts";

describe("the shortest text of an f32", () => {
  it("is as short as one would write it", () => {
    const texts = { 0.1: "0.1", 2.5: "2.5", 16777216: "16777216", 1e-45: "1e-45", 1e30: "1e+30" };
    for (const [value, text] of Object.entries(texts))
      assert.equal(shortest(Math.fround(Number(value))), text);
  });
  it("reads back as the same number, and no shorter one does", () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = shortest(value);
        assert.equal(Math.fround(Number(text)), value === 0 ? Number(text) : value);
        const digits = text
          .replace(/e.*/, "")
          .replace(/[-.]/g, "")
          .replace(/^0+|0+$/g, "").length;
        for (let fewer = 1; fewer < digits; fewer++)
          assert.notEqual(Math.fround(Number(value.toPrecision(fewer))), value);
      }),
    );
  });
});
