import assert from "node:assert/strict";
import { allocateMemory, interpret } from "../../../codegen/interpret.ts";
import type { Caps } from "../../../codegen/kernel.ts";
import type { Program } from "../../../codegen/program.ts";
import type { EntrySpec } from "../../../targets/executor.ts";
import { legalize } from "../../../targets/wgsl/legalize.ts";
import { toKernelText } from "../../../targets/wgsl/print.ts";
import { loadSession } from "../../../targets/wgsl/session.ts";
import { deviceOrSkip } from "../../device.ts";
import { type Sample, samples, subgroups } from "./kernels.ts";

type Values = readonly (readonly number[])[];

/** What the buffers hold after the kernel has run under the interpreter. */
function interpreted(
  { grid, buffers }: Sample,
  kernel: Sample["kernel"],
  caps: Pick<Caps, "subgroup">,
): Values {
  const memories = kernel.buffers.map(({ memory }, i) => {
    const allocated = allocateMemory(memory.scalar, memory.length, true);
    allocated.data.set(buffers[i]!);
    return allocated;
  });
  interpret(kernel, grid, memories, caps);
  return memories.map((m) => [...m.data]);
}

/** The same on a device: every buffer is a state, so that it can be filled before and read after. */
async function onDevice(device: GPUDevice, { kernel, grid, buffers }: Sample): Promise<Values> {
  const plans = kernel.buffers.map(({ memory }) => {
    if (memory.scalar !== "f32" && memory.scalar !== "i32" && memory.scalar !== "u32")
      throw new Error(memory.scalar);
    return {
      name: memory.name,
      dtype: memory.scalar,
      shape: [memory.length],
      bytes: 4 * memory.length,
    };
  });
  const program: Program<ReturnType<typeof toKernelText>> = {
    name: kernel.name,
    buffers: plans.map((plan) => ({ ...plan, kind: "state", updatedInPlace: true })),
    slots: [],
    kernels: [toKernelText(kernel)],
    steps: [{ kernel: 0, buffers: plans.map((_, i) => i), grid, region: kernel.name }],
  };
  const spec: EntrySpec = { inputs: [], outputs: [], states: plans };
  const weights = { read: () => Promise.reject(new Error("there are no parameters")) };
  const session = await loadSession(device, { once: program }, { once: spec }, weights);
  const state = await session.upload(
    Object.fromEntries(plans.map((p, i) => [p.name, { ...p, data: buffers[i]! }])),
  );
  await session.run("once", {}, state, []);
  const after = await session.download(state);
  await session.release();
  return plans.map((p) => [...after[p.name]!.data]);
}

/** Equal, or within the accuracy that WGSL promises for exp and tanh. */
function assertNear(actual: Values, expected: Values, what: string): void {
  for (const [b, values] of expected.entries())
    for (const [i, e] of values.entries()) {
      const a = actual[b]![i]!;
      const near = Object.is(a, e) || a === e || Math.abs(a - e) <= 1e-5 * Math.max(1, Math.abs(e));
      assert.ok(near, `${what}: buffer ${b}[${i}] is ${a}, expected ${e}`);
    }
}

describe("WGSL kernels on a device", () => {
  for (const make of samples) {
    const sample = make();
    it(`${sample.kernel.name} gives what the interpreter gives`, async function () {
      const { device } = await deviceOrSkip(this);
      assertNear(
        await onDevice(device, sample),
        interpreted(sample, sample.kernel, { subgroup: null }),
        sample.kernel.name,
      );
    });
    it(`${sample.kernel.name} means the same after legalization`, () => {
      const before = interpreted(sample, sample.kernel, { subgroup: null });
      assertNear(
        interpreted(sample, legalize(sample.kernel), { subgroup: null }),
        before,
        sample.kernel.name,
      );
    });
  }

  it("subgroup operations give what the interpreter gives, where the size is certain", async function () {
    const { device, caps } = await deviceOrSkip(this);
    if (!caps.subgroup) return this.skip();
    const sample = subgroups(caps.subgroup.size);
    assertNear(
      await onDevice(device, sample),
      interpreted(sample, sample.kernel, caps),
      "subgroups",
    );
  });
});
