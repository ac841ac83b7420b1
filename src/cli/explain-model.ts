/** `eyrie explain FILE [NAME]`: which kernels compute a model, or one of its values, why, and what they take. */
import { basename } from "node:path";
import { compileFile } from "../execute/open-model.ts";
import { capsFor, findProfile } from "../execute/profiles.ts";
import type { TableOrder } from "../explain/table.ts";
import { type ExplainOptions, explain, printExplanation } from "../explain.ts";
import { UserError } from "../graph/bug.ts";
import type { EntryKind } from "../passes/entry.ts";
import { schedulesFor } from "../tune/lookup.ts";
import type { DeviceFlags } from "./device.ts";
import { measureModel } from "./explain-measured.ts";
import { compileOptions, type ExecutorFlags, schedulesRequest } from "./options.ts";
import { print, printJson } from "./terminal.ts";

export type ExplainFlags = DeviceFlags &
  ExecutorFlags & {
    readonly entry?: readonly EntryKind[];
    readonly json?: boolean;
    readonly table?: boolean;
    readonly sort?: TableOrder;
    readonly measure?: boolean;
    readonly runs?: number;
    readonly weights?: string;
  };

/** Compiles for a device, by default for what every WebGPU device guarantees or for the one that measures, and prints the explanation. */
export async function explainModel(
  model: string,
  name: string | undefined,
  flags: ExplainFlags,
): Promise<void> {
  requireMeasure(flags);
  const { precision = "f32", entry: entries = ["prefill"] } = flags;
  const request = {
    ...{ model, precision, entries, ...compileOptions(flags) },
    ...(await schedulesRequest(flags.schedules)),
  };
  const { compiled, ...made } = flags.measure
    ? await measureModel(request, flags)
    : await compileModel(request, flags);
  const explanation = explain(compiled, {
    ...made,
    ...(flags.schedules === undefined ? {} : { schedules: basename(flags.schedules) }),
    ...(name === undefined ? {} : { name }),
  });
  if (flags.json) return printJson(explanation);
  const table = flags.sort ?? (flags.table || flags.measure ? "time" : null);
  print(printExplanation(explanation, name, table ? { table } : {}).trimEnd());
}

type Request = Omit<Parameters<typeof compileFile>[0], "device">;

async function compileModel(request: Request, flags: ExplainFlags) {
  const device = await findProfile(flags.device ?? "webgpu", flags.adapter);
  const caps = capsFor(device, request.precision === "f16");
  const compiled = await compileFile({ ...request, device }, caps);
  const { schedules } = request;
  const figures = schedules ? schedulesFor(schedules, null, caps).figures : null;
  const options: ExplainOptions = { device: device.name, ...(figures ? { figures } : {}) };
  return { compiled, ...options };
}

/** Throws where a flag says how to measure, and nothing is to be measured; or where it is to be elsewhere. */
function requireMeasure({ measure, executor, runs, weights, device }: ExplainFlags): void {
  const given = [
    ...(executor !== undefined && executor !== "wgsl" ? ["executor"] : []),
    ...(runs === undefined ? [] : ["runs"]),
    ...(weights === undefined ? [] : ["weights"]),
  ];
  if (!measure && given.length > 0)
    throw new UserError(`--${given[0]} says how to measure; give --measure with it`);
  if (measure && device !== undefined && device !== "present")
    throw new UserError(
      "--measure measures this machine's device; leave --device out, or give --adapter or --executor",
    );
}
