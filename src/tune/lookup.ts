/** Chooses schedules by what was measured: a device's part of a schedules file, and its answer for each region. Measures nothing. */
import type { Caps } from "../../codegen/kernel.ts";
import type { Choice, Schedule } from "../../codegen/recipe.ts";
import { firstChoice, type Schedules } from "../../codegen/write-region.ts";
import { canonical } from "../graph/canonical.ts";
import { type DeviceIdentity, hashCaps } from "./device.ts";
import {
  type DeviceFigures,
  type MeasuredDevice,
  measuredOf,
  type ScheduleFile,
  type TunedRegions,
} from "./file.ts";
import { signatureOf } from "./signature.ts";

export type DeviceSchedules = {
  readonly regions: TunedRegions;
  readonly figures: DeviceFigures | null;
  /** One sentence where the file does not know the device. */
  readonly notice: string | null;
};

/**
 * What a file holds for a device. Where only Caps are known, as when compiling for a device that is not here, the one device
 * with these Caps is meant.
 */
export function schedulesFor(
  file: ScheduleFile,
  device: DeviceIdentity | null,
  caps: Caps,
): DeviceSchedules {
  const measured = device ? measuredOf(file, device) : measuredWith(file, hashCaps(caps));
  if (measured) {
    const { regions, figures = null } = measured;
    return { regions, figures, notice: null };
  }
  const known = Object.values(file.devices).map((d) => d.device.name || d.device.vendor);
  const others = known.length > 0 ? `it holds ${known.join(", ")}` : "it is empty";
  return {
    regions: {},
    figures: null,
    notice: `the schedules file has nothing for this device (${others}); recipes take their first choice; run eyrie tune on this device`,
  };
}

function measuredWith(file: ScheduleFile, caps: string): MeasuredDevice | null {
  const [only, ...others] = Object.values(file.devices).filter((d) => d.device.caps === caps);
  return only && others.length === 0 ? only : null;
}

/** The same as an option of the compiler, and the notice told; nothing without a file. */
export function measuredOn(
  file: ScheduleFile | undefined,
  device: DeviceIdentity | null,
  caps: Caps,
  onNotice: (sentence: string) => void = () => {},
): { readonly schedules?: TunedRegions } {
  if (!file) return {};
  const { regions, notice } = schedulesFor(file, device, caps);
  if (notice !== null) onNotice(notice);
  return { schedules: regions };
}

/** The choice with this schedule. */
export const offered = (choices: readonly Choice[], schedule: Schedule): Choice | undefined => {
  const wanted = canonical(schedule);
  return choices.find((choice) => canonical(choice.schedule) === wanted);
};

export type Tuned = {
  /** The measured choice of a region, with what was measured; the first where nothing was. */
  readonly choose: Schedules;
  /** One sentence where measured schedules are no longer offered; after all regions were written. */
  notice(): string | null;
};

export function tunedSchedules(regions: TunedRegions): Tuned {
  const stale = new Set<string>();
  const none = Object.keys(regions).length === 0;
  return {
    choose: (region, recipe, choices) => {
      if (none) return firstChoice(region, recipe, choices);
      const signature = signatureOf(region, recipe);
      const known = regions[signature];
      if (!known) return firstChoice(region, recipe, choices);
      const choice = offered(choices, known.schedule);
      const { microseconds, first } = known;
      if (choice) return { ...choice, microseconds, ...(first ? { first } : {}) };
      stale.add(signature);
      return firstChoice(region, recipe, choices);
    },
    notice: () =>
      stale.size === 0
        ? null
        : `${stale.size} ${stale.size === 1 ? "schedule" : "schedules"} of the schedules file (${[...stale].join(", ")}) ${stale.size === 1 ? "is" : "are"} no longer offered; run eyrie tune again`,
  };
}
