/** The scalar functions that models need, as nvcc writes them out, against float64; also with approximations moved. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { type Emulated, openEmulated } from "../../../../targets/cuda/emulator/emulator.ts";
import { needs, numbers, ptxOf } from "./tools.ts";

describe("the emulator's scalar functions", () => {
  let emulated: Emulated;
  before(async function () {
    needs(this, "g++", "nvcc");
    const text = readFileSync(new URL("functions.cu", import.meta.url), "utf8");
    emulated = await openEmulated(await ptxOf(text));
  });
  after(() => emulated?.release());

  it("compute the scalar functions of models", () => {
    const x = numbers(500).map((v, i) => v * 10 ** ((i % 7) - 4));
    const n = x.length;
    // erf by its power series in float64.
    const erf = (v: number) => {
      if (Math.abs(v) > 4) return Math.sign(v);
      let term = v;
      let sum = v;
      for (let k = 1; k < 200; k++) {
        term *= (-v * v) / k;
        sum += term / (2 * k + 1);
      }
      return (2 / Math.sqrt(Math.PI)) * sum;
    };
    const functions: readonly [string, (v: number) => number][] = [
      ["exp", Math.exp],
      ["log", (v) => Math.log(Math.abs(v))],
      ["tanh", Math.tanh],
      ["sin", Math.sin],
      ["cos", Math.cos],
      ["erf", erf],
      ["log1p", (v) => Math.log1p(Math.abs(v))],
      ["expm1", Math.expm1],
      ["sqrt", (v) => Math.sqrt(Math.abs(v))],
      ["rsqrt", (v) => 1 / Math.sqrt(Math.abs(v))],
      ["pow", (v) => Math.abs(v) ** Math.fround(0.3)],
      ["div", (v) => v / 3],
      ["floor", Math.floor],
      ["fast exp", Math.exp],
    ];
    for (const perturb of [false, true]) {
      const y = new Float32Array(functions.length * n);
      assert.equal(
        emulated.launch("functions", 4, 128, [x, { unwritten: y }, { s32: n }], {
          perturb,
          seed: 2,
        }),
        null,
      );
      for (const [k, [name, exact]] of functions.entries())
        for (const [i, v] of x.entries()) {
          const wanted =
            Math.abs(exact(v)) > 3.4028235677973366e38 ? Math.fround(exact(v)) : exact(v);
          const got = y[k * n + i]!;
          // CUDA's accuracy table: at most a few ulp; __expf's error grows with its argument. Subnormals to absolute 2^-126.
          const ulps = name === "fast exp" ? 4 + Math.abs(v) * 2 : 5;
          assert.ok(
            Math.abs(got - wanted) <= ulps * 2 ** -23 * Math.abs(wanted) + 2 ** -126 ||
              Object.is(got, wanted),
            `${name}(${v}) = ${got}, not ${wanted}${perturb ? ", perturbed" : ""}`,
          );
        }
    }
  });

  it("the same seed gives the same run", () => {
    const x = numbers(500);
    const run = (seed: number) => {
      const y = new Float32Array(14 * 500);
      emulated.launch("functions", 4, 128, [x, { unwritten: y }, { s32: 500 }], {
        perturb: true,
        seed,
      });
      return Buffer.from(y.buffer).toString("base64");
    };
    assert.equal(run(8), run(8));
    assert.notEqual(run(8), run(9));
  });
});
