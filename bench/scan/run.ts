/** Measures every form of the scan at every point on one device, in turn, and holds their results together. */
import { entrySpec } from "../../codegen/entry-spec.ts";
import { totalTraffic } from "../../codegen/traffic.ts";
import type { Session } from "../../targets/executor.ts";
import type { OpenDevice } from "../../targets/wgsl/device.ts";
import { toKernelText } from "../../targets/wgsl/print.ts";
import { loadSession } from "../../targets/wgsl/session.ts";
import { workDone } from "../../targets/wgsl/waiting.ts";
import { relativeError, type Timing, timeInTurn } from "../measure.ts";
import { type Form, formsOf } from "./programs.ts";
import { cellsOf, type Measured, type Point, type Variant } from "./sizes.ts";

/** Larger results are not read back. */
const mostCompared = 2 ** 22;
const tolerance = 1e-4;

export type PointResult = Measured & {
  readonly timings: Readonly<Partial<Record<Variant, Timing>>>;
  /** Bytes that the program's steps move, by the plan's count. */
  readonly moved: Readonly<Partial<Record<Variant, number>>>;
  /** Relative error against the sequential form; null where results were not read back. */
  readonly errors: Readonly<Partial<Record<Variant, number>>> | null;
};

export async function measurePoint(
  opened: OpenDevice,
  point: Point,
  runs: number,
): Promise<PointResult> {
  const { forms, chosen } = formsOf(point, opened.caps);
  const entries = Object.entries(forms) as [Variant, Form][];
  const session = await load(opened, entries, point);
  try {
    const names = entries.map(([name]) => name);
    const errors = cellsOf(point) <= mostCompared ? await compare(names, session) : null;
    const timed = await timeAll(opened, names, session, runs);
    const byName = <T>(f: (i: number) => T) =>
      Object.fromEntries(names.map((name, i) => [name, f(i)])) as Partial<Record<Variant, T>>;
    const moved = byName((i) => {
      const { read, written } = totalTraffic(entries[i]![1].program);
      return read + written;
    });
    const times = byName((i) => timed[i]!.median);
    return { ...point, times, chosen, timings: byName((i) => timed[i]!), moved, errors };
  } finally {
    await session.release();
  }
}

/** All forms over the same tensors. */
function load(
  { device }: OpenDevice,
  entries: readonly (readonly [Variant, Form])[],
  point: Point,
): Promise<Session> {
  const texts = entries.map(([name, { program }]) => [
    name,
    { ...program, kernels: program.kernels.map(toKernelText) },
  ]);
  const specs = entries.map(([name, { program, graph }]) => [name, entrySpec(program, graph)]);
  const read = async (name: string) => parameter(name, point);
  return loadSession(device, Object.fromEntries(texts), Object.fromEntries(specs), { read });
}

async function timeAll(
  { device }: OpenDevice,
  names: readonly Variant[],
  session: Session,
  runs: number,
) {
  const state = session.fresh();
  const works = names.map((name) => async () => {
    await session.run(name, {}, state, []);
    await workDone(device);
  });
  return timeInTurn(runs, works);
}

/** Errors against the sequential form of those that compute the same; throws where one is too large. */
async function compare(names: readonly Variant[], session: Session) {
  const run = async (name: Variant) => {
    const { h } = await session.run(name, {}, session.fresh(), ["h"]);
    return h!.data as Float32Array;
  };
  const errors: Partial<Record<Variant, number>> = {};
  const expected = await run("sequential");
  for (const name of names) {
    if (name === "copy" || name === "plain sequential" || name === "sequential") continue;
    const error = relativeError(await run(name), expected);
    if (error > tolerance) throw new Error(`the ${name} scan is off by ${error}`);
    errors[name] = error;
  }
  return errors;
}

/** Repeated every 4 096 numbers: drawing each anew would take longer than all runs. */
function parameter(name: string, point: Point): Float32Array {
  const size =
    name === "rate" ? point.channels : name === "from" ? 1.5 * cellsOf(point) : cellsOf(point);
  const numbers = new Float32Array(size);
  const period = Math.min(size, 4096);
  for (let i = 0; i < period; i++)
    numbers[i] = name === "r" ? 0.1 + 0.09 * Math.sin(i * 1.7) : Math.cos(i * 2.3);
  for (let filled = period; filled < size; filled *= 2)
    numbers.copyWithin(filled, 0, Math.min(filled, size - filled));
  return numbers;
}
