/** Runs a bundle on Dawn without the compiler: kernels come as text. Node only. */
import type { Caps } from "../../codegen/kernel.ts";
import { loadSession } from "../../targets/wgsl/session.ts";
import { openDevice } from "../../targets/wgsl/device.ts";
import type { Bundle } from "../bundle/bundle.ts";
import { UserError } from "../graph/bug.ts";
import { openCheckpoint } from "../weights/checkpoint.ts";
import { mapNames } from "../weights/names.ts";
import type { OpenedAny } from "./open-any.ts";
import type { ModelRequest } from "./open-model.ts";

/** Throws UserError when the device cannot do what the bundle was compiled for. */
export async function openBundle(bundle: Bundle, request: Pick<ModelRequest, "adapter" | "weights" | "onProgress">): Promise<OpenedAny> {
  const opened = await openDevice(request.adapter ? { adapter: request.adapter } : {});
  try {
    requireCaps(bundle.caps, opened.caps);
    const path = checkpointPath(request.weights);
    const checkpoint = await openCheckpoint(path);
    const weights = mapNames(bundle.parameters, bundle.names, checkpoint);
    const options = request.onProgress ? { onProgress: request.onProgress } : {};
    const session = await loadSession(opened.device, bundle.programs, bundle.entries, weights, options).finally(() => checkpoint.close());
    return {
      name: bundle.model,
      describe: opened.info,
      weights: `${path} (${weights.table} names)`,
      context: bundle.context,
      session,
      release: async () => {
        await session.release();
        await opened.release();
      },
    };
  } catch (error) {
    await opened.release();
    throw error;
  }
}

function checkpointPath(weights: ModelRequest["weights"]): string {
  if (typeof weights === "string") return weights;
  throw new UserError("a bundle holds no initialisers; give --weights a checkpoint (eyrie init-weights writes one)");
}

/** A bundle's kernels assume what its caps promise. */
function requireCaps(needed: Caps, has: Caps): void {
  const limits = ["maxBindingBytes", "maxBufferBytes", "maxBuffersPerKernel", "maxWorkgroupLanes", "maxWorkgroupBytes", "maxWorkgroupsPerDimension"] as const;
  const short = limits.filter((l) => needed[l] > has[l]).map((l) => `${l} ${has[l]} where ${needed[l]} was assumed`);
  if (needed.f16 && !has.f16) short.push("no f16");
  if (needed.subgroup && needed.subgroup.size !== has.subgroup?.size)
    short.push(`subgroups of ${has.subgroup?.size ?? "unknown size"} where ${needed.subgroup.size} was assumed`);
  if (short.length > 0) throw new UserError(`this bundle was compiled for another device (${short.join(", ")}); compile it again for this one`);
}
