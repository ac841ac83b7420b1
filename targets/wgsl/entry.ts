/** One program on the device: every buffer but the states placed, its steps ready to be encoded into one compute pass. */

import type { BufferPlan, KernelText, Program } from "../../codegen/program.ts";
import { CompilerBug } from "../../src/graph/bug.ts";
import { type ParameterPlan, parameterKey } from "../parameters.ts";
import { type Pool, roundUp } from "./memory.ts";
import type { Pipeline } from "./pipelines.ts";
import type { DeviceState } from "./states.ts";

type Placed = { readonly plan: BufferPlan; readonly buffer: GPUBuffer | null };
type ReadyStep = {
  readonly pipeline: Pipeline;
  readonly grid: readonly [number, number, number];
  readonly placed: readonly Placed[];
  readonly region: string;
};

export type Entry = {
  readonly name: string;
  readonly steps: readonly ReadyStep[];
  /** By name; inputs that no step reads are absent. */
  readonly inputs: ReadonlyMap<string, GPUBuffer>;
  readonly outputs: ReadonlyMap<string, GPUBuffer>;
  /** Copied onto the state of that name when the steps are done. */
  readonly next: readonly { readonly state: string; readonly buffer: GPUBuffer }[];
};

/** What the entries of a session share. */
export type Shared = {
  readonly parameters: ReadonlyMap<string, GPUBuffer>;
  readonly slots: readonly GPUBuffer[];
  readonly next: ReadonlyMap<string, GPUBuffer>;
  readonly pipelineOf: (kernel: KernelText) => Pipeline;
};

/** Arena slots and next states of all programs: entries run one after another, so each is as large as the largest. */
export function createShared(
  pool: Pool,
  programs: readonly Program<KernelText>[],
): Pick<Shared, "slots" | "next"> {
  const slotBytes: number[] = [];
  const nextBytes = new Map<string, number>();
  for (const program of programs) {
    for (const [i, bytes] of program.slots.entries())
      slotBytes[i] = Math.max(slotBytes[i] ?? 0, bytes);
    for (const plan of program.buffers)
      if (plan.kind === "next")
        nextBytes.set(plan.state, Math.max(nextBytes.get(plan.state) ?? 0, plan.bytes));
  }
  return {
    slots: slotBytes.map((bytes, i) => pool.create(`arena slot ${i}`, bytes)),
    next: new Map(
      [...nextBytes].map(([state, bytes]) => [state, pool.create(`next ${state}`, bytes)]),
    ),
  };
}

export function createEntry(
  device: GPUDevice,
  pool: Pool,
  name: string,
  program: Program<KernelText>,
  shared: Shared,
): Entry {
  const placed = program.buffers.map(
    (plan): Placed => ({ plan, buffer: place(device, pool, plan, shared) }),
  );
  const ofKind = (kind: BufferPlan["kind"]) =>
    new Map(
      placed.flatMap(({ plan, buffer }) =>
        plan.kind === kind && buffer ? [[plan.name, buffer] as const] : [],
      ),
    );
  return {
    name,
    inputs: ofKind("input"),
    outputs: ofKind("output"),
    next: placed.flatMap(({ plan, buffer }) =>
      plan.kind === "next" && buffer ? [{ state: plan.state, buffer }] : [],
    ),
    steps: program.steps.map(({ kernel, buffers, grid, region }) => ({
      pipeline: shared.pipelineOf(program.kernels[kernel]!),
      grid,
      region,
      placed: buffers.map((b) => placed[b]!),
    })),
  };
}

/** null for states, which differ from run to run. */
function place(device: GPUDevice, pool: Pool, plan: BufferPlan, shared: Shared): GPUBuffer | null {
  switch (plan.kind) {
    case "parameter":
      return shared.parameters.get(parameterKey(plan as ParameterPlan)) ?? lost(plan);
    case "input":
    case "output":
      return pool.create(plan.name, plan.bytes);
    case "constant": {
      const buffer = pool.create(plan.name, plan.bytes);
      device.queue.writeBuffer(buffer, 0, constantData(plan));
      return buffer;
    }
    case "temporary":
      return shared.slots[plan.slot] ?? lost(plan);
    case "next":
      return shared.next.get(plan.state) ?? lost(plan);
    case "state":
      return null;
  }
}

function lost(plan: BufferPlan): never {
  throw new CompilerBug(`${plan.kind} ${plan.name} has no buffer`);
}

function constantData({ dtype, values, name }: BufferPlan & { readonly kind: "constant" }) {
  switch (dtype) {
    case "f32":
      return Float32Array.from(values);
    case "i32":
      return Int32Array.from(values);
    case "u32":
    case "bool":
      return Uint32Array.from(values);
    case "f16":
    case "bf16":
      throw new CompilerBug(`constant ${name} is stored as ${dtype}`);
  }
}

/** The bind groups of every step for one state. Made once for each entry and state. */
export function bindGroupsOf(
  device: GPUDevice,
  entry: Entry,
  state: DeviceState,
): readonly GPUBindGroup[] {
  const known = state.bindGroups.get(entry.name);
  if (known) return known;
  const made = entry.steps.map(({ pipeline, placed, region }) =>
    device.createBindGroup({
      label: region,
      layout: pipeline.layout,
      entries: placed.map(({ plan, buffer }, binding) => ({
        binding,
        resource: {
          buffer: buffer ?? state.buffers.get(plan.name) ?? lost(plan),
          size: roundUp(plan.bytes),
        },
      })),
    }),
  );
  state.bindGroups.set(entry.name, made);
  return made;
}

/** All steps as one compute pass. */
export function encodeSteps(
  pass: GPUComputePassEncoder,
  entry: Entry,
  bindGroups: readonly GPUBindGroup[],
): void {
  let current: GPUComputePipeline | null = null;
  for (const [i, { pipeline, grid }] of entry.steps.entries()) {
    if (pipeline.pipeline !== current) pass.setPipeline(pipeline.pipeline);
    current = pipeline.pipeline;
    pass.setBindGroup(0, bindGroups[i]!);
    pass.dispatchWorkgroups(...grid);
  }
}
