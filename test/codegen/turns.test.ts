import assert from "node:assert/strict";
import { KernelBuilder } from "../../codegen/build.ts";
import { allocateMemory, interpret } from "../../codegen/interpret.ts";
import type { Kernel } from "../../codegen/kernel.ts";
import { printPlain } from "../../codegen/plain.ts";
import { hideTurns } from "../../codegen/turns.ts";
import { literal } from "../../codegen/val.ts";

/** Σ of `turns` ones by a loop with an inner loop of three turns. */
function counting(turns: number): Kernel {
  const k = new KernelBuilder();
  const out = k.buffer("out", "f32", 1);
  const sum = k.variable("sum", literal(0, "f32"));
  k.loop("i", 0, turns, 1, () =>
    k.loop("j", 0, 3, 1, () => k.accumulate(sum, (now) => now.plus(1))),
  );
  k.store(out, 0, sum.get());
  return k.finish("counting", 1);
}

function run(kernel: Kernel): number {
  const out = allocateMemory("f32", 1, false);
  interpret(kernel, [1, 1, 1], [out], { subgroup: null });
  return out.data[0]!;
}

describe("hideTurns", () => {
  it("keeps what a kernel computes", () => {
    for (const turns of [1, 2, 32, 33]) {
      assert.equal(run(counting(turns)), 3 * turns);
      assert.equal(run(hideTurns(counting(turns))), 3 * turns);
    }
  });

  it("hides the bounds of loops that a driver would unroll, and no others", () => {
    const hidden = (turns: number) =>
      printPlain(hideTurns(counting(turns)))
        .split("\n")
        .filter((line) => /workgroup.?z|group\.z/i.test(line)).length;
    assert.equal(hidden(33), 1);
    assert.equal(hidden(32), 2);
    assert.equal(hidden(1), 1);
  });
});
