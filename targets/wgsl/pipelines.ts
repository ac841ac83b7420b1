/** Compute pipelines from kernel texts: equal texts share one, and all are created side by side. */

import type { KernelText } from "../../codegen/program.ts";
import { CompilerBug } from "../../src/graph/bug.ts";
import { watchDevice } from "./failures.ts";

export type Pipeline = {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
};
export type Progress = (done: number, total: number) => void;

/** GPUShaderStage.COMPUTE; Node has no such global. */
const computeStage = 0x4;

/** Pipelines of a device by kernel text, for all its sessions: drivers spend seconds on a kernel once. */
const known = new WeakMap<GPUDevice, Map<string, Promise<Pipeline>>>();

function pipelinesOf(device: GPUDevice): Map<string, Promise<Pipeline>> {
  const pipelines = known.get(device) ?? new Map<string, Promise<Pipeline>>();
  known.set(device, pipelines);
  return pipelines;
}

/** A lookup from kernel to pipeline. */
export async function createPipelines(
  device: GPUDevice,
  kernels: readonly KernelText[],
  onProgress: Progress = () => {},
): Promise<(kernel: KernelText) => Pipeline> {
  const distinct = new Map(kernels.map((kernel) => [keyOf(kernel), kernel]));
  const layouts = createLayouts(device);
  const shared = pipelinesOf(device);
  const made = new Map<string, Pipeline>();
  onProgress(0, distinct.size);
  const create = async ([key, kernel]: [string, KernelText]) => {
    const making = shared.get(key) ?? createPipeline(device, kernel, layouts(kernel.access));
    shared.set(key, making);
    made.set(key, await making);
    onProgress(made.size, distinct.size);
  };
  await Promise.all([...distinct].map(create));
  return (kernel) => made.get(keyOf(kernel)) ?? missing(kernel);
}

function missing(kernel: KernelText): never {
  throw new CompilerBug(`kernel ${kernel.name} has no pipeline`);
}

const keyOf = ({ code, access }: KernelText): string => `${access.join()}\n${code}`;

function createLayouts(device: GPUDevice): (access: KernelText["access"]) => GPUBindGroupLayout {
  const known = new Map<string, GPUBindGroupLayout>();
  return (access) => {
    const key = access.map((a) => (a === "read" ? "r" : "w")).join("");
    const layout =
      known.get(key) ??
      device.createBindGroupLayout({
        entries: access.map((a, binding) => ({
          binding,
          visibility: computeStage,
          buffer: { type: a === "read" ? "read-only-storage" : "storage" },
        })),
      });
    known.set(key, layout);
    return layout;
  };
}

async function createPipeline(
  device: GPUDevice,
  kernel: KernelText,
  layout: GPUBindGroupLayout,
): Promise<Pipeline> {
  device.pushErrorScope("validation");
  const module = device.createShaderModule({ label: kernel.name, code: kernel.code });
  const refused = await device.popErrorScope();
  if (refused)
    throw new CompilerBug(`kernel ${kernel.name} is not valid WGSL: ${refused.message.trim()}`);
  try {
    const pipeline = await device.createComputePipelineAsync({
      label: kernel.name,
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: "main" },
    });
    return { pipeline, layout };
  } catch (error) {
    watchDevice(device).check();
    throw new CompilerBug(
      `kernel ${kernel.name} did not become a pipeline: ${(error as Error).message.trim()}`,
    );
  }
}
