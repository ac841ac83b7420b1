/** Dawn's own judgement of WGSL, without any adapter: its null backend validates and runs nothing. */
import { create } from "webgpu";

/** Dawn's instance must outlive the device, so both stay. */
let opening: Promise<{ readonly gpu: GPU; readonly device: GPUDevice }> | null = null;

async function open() {
  const gpu = create(["backend=null"]);
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw new Error("Dawn has no null adapter");
  const optional = ["shader-f16", "subgroups"] as const;
  const device = await adapter.requestDevice({
    requiredFeatures: optional.filter((name) => adapter.features.has(name)),
    requiredLimits: {
      maxStorageBuffersPerShaderStage: adapter.limits.maxStorageBuffersPerShaderStage,
    },
  });
  return { gpu, device };
}

/** What Dawn finds wrong with a WGSL module, pipeline creation included; nothing where it is valid. */
export async function validateWgsl(code: string): Promise<string[]> {
  opening ??= open();
  const { device } = await opening;
  device.pushErrorScope("validation");
  const module = device.createShaderModule({ code });
  const refused = await device.popErrorScope();
  if (refused) return [refused.message];
  try {
    await device.createComputePipelineAsync({
      layout: "auto",
      compute: { module, entryPoint: "main" },
    });
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

after(async () => {
  (await opening)?.device.destroy();
  opening = null;
});
