/** Parameters in bf16 on an adapter, which has no such type: what a session makes of them is what the interpreter makes. */
import assert from "node:assert/strict";
import { KernelBuilder } from "../../../codegen/build.ts";
import { type Kernel, minimumCaps } from "../../../codegen/kernel.ts";
import type { BufferPlan, Program } from "../../../codegen/program.ts";
import { cast } from "../../../codegen/val.ts";
import { loadInterpreter } from "../../../targets/cpu/interpret.ts";
import type { EntrySpec, Session, Weights } from "../../../targets/executor.ts";
import { toKernelText } from "../../../targets/wgsl/print.ts";
import { loadSession } from "../../../targets/wgsl/session.ts";
import { deviceOrSkip } from "../../device.ts";
import { validateWgsl } from "./validate.ts";

/** An odd number, so that the last stands alone in its word; the piece of the second begins at an odd number too. */
const n = 1003;
const even = 1000;

/** y = x one by one, then by twos and fours; then a piece of w. */
function readAll(): Kernel {
  const k = new KernelBuilder();
  const [x, w] = [k.buffer("x", "bf16", n), k.buffer("w", "bf16", 2 * 3)];
  const y = k.buffer("y", "f32", 3 * n);
  const lane = k.builtin("lane");
  for (const [row, width] of [
    [0, 1],
    [1, 2],
    [2, 4],
  ] as const) {
    k.loop("at", lane.times(width), width === 1 ? n : even, 64 * width, (at) => {
      const read = k.let("read", cast(k.load(x, at, width), "f32"));
      for (let i = 0; i < width; i++) k.store(y, at.plus(row * n + i), read.component(i));
    });
  }
  k.when(lane.below(3), () => {
    k.store(y, lane.plus(n + even), cast(k.load(w, lane), "f32"));
    k.store(y, lane.plus(2 * n + even), cast(k.load(w, lane.plus(3)), "f32"));
  });
  return k.finish("read_all", 64);
}

const output = { name: "y", dtype: "f32", shape: [3 * n] } as const;
const spec: EntrySpec = { inputs: [], outputs: [output], states: [] };
const buffers: readonly BufferPlan[] = [
  { kind: "parameter", name: "x", dtype: "bf16", shape: [n], bytes: 2 * n + 2 },
  {
    ...{ kind: "parameter", name: "w", dtype: "bf16", shape: [2, 3], bytes: 12 },
    piece: { axis: 1, start: 1, size: 3 },
  },
  { ...output, kind: "output", bytes: 12 * n },
];
const kernel = readAll();
const program: Program<Kernel> = {
  ...{ name: "once", buffers, slots: [], kernels: [kernel] },
  steps: [{ kernel: 0, buffers: [0, 1, 2], grid: [1, 1, 1], region: "read_all" }],
};
/** Numbers of all sizes, some halfway between two bf16, and some that only f32 has. */
const numbers = Float32Array.from({ length: n }, (_, i) =>
  i % 5 === 0 ? 1 + (i + 1) * 2 ** -8 : Math.sin(i * 12.9898) * 2 ** ((i % 61) - 30),
);
const weights: Weights = {
  read: async (name) => (name === "x" ? numbers : Float32Array.from({ length: 10 }, (_, i) => i)),
};

async function run(session: Session): Promise<readonly number[]> {
  const { y } = await session.run("once", {}, session.fresh(), ["y"]);
  await session.release();
  return [...y!.data];
}

describe("bf16 in WGSL", () => {
  it("is read from words, four numbers from two words at once", async () => {
    const { code } = toKernelText(kernel);
    assert.deepEqual(await validateWgsl(code), []);
    assert.match(code, /x: array<vec2<u32>>;/);
    assert.doesNotMatch(code, /bf16|enable f16/);
  });

  it("gives on an adapter what the interpreter gives", async function () {
    const { device } = await deviceOrSkip(this);
    const programs = { once: { ...program, kernels: [toKernelText(kernel)] } };
    const got = await run(await loadSession(device, programs, { once: spec }, weights));
    const interpreter = await loadInterpreter(
      ...([{ once: program }, { once: spec }, weights, minimumCaps] as const),
    );
    assert.deepEqual(got, await run(interpreter));
  });
});
