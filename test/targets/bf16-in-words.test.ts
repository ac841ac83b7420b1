/** bf16 where a target has none: what words hold is what the interpreter says bf16 is. */
import assert from "node:assert/strict";
import { KernelBuilder } from "../../codegen/build.ts";
import { allocateMemory, type CheckedMemory, interpret } from "../../codegen/interpret.ts";
import type { Kernel, Width } from "../../codegen/kernel.ts";
import { minimumCaps } from "../../codegen/kernel.ts";
import { printPlain } from "../../codegen/plain.ts";
import { cast, literal, vector } from "../../codegen/val.ts";
import { verifyKernel } from "../../codegen/verify.ts";
import { CompilerBug } from "../../src/graph/bug.ts";
import { bf16InWords } from "../../targets/bf16-in-words.ts";
import { legalize } from "../../targets/wgsl/legalize.ts";

const every = 0x10000;

/** y = x for every bf16 there is, `width` at a time. */
function widen(width: Width): Kernel {
  const k = new KernelBuilder();
  const [x, y] = [k.buffer("x", "bf16", every), k.buffer("y", "f32", every)];
  const at = k.builtin("workgroup_x").times(64).plus(k.builtin("lane")).times(width);
  k.store(y, at, cast(k.load(x, at, width), "f32"));
  return verifyKernel(k.finish(`widen_${width}`, 64), minimumCaps);
}

/** The bits of what a kernel of two buffers makes of the first. */
function run(kernel: Kernel, from: Uint32Array | Float32Array, groups = 1): Uint32Array {
  const [x, y] = kernel.buffers.map(({ memory: { scalar, length }, access }) =>
    allocateMemory(scalar, length, access === "read"),
  ) as [CheckedMemory, CheckedMemory];
  x.data.set(from);
  interpret(kernel, [groups, 1, 1], [x, y], { subgroup: null });
  return new Uint32Array(y.data.buffer);
}

/** Two bf16 a word, the first in the lower half. */
const words = (bits: Uint16Array) => new Uint32Array(bits.buffer);

describe("bf16 in words", () => {
  const bits = Uint16Array.from({ length: every }, (_, i) => i);
  const expected = Uint32Array.from(bits, (half) => half << 16);
  for (const width of [1, 2, 4] as const)
    it(`widens every bf16 to the f32 with its bits, ${width} at a time`, () => {
      const kernel = bf16InWords(widen(width));
      assert.deepEqual(
        kernel.buffers.map(({ memory }) => [memory.scalar, memory.length]),
        [
          ["u32", every / 2],
          ["f32", every],
        ],
      );
      const found = run(kernel, words(bits), every / 64 / width);
      const wrong = found.findIndex((x, i) => x !== expected[i] && !isNaNBits(expected[i]!));
      assert.equal(wrong, -1);
      assert.ok(found.every((x, i) => isNaNBits(x) === isNaNBits(expected[i]!)));
    });

  it("reads the last of an odd number, parts of vectors, and at numbers known beforehand", () => {
    const k = new KernelBuilder();
    const [x, y] = [k.buffer("x", "bf16", 7), k.buffer("y", "f32", 4)];
    const pair = k.load(x, 4, 2);
    const mixed = vector([pair.component(1), k.load(x, 6), pair.component(0), k.load(x, 1)]);
    k.store(y, 0, cast(k.let("mixed", mixed), "f32"));
    const kernel = verifyKernel(k.finish("odd", 1), minimumCaps);
    const numbers = [1, -2, 3, 0.5, 1024, -0.125, 7];
    const halves = Uint16Array.from([...numbers, 0], (n) => bitsOf(n) >>> 16);
    const [before, after] = [
      run(kernel, Float32Array.from(numbers)),
      run(legalize(kernel), words(halves)),
    ];
    assert.deepEqual(after, before);
    assert.deepEqual([...new Float32Array(after.buffer)], [-0.125, 7, 1024, -2]);
  });

  it("leaves a kernel without bf16 as it is", () => {
    const k = new KernelBuilder();
    k.store(k.buffer("y", "f32", 1), 0, 1);
    const kernel = k.finish("plain", 1);
    assert.equal(bf16InWords(kernel), kernel);
    assert.match(printPlain(bf16InWords(widen(1))), /x: u32\[32768\]/);
  });

  it("is a bug of the compiler's where a kernel makes, stores or keeps bf16", () => {
    const bugs: Record<string, (k: KernelBuilder) => void> = {
      "not stored": (k) =>
        k.store(k.buffer("y", "bf16", 2), 0, k.load(k.buffer("x", "bf16", 2), 0)),
      "not made": (k) => {
        const rounded = k.let("rounded", cast(k.load(k.buffer("x", "f32", 1), 0), "bf16"));
        k.load(k.buffer("y", "bf16", 1), 0);
        k.let("back", cast(rounded, "f32"));
      },
      "not made: bf16(1)": (k) => {
        k.load(k.buffer("y", "bf16", 1), 0);
        k.let("one", vector([literal(1, "bf16"), literal(1, "bf16")]));
      },
      "keeps bf16 in tile": (k) => k.load(k.workgroup("tile", "bf16", 2), 0),
    };
    for (const [what, write] of Object.entries(bugs)) {
      const k = new KernelBuilder();
      write(k);
      assert.throws(
        () => bf16InWords(k.finish("made", 1)),
        (error: unknown) => error instanceof CompilerBug && error.message.includes(what),
        what,
      );
    }
  });
});

const isNaNBits = (bits: number) => (bits & 0x7fffffff) > 0x7f800000;
const bitsOf = (n: number) => new Uint32Array(Float32Array.of(n).buffer)[0]!;
