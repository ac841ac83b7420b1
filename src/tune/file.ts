/** A schedules file: the fastest schedule that was measured for each region, by device. Read, checked, merged and written. Node only. */
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import type { Schedule } from "../../codegen/recipe.ts";
import { printJson } from "../bundle/json.ts";
import { UserError } from "../graph/bug.ts";
import schema from "../schemas/schedules.schema.json" with { type: "json" };
import { checkOf, parseJson } from "../schemas/validate.ts";
import { type DeviceIdentity, keyOfDevice } from "./device.ts";

/** What was measured for one region. */
export type TunedRegion = {
  readonly recipe: string;
  readonly schedule: Schedule;
  /** One run of the region's kernels. */
  readonly microseconds: number;
  /** How many schedules were measured. */
  readonly tried: number;
  /** Version of the compiler whose kernels were measured. */
  readonly compiler: string;
};
/** By signature. */
export type TunedRegions = Readonly<Record<string, TunedRegion>>;

export type ScheduleFile = {
  readonly format: "eyrie schedules";
  readonly version: 1;
  /** By `keyOfDevice`. */
  readonly devices: Readonly<
    Record<string, { readonly device: DeviceIdentity; readonly regions: TunedRegions }>
  >;
};

export const noSchedules: ScheduleFile = { format: "eyrie schedules", version: 1, devices: {} };

const action = "measure again with eyrie tune, into another file";
const check = checkOf<ScheduleFile>(schema, action);

/** Throws a UserError where the file is not there or not what eyrie tune writes. */
export async function readSchedules(path: string): Promise<ScheduleFile> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new UserError(
      `${path} cannot be read (${error.code ?? error.message}); write it with eyrie tune`,
    );
  });
  return parseSchedules(text, path);
}

/** Throws one sentence that begins with `path`. */
export function parseSchedules(text: string, path: string): ScheduleFile {
  const file = check(jsonOf(text, path), path);
  for (const [key, { device }] of Object.entries(file.devices))
    if (key !== keyOfDevice(device))
      throw new UserError(
        `${path}: "devices/${key}" is not the key of the device described there; ${action}`,
      );
  return file;
}

function jsonOf(text: string, path: string): unknown {
  try {
    return parseJson(text, path);
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`${error.message}; ${action}`);
    throw error;
  }
}

/** Keys in order, so that equal files have equal texts. */
export function printSchedules({ format, version, devices }: ScheduleFile): string {
  const sorted = sortKeys(devices, ({ device, regions }) => ({
    device,
    regions: sortKeys(regions, (r) => ({ ...r, schedule: sortKeys(r.schedule, (n) => n) })),
  }));
  return `${printJson({ format, version, devices: sorted })}\n`;
}

const sortKeys = <T, R>(of: Readonly<Record<string, T>>, each: (value: T) => R) =>
  Object.fromEntries(
    Object.keys(of)
      .toSorted()
      .map((key) => [key, each(of[key] as T)]),
  );

/** Writes beside the file and renames, so that whoever reads it, or stops this, finds a whole file. */
export async function writeSchedules(path: string, file: ScheduleFile): Promise<void> {
  const beside = `${path}.${process.pid}.part`;
  try {
    await writeFile(beside, printSchedules(file));
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw new UserError(
      `${path} cannot be written (${(error as NodeJS.ErrnoException).code}); choose another --output`,
    );
  }
}

/** What a file holds for a device; nothing where it does not know it. */
export const regionsOf = (file: ScheduleFile, device: DeviceIdentity): TunedRegions =>
  file.devices[keyOfDevice(device)]?.regions ?? {};

/** The file with a region of a device added or replaced. */
export function withRegion(
  file: ScheduleFile,
  device: DeviceIdentity,
  signature: string,
  region: TunedRegion,
): ScheduleFile {
  const regions = { ...regionsOf(file, device), [signature]: region };
  return { ...file, devices: { ...file.devices, [keyOfDevice(device)]: { device, regions } } };
}

/** All devices of both; where both measured one region, the faster measurement. Drivers' words are the second file's. */
export function mergeSchedules(first: ScheduleFile, second: ScheduleFile): ScheduleFile {
  let merged = first;
  for (const [key, { device, regions }] of Object.entries(second.devices)) {
    merged = {
      ...merged,
      devices: { ...merged.devices, [key]: { device, regions: regionsOf(merged, device) } },
    };
    for (const [signature, region] of Object.entries(regions)) {
      const known = regionsOf(merged, device)[signature];
      if (!known || region.microseconds < known.microseconds)
        merged = withRegion(merged, device, signature, region);
    }
  }
  return merged;
}
