/** What work should take on a device by its figures, beside what it took. */
import type { DeviceFigures } from "../tune/file.ts";
import type { Cost, Times } from "./explanation.ts";

/** Of one dispatch; `measured` in microseconds. What is written, and as much of what is read, counts as copied. */
export function timesOf(
  { flops, read, written }: Cost,
  figures: DeviceFigures | null,
  measured: number | null,
): Times {
  if (!figures) return { bound: null, boundBy: null, predicted: null, measured, roofline: null };
  const copied = written + Math.min(read, written);
  const onlyRead = Math.max(0, read - written);
  const moving =
    1e6 * (copied / figures.copyBytesPerSecond + onlyRead / figures.readBytesPerSecond);
  const calculating = (1e6 * flops) / figures.flopsPerSecond;
  const bound = Math.max(moving, calculating);
  return {
    bound,
    boundBy: moving >= calculating ? "bytes" : "FLOPs",
    predicted: bound + figures.dispatchMicroseconds,
    measured,
    roofline: shareOf(bound, measured),
  };
}

/** Of several dispatches together; bound by what bounds the most of their time. */
export function sumTimes(all: readonly Times[]): Times {
  const sum = (pick: (t: Times) => number | null): number | null =>
    all.reduce<number | null>((total, t) => {
      const one = pick(t);
      return total === null || one === null ? null : total + one;
    }, 0);
  const [bound, measured] = [sum((t) => t.bound), sum((t) => t.measured)];
  const within = (by: Times["boundBy"]) =>
    all.reduce((total, t) => total + (t.boundBy === by ? (t.bound ?? 0) : 0), 0);
  return {
    bound,
    boundBy: bound === null ? null : within("bytes") >= within("FLOPs") ? "bytes" : "FLOPs",
    predicted: sum((t) => t.predicted),
    measured,
    roofline: bound === null ? null : shareOf(bound, measured),
  };
}

/** Null where there is no measurement, or one of nothing by a coarse clock. */
const shareOf = (bound: number, measured: number | null): number | null =>
  measured === null || measured <= 0 ? null : bound / measured;

export const sumCosts = (all: readonly Cost[]): Cost =>
  all.reduce(
    (a, b) => ({ flops: a.flops + b.flops, read: a.read + b.read, written: a.written + b.written }),
    { flops: 0, read: 0, written: 0 },
  );
