/** `eyrie explain FILE [NAME]`: which kernels compute a model, or one of its values, and why. */

import { compileFile } from "../execute/open-model.ts";
import { capsFor, findProfile } from "../execute/profiles.ts";
import { type ExplainOptions, explain, printExplanation } from "../explain.ts";
import type { EntryKind } from "../passes/entry.ts";
import type { DeviceFlags } from "./device.ts";
import { compileOptions, type SchedulesFlags, schedulesRequest } from "./options.ts";
import { print, printJson } from "./terminal.ts";

export type ExplainFlags = DeviceFlags &
  SchedulesFlags & {
    readonly entry?: readonly EntryKind[];
    readonly json?: boolean;
  };

/** Compiles for the device, by default for what every WebGPU device guarantees, and prints the explanation. */
export async function explainModel(
  model: string,
  name: string | undefined,
  flags: ExplainFlags,
): Promise<void> {
  const { precision = "f32", entry: entries = ["prefill"] } = flags;
  const device = await findProfile(flags.device ?? "webgpu");
  const compiled = await compileFile(
    {
      ...{ model, precision, device, entries, ...compileOptions(flags) },
      ...(await schedulesRequest(flags.schedules)),
    },
    capsFor(device, precision === "f16"),
  );
  const options: ExplainOptions = {
    device: device.name,
    ...(name === undefined ? {} : { name }),
  };
  const explanation = explain(compiled, options);
  if (flags.json) printJson(explanation);
  else print(printExplanation(explanation, name).trimEnd());
}
