import assert from "node:assert/strict";
import fc from "fast-check";
import { KernelBuilder } from "../../codegen/build.ts";
import { allocateMemory, interpret } from "../../codegen/interpret.ts";
import { type Kernel, minimumCaps } from "../../codegen/kernel.ts";
import { printPlain } from "../../codegen/plain.ts";
import { simplifyKernel } from "../../codegen/simplify.ts";
import { call, literal, select, type Val } from "../../codegen/val.ts";
import { verifyKernel } from "../../codegen/verify.ts";

/** What is stored, as text, after simplifying; lanes 0…63, the name `x` has any value below 2^20. */
function simple(write: (x: Val, k: KernelBuilder) => Val): string {
  const k = new KernelBuilder();
  const [from, to] = [k.buffer("from", "u32", 1), k.buffer("to", "u32", 64)];
  const any = k.let("any", k.load(from, 0).modulo(2 ** 20));
  k.store(to, k.builtin("lane"), write(any, k));
  const stored = printPlain(simplifyKernel(k.finish("simple", 64))).match(/to\[lane\] = (.*)/);
  return stored![1]!;
}

/** An expression of two leaves from numbers; divisors are literals above 0. */
type Tree = number | "x" | "lane" | readonly [string, Tree, Tree];
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "medium", withCrossShrink: true },
    fc.constantFrom<Tree>("x", "lane", 0, 1, 2, 3, 4, 6, 12),
    fc.tuple(
      fc.constantFrom("add", "sub", "mul", "min", "max", "lt", "le", "bind"),
      tie("tree"),
      tie("tree"),
    ),
    fc.tuple(fc.constantFrom("div", "mod"), tie("tree"), fc.constantFrom<Tree>(1, 2, 3, 4, 6, 12)),
  ),
}));

function build(t: Tree, x: Val, k: KernelBuilder): Val {
  if (t === "x") return x;
  if (t === "lane") return k.builtin("lane");
  if (typeof t === "number") return literal(t, "u32");
  const [fn, left, right] = t;
  const [a, b] = [build(left, x, k), build(right, x, k)];
  if (fn === "bind") return k.let("bound", a).plus(b);
  if (fn === "lt") return select(a.below(b), a, b);
  if (fn === "le") return select(call("le", a, b), b, a);
  return call(fn as "add", a, b);
}

function outcome(kernel: Kernel, x: number): readonly number[] {
  const [from, to] = [allocateMemory("u32", 1, true), allocateMemory("u32", 8, false)];
  from.data[0] = x;
  interpret(kernel, [1, 1, 1], [from, to], { subgroup: null });
  return [...to.data];
}

describe("simplifying kernels", () => {
  it("keeps the meaning of any index expression", () => {
    fc.assert(
      fc.property(
        tree,
        fc.oneof(fc.nat(100), fc.constantFrom(2 ** 31, 2 ** 32 - 1)),
        (drawn, x) => {
          const k = new KernelBuilder();
          const [from, to] = [k.buffer("from", "u32", 1), k.buffer("to", "u32", 8)];
          k.store(to, k.builtin("lane"), build(drawn, k.load(from, 0), k));
          const kernel = k.finish("drawn", 8);
          const shorter = verifyKernel(simplifyKernel(kernel), minimumCaps);
          assert.deepEqual(outcome(shorter, x), outcome(kernel, x), printPlain(shorter));
        },
      ),
      { numRuns: 200 },
    );
  });
  it("folds literals and drops ones and zeros", () => {
    assert.equal(
      simple((x) => call("mul", call("add", x, 0), 1)),
      "any",
    );
    assert.equal(
      simple((x) => call("add", x.plus(2), 3)),
      "any + 5u",
    );
    assert.equal(
      simple((x) => call("mod", x, 1)),
      "0u",
    );
    assert.equal(
      simple((x, k) => k.let("two", call("max", x.times(0), 2)).times(3)),
      "6u",
    );
  });
  it("merges quotients and remainders", () => {
    assert.equal(
      simple((x) => x.over(4).over(8)),
      "any / 32u",
    );
    assert.equal(
      simple((x) => x.modulo(12).modulo(4)),
      "any % 4u",
    );
    assert.equal(
      simple((x) => x.modulo(12).over(4)),
      "any / 4u % 3u",
    );
    assert.equal(
      simple((x) => x.times(12).plus(3).over(4)),
      "any * 3u",
    );
    assert.equal(
      simple((_, k) => k.builtin("lane").modulo(64)),
      "lane",
    );
    assert.equal(
      simple((_, k) => k.builtin("lane").over(64)),
      "0u",
    );
  });
  it("puts an index together again that was taken apart, also through names", () => {
    assert.equal(
      simple((x) => x.over(640).times(10).plus(x.over(64).modulo(10)).times(64).plus(x.modulo(64))),
      "any",
    );
    const named = simple((x, k) => {
      const [row, column] = [k.let("row", x.over(64)), k.let("column", x.modulo(64))];
      return row.times(64).plus(column);
    });
    assert.equal(named, "any");
  });
  it("does not divide through a product that may wrap", () => {
    const k = new KernelBuilder();
    const [from, to] = [k.buffer("from", "u32", 1), k.buffer("to", "u32", 1)];
    k.store(to, 0, k.load(from, 0).times(4).over(4));
    assert.match(
      printPlain(simplifyKernel(k.finish("wraps", 1))),
      /to\[0u\] = from_value \* 4u \/ 4u/,
    );
  });
  it("drops bounds that always hold, loops of one turn and names that nothing reads", () => {
    const k = new KernelBuilder();
    const [from, to] = [k.buffer("from", "u32", 64), k.buffer("to", "u32", 64)];
    k.load(from, 3);
    k.loop("i", 0, 1, 1, (i) =>
      k.when(k.builtin("lane").plus(i).below(64), () => k.store(to, k.builtin("lane").plus(i), i)),
    );
    const body = printPlain(simplifyKernel(k.finish("dropped", 64)))
      .split("\n")
      .slice(3, -2);
    assert.deepEqual(body, ["  to[lane] = 0u"]);
  });
});
