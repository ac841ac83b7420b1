/** Counts, times and shares in three digits, for people. */
import { readableBytes } from "../../dsl/device-messages.ts";
import { memoryUses, totalBytes } from "../../targets/ledger.ts";
import type { DeviceFigures } from "../tune/file.ts";
import type { MemoryExplanation } from "./explanation.ts";

/** Of microseconds. */
export const readableTime = (us: number): string =>
  us < 1000
    ? `${us.toPrecision(3)} µs`
    : us < 1e6
      ? `${(us / 1000).toPrecision(3)} ms`
      : `${(us / 1e6).toPrecision(3)} s`;

/** `1.5 G`, for a unit to follow. */
export function readableCount(n: number): string {
  const step = Math.min(4, n < 1 ? 0 : Math.floor(Math.log10(n) / 3));
  const value = n / 1000 ** step;
  return `${step === 0 ? value : Number(value.toPrecision(3))} ${["", "k", "M", "G", "T"][step]}`;
}

export const readableShare = (part: number): string => `${Math.round(100 * part)} %`;

export const printFigures = (f: DeviceFigures): string =>
  `copies ${readableCount(f.copyBytesPerSecond)}B/s, reads ${readableCount(f.readBytesPerSecond)}B/s, calculates ${readableCount(f.flopsPerSecond)}FLOP/s, ${readableTime(f.dispatchMicroseconds)} a dispatch`;

export function printMemory({ device, process }: MemoryExplanation): string {
  const own = `${readableBytes(process)} of the process at most`;
  if (!device) return own;
  const parts = memoryUses.map((use) => `${readableBytes(device.peak[use])} of ${use}`);
  return `${readableBytes(totalBytes(device.peak))} on the device at most (${parts.join(", ")}); ${own}`;
}
