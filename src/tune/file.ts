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
  /** The same of the recipe's own choice; files of before do not tell. */
  readonly first?: number;
  /** How many schedules were measured. */
  readonly tried: number;
  /** Version of the compiler whose kernels were measured. */
  readonly compiler: string;
};
/** What a device does at best: predictions rest on it. */
export type DeviceFigures = {
  /** Bytes read and bytes written together. */
  readonly copyBytesPerSecond: number;
  /** Where next to nothing is written. */
  readonly readBytesPerSecond: number;
  /** Of f32, a multiply-add counted as two. */
  readonly flopsPerSecond: number;
  /** Of one that does nothing, behind another. */
  readonly dispatchMicroseconds: number;
  /** Version of the compiler whose kernels were measured. */
  readonly compiler: string;
};

/** By signature. */
export type TunedRegions = Readonly<Record<string, TunedRegion>>;

export type ScheduleFile = {
  readonly format: "eyrie schedules";
  readonly version: 1;
  /** By `keyOfDevice`. */
  readonly devices: Readonly<Record<string, MeasuredDevice>>;
};

export type MeasuredDevice = {
  readonly device: DeviceIdentity;
  readonly figures?: DeviceFigures;
  readonly regions: TunedRegions;
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
  const sorted = sortKeys(devices, ({ device, figures, regions }) => ({
    device,
    ...(figures ? { figures } : {}),
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

/** What a file holds for a device; null where it does not know it. */
export const measuredOf = (file: ScheduleFile, device: DeviceIdentity): MeasuredDevice | null =>
  file.devices[keyOfDevice(device)] ?? null;

/** Nothing where the file does not know the device. */
export const regionsOf = (file: ScheduleFile, device: DeviceIdentity): TunedRegions =>
  measuredOf(file, device)?.regions ?? {};

const withDevice = (file: ScheduleFile, measured: MeasuredDevice): ScheduleFile => ({
  ...file,
  devices: { ...file.devices, [keyOfDevice(measured.device)]: measured },
});

/** The file with a region of a device added or replaced. */
export const withRegion = (
  file: ScheduleFile,
  device: DeviceIdentity,
  signature: string,
  region: TunedRegion,
): ScheduleFile =>
  withDevice(file, {
    ...measuredOf(file, device),
    device,
    regions: { ...regionsOf(file, device), [signature]: region },
  });

/** The file with the figures of a device added or replaced. */
export const withFigures = (
  file: ScheduleFile,
  device: DeviceIdentity,
  figures: DeviceFigures,
): ScheduleFile => withDevice(file, { device, regions: regionsOf(file, device), figures });

/**
 * All devices of both; where both measured one region, the faster measurement, and the better of each figure. Drivers' words
 * are the second file's.
 */
export function mergeSchedules(first: ScheduleFile, second: ScheduleFile): ScheduleFile {
  let merged = first;
  for (const { device, figures, regions } of Object.values(second.devices)) {
    merged = withDevice(merged, {
      ...measuredOf(merged, device),
      device,
      regions: regionsOf(merged, device),
    });
    const known = measuredOf(merged, device)?.figures;
    if (figures) merged = withFigures(merged, device, known ? better(known, figures) : figures);
    for (const [signature, region] of Object.entries(regions)) {
      const before = regionsOf(merged, device)[signature];
      if (!before || region.microseconds < before.microseconds)
        merged = withRegion(merged, device, signature, region);
    }
  }
  return merged;
}

const better = (a: DeviceFigures, b: DeviceFigures): DeviceFigures => ({
  copyBytesPerSecond: Math.max(a.copyBytesPerSecond, b.copyBytesPerSecond),
  readBytesPerSecond: Math.max(a.readBytesPerSecond, b.readBytesPerSecond),
  flopsPerSecond: Math.max(a.flopsPerSecond, b.flopsPerSecond),
  dispatchMicroseconds: Math.min(a.dispatchMicroseconds, b.dispatchMicroseconds),
  compiler: b.compiler,
});
