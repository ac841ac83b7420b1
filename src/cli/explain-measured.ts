/** Runs a model on a device for `eyrie explain --measure`: what its dispatches take, what the device could do, and the memory for it. */
import { openExecutor } from "../execute/executors.ts";
import { compileFile, weightsFor } from "../execute/open-model.ts";
import { processPeak } from "../execute/process-peak.ts";
import { type EntryProfile, profileEntry } from "../execute/profile.ts";
import type { ExplainOptions } from "../explain.ts";
import { measureFigures, requireDevice } from "../tune/figures.ts";
import { schedulesFor } from "../tune/lookup.ts";
import type { ExplainFlags } from "./explain-model.ts";
import { executorRequest } from "./options.ts";
import { progressBar, say } from "./terminal.ts";

/** With random weights unless others are given. */
export async function measureModel(
  request: Parameters<typeof compileFile>[0],
  { weights: from, runs, ...flags }: ExplainFlags,
) {
  const executor = await openExecutor(executorRequest(flags));
  try {
    const device = requireDevice(executor);
    const compiled = await compileFile(request, executor.caps, device);
    const { weights, describe, close } = await weightsFor(compiled, from ?? { seed: 1 });
    say(`${compiled.model.name} on ${executor.describe}; weights ${describe}`);
    const session = await executor.load(compiled, weights).finally(close);
    const bar = progressBar("measuring");
    const profiles: Record<string, EntryProfile> = {};
    try {
      for (const entry of Object.keys(compiled.entries))
        profiles[entry] = await profileEntry({ session, compiled }, entry, {
          ...(runs === undefined ? {} : { runs }),
          onRun: (done, total) => bar.update(done, total, entry),
        });
    } finally {
      bar.stop();
    }
    const memory = { device: session.memory?.() ?? null, process: processPeak() };
    await session.release();
    const { schedules } = request;
    const known = schedules ? schedulesFor(schedules, device, executor.caps).figures : null;
    const figures = known ?? (await measureFigures(executor));
    const options: ExplainOptions = { device: executor.describe, profiles, memory, figures };
    return { compiled, ...options };
  } finally {
    await executor.release();
  }
}
