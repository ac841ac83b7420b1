import assert from "node:assert/strict";
import { relativeError } from "../../../bench/measure.ts";
import { levelsOf } from "../../../bench/scan/associative.ts";
import { formsOf } from "../../../bench/scan/programs.ts";
import type { Variant } from "../../../bench/scan/sizes.ts";
import { entrySpec } from "../../../codegen/entry-spec.ts";
import { minimumCaps } from "../../../codegen/kernel.ts";
import { loadInterpreter } from "../../../targets/cpu/interpret.ts";

const caps = { ...minimumCaps, maxBuffersPerKernel: 16 };
const point = { batch: 2, time: 64, channels: 8 };

const numbers: Readonly<Record<string, (i: number) => number>> = {
  r: (i) => 0.1 + 0.09 * Math.sin(i * 1.7),
  x: (i) => Math.cos(i * 2.3),
  rate: (i) => Math.sin(i),
  from: (i) => i,
};
const sizes: Readonly<Record<string, number>> = { r: 1024, x: 1024, rate: 8, from: 1536 };

async function results() {
  const { forms } = formsOf(point, caps);
  const read = async (name: string) =>
    Float32Array.from({ length: sizes[name]! }, (_, i) => numbers[name]!(i));
  const found: Partial<Record<Variant, ArrayLike<number>>> = {};
  for (const [name, { program, graph }] of Object.entries(forms)) {
    const spec = entrySpec(program, graph);
    const session = await loadInterpreter({ [name]: program }, { [name]: spec }, { read }, caps);
    const output = name === "copy" ? "y" : "h";
    const given = await session.run(name, {}, session.fresh(), [output]);
    found[name as Variant] = given[output]!.data;
  }
  return { forms, found };
}

/** h by a straight loop in double precision; `plain` without gates. */
function expected(plain: boolean): readonly number[] {
  const h = new Array<number>(16).fill(0);
  const { r, x, rate } = numbers;
  return Array.from({ length: 1024 }, (_, i) => {
    const at = Math.floor(i / 512) * 8 + (i % 8);
    const l = -8 * Math.log1p(Math.exp(rate!(i % 8))) * r!(i);
    h[at] = plain
      ? r!(i) * h[at]! + x!(i)
      : Math.exp(l) * h[at]! + Math.sqrt(-Math.expm1(2 * l)) * x!(i);
    return h[at]!;
  });
}

describe("the forms of the scan that are compared", () => {
  it("all compute the same, and the copy copies", async () => {
    const { found, forms } = await results();
    for (const name of ["sequential", "tiled", "unfused", "associative"] as const)
      assert.ok(relativeError(found[name]!, expected(false)) < 2e-6, name);
    assert.ok(relativeError(found["plain sequential"]!, expected(true)) < 2e-6);
    assert.deepEqual(
      Array.from(found.copy!),
      Array.from({ length: 1536 }, (_, i) => i),
    );
    const kernels = (name: Variant) => forms[name]!.program.kernels.length;
    assert.ok(kernels("sequential") < kernels("tiled"));
    assert.equal(forms.unfused!.program.steps.length, forms.sequential!.program.steps.length + 3);
  });

  it("the associative scan has 2 log2 T − 1 levels and joins fewer than 2 T pairs", () => {
    const levels = levelsOf(1024);
    assert.equal(levels.length, 19);
    const joined = levels.reduce((sum, { pairs }) => sum + pairs, 0);
    assert.ok(joined < 2048);
    assert.ok(levels.every(({ pairs }) => pairs > 0));
  });
});
