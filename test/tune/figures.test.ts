import assert from "node:assert/strict";
import { entrySpec } from "../../codegen/entry-spec.ts";
import type { Kernel } from "../../codegen/kernel.ts";
import type { Program } from "../../codegen/program.ts";
import {
  copyProgram,
  dispatchProgram,
  multiplyAddProgram,
  readProgram,
} from "../../src/tune/figure-programs.ts";
import { measureFigures, requireDevice } from "../../src/tune/figures.ts";
import { executorOrSkip, executors } from "../executor.ts";

/** What a program writes on the interpreter, from `from`. */
async function written(program: Program<Kernel>, from: Float32Array) {
  const executor = await executors.interpret();
  const graph = { name: program.name, outputs: {}, states: [] };
  const entries = { one: { program, graph, spec: entrySpec(program, graph) } };
  const session = await executor.load({ caps: executor.caps, entries }, { read: async () => from });
  const { y } = await session.run("one", {}, session.fresh(), ["y"]);
  return [...y!.data];
}

const numbers = (n: number) => Float32Array.from({ length: n }, (_, i) => Math.fround(i / 7));

describe("a device's figures", function () {
  this.timeout(240_000);

  it("come from a copy that copies, in whole and in broken workgroups", async () => {
    const { caps } = await executors.interpret();
    for (const [cells, each] of [
      [512, 1],
      [1024, 4],
      [1000, 4],
      [36, 1],
    ] as const)
      assert.deepEqual(await written(copyProgram(cells, each, caps), numbers(cells)), [
        ...numbers(cells),
      ]);
  });
  it("come from a sum that reads everything once", async () => {
    const { caps } = await executors.interpret();
    const [cells, each] = [2048, 4];
    const from = Float32Array.from({ length: cells }, (_, i) => i);
    const sums = await written(readProgram(cells, each, caps), from);
    assert.equal(sums.length, cells / each);
    assert.equal(
      sums.reduce((a, b) => a + b),
      (cells * (cells - 1)) / 2,
    );
  });
  it("come from as many multiply-adds as are counted", async () => {
    const { caps } = await executors.interpret();
    const [factor, term, sums, turns] = [0.5, 0.75, 3, 4];
    const { program, flops } = multiplyAddProgram(sums, turns, caps);
    let counted = 0;
    let total = 0;
    for (let sum = 1; sum <= sums; sum++) {
      let value = term * sum;
      for (let turn = 0; turn < turns; turn++) {
        value = factor * value + term;
        counted += 4 * 2;
      }
      total += 4 * value;
    }
    const found = await written(program, Float32Array.of(factor, term, 0, 0));
    assert.ok(found.every((v) => Math.abs(v - total) < 1e-5));
    assert.equal(flops, counted * found.length);
  });
  it("come from a dispatch that does next to nothing", async () => {
    assert.deepEqual(await written(dispatchProgram(), numbers(4)), [...numbers(4)]);
    assert.equal(dispatchProgram().steps.length, 1);
  });
  it("are measured on a device", async function () {
    const { compiler, ...figures } = await measureFigures(await executorOrSkip(this));
    for (const [name, n] of Object.entries(figures)) assert.ok(n > 0 && Number.isFinite(n), name);
    assert.match(compiler, /^\d+\./);
  });
  it("are refused where there is no device", async () => {
    const executor = await executors.interpret();
    assert.throws(() => requireDevice(executor), {
      name: "UserError",
      message: "interpret runs on no device; give --executor wgsl, cuda or cuda-cpu",
    });
  });
});
