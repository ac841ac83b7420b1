/** Makes a device from an adapter, asking for everything it has that we use. The same in Node and in a browser. */

import type { Caps } from "../../codegen/kernel.ts";
import { UserError } from "../../src/graph/bug.ts";
import { type AdapterFacts, type CapsOptions, capsOf } from "./caps.ts";

export type RequestedDevice = {
  readonly device: GPUDevice;
  readonly caps: Caps;
  readonly info: AdapterFacts;
};

const wanted = ["subgroups", "timestamp-query"] as const;

const limits = [
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
] as const satisfies readonly (keyof GPUSupportedLimits)[];

export async function requestDevice(
  adapter: GPUAdapter,
  options: CapsOptions = {},
): Promise<RequestedDevice> {
  const info = adapter.info;
  if (options.f16 && !adapter.features.has("shader-f16"))
    throw new UserError(
      `the adapter "${info.description || info.vendor}" has no f16; give the precision bf16, which every adapter has`,
    );
  const features = [...wanted, ...(options.f16 ? (["shader-f16"] as const) : [])];
  const device = await adapter.requestDevice({
    requiredFeatures: features.filter((name) => adapter.features.has(name)),
    requiredLimits: Object.fromEntries(limits.map((name) => [name, adapter.limits[name]])),
  });
  const caps = capsOf({ limits: device.limits, features: device.features, info }, options);
  return { device, caps, info };
}
