/** One program on the device: every buffer but the states placed, its steps ready to be encoded into one compute pass. */

import type { BufferPlan, KernelText, Program } from "../../codegen/program.ts";
import { type ParameterPlan, parameterKey } from "../parameters.ts";
import { constantValues, lost } from "../placing.ts";
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
      device.queue.writeBuffer(buffer, 0, constantValues(plan));
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
