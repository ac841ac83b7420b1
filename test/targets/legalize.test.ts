import assert from "node:assert/strict";
import { KernelBuilder } from "../../codegen/build.ts";
import { printPlain } from "../../codegen/plain.ts";
import { readVariablesInPlace } from "../../targets/legalize.ts";

const bodyOf = (k: KernelBuilder): string =>
  printPlain(readVariablesInPlace(k.finish("kernel", 1)));

describe("reading variables in place", () => {
  it("drops a copy that is read once before the variable changes", () => {
    const k = new KernelBuilder();
    const x = k.buffer("x", "f32", 4);
    const sum = k.variable("sum", k.load(x, 0));
    const now = sum.get();
    sum.set(now.plus(k.load(x, 1)));
    assert.match(bodyOf(k), /sum = sum \+ x_value_1/);
    assert.doesNotMatch(bodyOf(k), /sum_now/);
  });

  it("keeps a copy that is read after the variable changed, in this block or in a loop", () => {
    const k = new KernelBuilder();
    const x = k.buffer("x", "f32", 4);
    const sum = k.variable("sum", k.load(x, 0));
    const before = sum.get();
    sum.set(2);
    k.store(x, 1, before);
    const outside = sum.get();
    k.loop("i", 0, 4, 1, () => sum.set(sum.get().plus(1)));
    k.store(x, 2, outside);
    const text = bodyOf(k);
    assert.match(text, /x\[1\w*\] = sum_now\b/);
    assert.match(text, /x\[2\w*\] = sum_now_1\b/);
    assert.match(text, /sum = sum \+ 1/);
  });

  it("keeps a copy that is read twice", () => {
    const k = new KernelBuilder();
    const x = k.buffer("x", "f32", 4);
    const sum = k.variable("sum", k.load(x, 0));
    const now = sum.get();
    k.store(x, 0, now.times(now));
    assert.match(bodyOf(k), /sum_now \* sum_now/);
  });
});
