/** What bf16 means: how f32 rounds to it, and that memory keeps it. */
import assert from "node:assert/strict";
import { KernelBuilder } from "../../../codegen/build.ts";
import { roundBf16 } from "../../../codegen/interpret/spell.ts";
import { allocateMemory, interpret } from "../../../codegen/interpret.ts";
import { cast } from "../../../codegen/val.ts";
import { convert } from "../../../src/graph/scalars.ts";

describe("bf16 in the kernel interpreter", () => {
  it("is the nearest to f32 around every value that a bf16 has, ties to even, and keeps NaN", () => {
    const bits = new Uint32Array(1);
    const float = new Float32Array(bits.buffer);
    for (let upper = 0; upper < 0x10000; upper++)
      for (const lower of [0, 1, 0x7fff, 0x8000, 0x8001, 0xffff]) {
        bits[0] = ((upper << 16) | lower) >>> 0;
        const x = float[0]!;
        const [found, wanted] = [roundBf16(x), convert(x, "f32", "bf16")];
        if (found === wanted || (Number.isNaN(found) && Number.isNaN(wanted))) continue;
        assert.fail(`${bits[0].toString(16)} became ${found}, not ${wanted}`);
      }
    assert.deepEqual([1 + 2 ** -8, 1 + 3 * 2 ** -8, -1e-45, 3.4e38, -3.4e38].map(roundBf16), [
      1,
      1 + 2 ** -6,
      -0,
      Infinity,
      -Infinity,
    ]);
  });
  it("is stored, and read back as f32", () => {
    const k = new KernelBuilder();
    const [from, kept] = [k.buffer("from", "f32", 8), k.buffer("kept", "bf16", 8)];
    const to = k.buffer("to", "f32", 8);
    const lane = k.builtin("lane").times(4);
    k.store(kept, lane, cast(k.load(from, lane, 4), "bf16"));
    k.store(to, lane, cast(k.load(kept, lane, 4), "f32"));
    const memories = (["f32", "bf16", "f32"] as const).map((s) => allocateMemory(s, 8, true));
    const given = [1.00390625, 1.01171875, -0, 1e39, Number.NaN, 1e-40, -65535, 0.1];
    memories[0]!.data.set(given);
    interpret(k.finish("halves", 2), [1, 1, 1], memories, { subgroup: null });
    const rounded = given.map((x) => convert(Math.fround(x), "f32", "bf16"));
    for (const memory of memories.slice(1)) assert.deepEqual([...memory.data], rounded);
  });
});
