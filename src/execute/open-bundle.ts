/** Runs a bundle on Dawn without the compiler: kernels come as text. Node only. */

import { openDevice } from "../../targets/wgsl/device.ts";
import { loadSession } from "../../targets/wgsl/session.ts";
import type { Bundle } from "../bundle/bundle.ts";
import { requireCaps } from "../bundle/caps.ts";
import { UserError } from "../graph/bug.ts";
import { openCheckpoint } from "../weights/checkpoint.ts";
import { mapNames } from "../weights/names.ts";
import type { OpenedAny } from "./open-any.ts";
import type { ModelRequest } from "./open-model.ts";

/** Throws UserError when the device cannot do what the bundle was compiled for. */
export async function openBundle(
  bundle: Bundle,
  request: Pick<ModelRequest, "adapter" | "weights" | "onProgress">,
): Promise<OpenedAny> {
  const opened = await openDevice({
    f16: bundle.caps.f16,
    ...(request.adapter ? { adapter: request.adapter } : {}),
  });
  try {
    requireCaps(bundle.caps, opened.caps);
    const path = checkpointPath(request.weights);
    const checkpoint = await openCheckpoint(path);
    const options = request.onProgress ? { onProgress: request.onProgress } : {};
    const load = async () => {
      const weights = mapNames(bundle.parameters, bundle.names, checkpoint);
      return [
        weights.table,
        await loadSession(opened.device, bundle.programs, bundle.entries, weights, options),
      ] as const;
    };
    const [table, session] = await load().finally(() => checkpoint.close());
    return {
      name: bundle.model,
      describe: opened.info,
      weights: `${path} (${table} names)`,
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
  throw new UserError(
    "a bundle holds no initialisers; give --weights a checkpoint (eyrie init-weights writes one)",
  );
}
