/** What a WebGPU adapter or device can do, as the plain Caps that kernels are written for. */
import type { Caps } from "../../codegen/kernel.ts";

/** The parts of GPUAdapterInfo that we read. */
export type AdapterFacts = {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly subgroupMinSize?: number;
  readonly subgroupMaxSize?: number;
};

/** The parts of a device that Caps are made of: a GPUAdapter or a GPUDevice with its adapter's info. */
export type Offered = {
  readonly limits: GPUSupportedLimits;
  readonly features: { has(name: string): boolean };
  readonly info: AdapterFacts;
};

export type CapsOptions = {
  /** Store and compute in f16 where the model's precision asks for it; needs the feature shader-f16. */
  readonly f16?: boolean;
};

export type AdapterKind = "gpu" | "lavapipe" | "swiftshader";

/** Which kind of adapter this is, by its own description. */
export function adapterKind({
  vendor,
  architecture,
  device,
  description,
}: AdapterFacts): AdapterKind {
  const text = [vendor, architecture, device, description].join(" ").toLowerCase();
  if (text.includes("swiftshader")) return "swiftshader";
  return text.includes("llvmpipe") || text.includes("lavapipe") ? "lavapipe" : "gpu";
}

/** What WGSL cannot say. */
const unsaid = { matrixUnits: false, asyncCopy: false } as const;

/** Measured costs on software adapters: a barrier switches fibers, and two cores of eight lanes are busy at once. */
export const software = { barriers: "dear", busyLanes: 64 } as const;
export const hardware = { barriers: "cheap", busyLanes: 16384 } as const;

export function capsOf({ limits, features, info }: Offered, options: CapsOptions = {}): Caps {
  const { subgroupMinSize: least = 0, subgroupMaxSize: most = 0 } = info;
  const certain = features.has("subgroups") && least > 0 && least === most;
  return {
    maxBindingBytes: limits.maxStorageBufferBindingSize,
    maxBufferBytes: limits.maxBufferSize,
    maxBuffersPerKernel: limits.maxStorageBuffersPerShaderStage,
    maxWorkgroupLanes: Math.min(
      limits.maxComputeInvocationsPerWorkgroup,
      limits.maxComputeWorkgroupSizeX,
    ),
    maxWorkgroupBytes: limits.maxComputeWorkgroupStorageSize,
    maxWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
    subgroup: certain ? { size: least } : null,
    f16: Boolean(options.f16) && features.has("shader-f16"),
    ...unsaid,
    ...(adapterKind(info) === "gpu" ? hardware : software),
  };
}
