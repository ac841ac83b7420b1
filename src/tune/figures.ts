/** Measures what a device can do at best: how fast it copies, reads and multiplies, and what a dispatch costs. Predictions rest on nothing else. */
import { entrySpec } from "../../codegen/entry-spec.ts";
import type { Kernel } from "../../codegen/kernel.ts";
import type { Program } from "../../codegen/program.ts";
import type { Executor } from "../execute/executors.ts";
import { CompilerBug, UserError } from "../graph/bug.ts";
import { version } from "../version.ts";
import type { DeviceIdentity } from "./device.ts";
import {
  copyProgram,
  dispatchProgram,
  multiplyAddProgram,
  readProgram,
} from "./figure-programs.ts";
import type { DeviceFigures } from "./file.ts";

/**
 * Whatever else runs on the machine only makes it slower, and longer measurements are disturbed more often: the best of many
 * short ones counts. Milliseconds of one, longer by the clock, which holds what submitting takes; and of all together.
 */
const runs = { each: { device: 1, clock: 20 }, all: 300, least: 3, most: 100 } as const;
const mostTimes = 500;

/** A device may do best with short lanes or with long ones; the fastest counts. Sizes grow until one run takes so many milliseconds. */
const moved = { copied: [1, 4], read: [8, 64], mebibytes: [1, 64, 256], longEnough: 20 } as const;
const products = { sums: [4, 8], turns: [64, 1024, 16384], longEnough: 1 } as const;

/** Whose figures an executor has. Throws a UserError where it runs on no device. */
export function requireDevice({ device, name }: Executor): DeviceIdentity {
  if (device) return device;
  throw new UserError(`${name} runs on no device; give --executor wgsl, cuda or cuda-cpu`);
}

/** Takes some seconds on a software adapter. */
export async function measureFigures(executor: Executor): Promise<DeviceFigures> {
  const { caps } = executor;
  const most = Math.min(caps.maxBindingBytes, caps.maxBufferBytes);
  const sizes = moved.mebibytes.map((n) => n * 2 ** 20).filter((bytes) => bytes <= most);
  const copied = moved.copied.map((each) =>
    sizes.map((bytes) => ({ program: copyProgram(bytes / 4, each, caps), work: 2 * bytes })),
  );
  const read = moved.read.map((each) =>
    sizes.map((bytes) => ({ program: readProgram(bytes / 4, each, caps), work: bytes })),
  );
  const calculated = products.sums.map((sums) =>
    products.turns.map((turns) => {
      const { program, flops } = multiplyAddProgram(sums, turns, caps);
      return { program, work: flops };
    }),
  );
  const dispatch = (await millisecondsOf(executor, dispatchProgram(), 0))!;
  return {
    copyBytesPerSecond: rounded(await fastest(executor, copied, moved.longEnough)),
    readBytesPerSecond: rounded(await fastest(executor, read, moved.longEnough)),
    flopsPerSecond: rounded(await fastest(executor, calculated, products.longEnough)),
    dispatchMicroseconds: rounded(1000 * dispatch),
    compiler: version,
  };
}

const rounded = (n: number): number => Number(n.toPrecision(4));

type Sized = { readonly program: Program<Kernel>; readonly work: number };

/** Work a second of the fastest form, each as large as it must be to be measured well. */
async function fastest(
  executor: Executor,
  forms: readonly (readonly Sized[])[],
  longEnough: number,
): Promise<number> {
  let best = 0;
  for (const sizes of forms)
    for (const { program, work } of sizes) {
      // Small sizes fit caches, or are over before they have begun.
      const least = program === sizes.at(-1)!.program ? 0 : longEnough;
      const milliseconds = await millisecondsOf(executor, program, least);
      if (milliseconds === null) continue;
      best = Math.max(best, (1000 * work) / milliseconds);
      break;
    }
  return best;
}

const entry = "figure";

/** One run in the best of several measurements, each of as many runs in a row as it takes to be long enough; null where one takes less than `least`. */
async function millisecondsOf(
  executor: Executor,
  program: Program<Kernel>,
  least: number,
): Promise<number | null> {
  const graph = { name: program.name, outputs: {}, states: [] };
  const made = { program, graph, spec: entrySpec(program, graph) };
  const loadable = { caps: executor.caps, entries: { [entry]: made } };
  const cells = program.buffers.find((b) => b.kind === "parameter")!.bytes / 4;
  const weights = { read: async () => new Float32Array(cells).fill(0.5) };
  const session = await executor.load(loadable, weights);
  try {
    const { time } = session;
    if (!time) throw new CompilerBug(`${session.executor} times nothing`);
    const state = session.fresh();
    const one = async (times: number) => (await time(entry, state, times)).milliseconds / times;
    // Some drivers compile a kernel when it first runs.
    const { by } = await time(entry, state, 1);
    const each = runs.each[by];
    let best = await one(1);
    if (best < least) return null;
    const times = Math.min(mostTimes, Math.ceil(each / Math.max(best, 0.001)));
    const count = Math.ceil(runs.all / Math.max(each, times * best));
    for (let i = 0; i < Math.min(runs.most, Math.max(runs.least, count)); i++)
      best = Math.min(best, await one(times));
    return best;
  } finally {
    await session.release();
  }
}
