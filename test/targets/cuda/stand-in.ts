/** What tests of the CUDA runtime share: the stand-in for the driver, opened with options, and looked into when a test is done. */
import assert from "node:assert/strict";
import { type CudaDevice, openEmulatedCuda } from "../../../targets/cuda/device.ts";
import { needs } from "./emulator/tools.ts";

/** EYRIE_STAND_IN_… without that beginning; see targets/cuda/stand-in/options.cpp. */
export type StandInOptions = Readonly<
  Partial<
    Record<
      | "SEED"
      | "CHECKED"
      | "PERTURB"
      | "LATE"
      | "MEMORY"
      | "CAPABILITY"
      | "DEVICES"
      | "DRIVER"
      | "FAIL",
      string | number
    >
  >
>;

/** Runs `work` with these options in the environment, which is as before afterwards. */
export async function withOptions<T>(
  options: StandInOptions,
  work: () => T | Promise<T>,
): Promise<T> {
  const names = Object.keys(options).map((name) => `EYRIE_STAND_IN_${name}`);
  const before = names.map((name) => process.env[name]);
  for (const [i, value] of Object.values(options).entries()) process.env[names[i]!] = `${value}`;
  try {
    return await work();
  } finally {
    for (const [i, name] of names.entries())
      if (before[i] === undefined) delete process.env[name];
      else process.env[name] = before[i];
  }
}

/** Gives `work` an open stand-in, and asserts that it gave back all that it made. Skips aloud without g++ or nvcc. */
export async function onStandIn(
  test: Mocha.Context,
  work: (device: CudaDevice) => Promise<void>,
  options: StandInOptions = {},
): Promise<void> {
  needs(test, "g++", "nvcc");
  const device = await withOptions({ LATE: 0, CHECKED: 1, ...options }, openEmulatedCuda);
  try {
    await work(device);
    assert.equal(live(device, "all"), 0, "objects that were not given back");
  } finally {
    device.release();
  }
}

export const live = ({ context }: CudaDevice, kind: string): number => context.standIn!.live(kind);
