/** One program on the device: every buffer but the states placed, its steps ready to be encoded into one compute pass. */

import type { KernelText, Program } from "../../codegen/program.ts";
import { type EntryBuffers, lost, type Placed, placeBuffers, type Shared } from "../placing.ts";
import { type Pool, roundUp } from "./memory.ts";
import type { Pipeline } from "./pipelines.ts";
import type { DeviceState } from "./states.ts";

export type ReadyStep = {
  readonly pipeline: Pipeline;
  readonly grid: readonly [number, number, number];
  readonly placed: readonly Placed<GPUBuffer>[];
  readonly region: string;
};

export type Entry = Pick<EntryBuffers<GPUBuffer>, "inputs" | "outputs" | "next"> & {
  readonly name: string;
  readonly steps: readonly ReadyStep[];
};

export function createEntry(
  device: GPUDevice,
  pool: Pool,
  name: string,
  program: Program<KernelText>,
  shared: Shared<GPUBuffer> & { readonly pipelineOf: (kernel: KernelText) => Pipeline },
): Entry {
  const { placed, constants, ...buffers } = placeBuffers(pool.create, program, shared);
  for (const { buffer, values } of constants) device.queue.writeBuffer(buffer, 0, values);
  const steps = program.steps.map(({ kernel, buffers, grid, region }) => ({
    pipeline: shared.pipelineOf(program.kernels[kernel]!),
    grid,
    region,
    placed: buffers.map((b) => placed[b]!),
  }));
  return { name, ...buffers, steps };
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
      entries: placed.map(({ plan, buffer, offset }, binding) => ({
        binding,
        resource: {
          buffer: buffer ?? state.buffers.get(plan.name) ?? lost(plan),
          offset,
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
  for (const [i, step] of entry.steps.entries()) {
    encodeStep(pass, step, bindGroups[i]!, current);
    current = step.pipeline.pipeline;
  }
}

/** One step, where the pass has the pipeline `current`. */
export function encodeStep(
  pass: GPUComputePassEncoder,
  { pipeline: { pipeline }, grid }: ReadyStep,
  bindGroup: GPUBindGroup,
  current: GPUComputePipeline | null = null,
): void {
  if (pipeline !== current) pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(...grid);
}
