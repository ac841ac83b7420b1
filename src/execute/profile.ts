/** Measures what each dispatch of an entry takes on the device, within the real sequence of them. */
import type { Session } from "../../targets/executor.ts";
import type { Compiled } from "../compile.ts";
import { UserError } from "../graph/bug.ts";
import { median } from "../tune/median.ts";
import { filledStream } from "../tune/values.ts";

/** Medians of several runs. */
export type EntryProfile = {
  /** By the clock, a dispatch holds what submitting it and waiting for it takes. */
  readonly by: "device" | "clock";
  readonly runs: number;
  /** Tokens that the stream had seen. */
  readonly seen: number;
  /** Microseconds of each, in the order in which they run. */
  readonly dispatches: readonly number[];
  /** Microseconds of all of them in one go, as they run where nobody looks on. */
  readonly whole: number;
};

export type ProfileOptions = {
  /** 5. */
  readonly runs?: number;
  readonly onRun?: (done: number, total: number) => void;
};

type Profiled = Pick<Compiled, "entries" | "chunk">;

/**
 * Runs an entry on a stream that fills what attention sees, with and without a look at each dispatch in turn, so that a drifting
 * machine changes both alike. Throws a UserError where the session has no such entry, or tells no times.
 */
export async function profileEntry(
  { session, compiled }: { readonly session: Session; readonly compiled: Profiled },
  entry: string,
  { runs = 5, onRun = () => {} }: ProfileOptions = {},
): Promise<EntryProfile> {
  const { spec, program, graph } = entryOf(compiled, entry);
  const { time, timeSteps } = session;
  if (!time || !timeSteps)
    throw new UserError(
      `${session.executor} runs on no device, so nothing of it can be timed; take wgsl, cuda or cuda-cpu`,
    );
  const all = Object.values(compiled.entries).flatMap((e) => e.spec.states);
  const tokens = entry === "decode" ? 1 : compiled.chunk;
  const { inputs, states, seen } = filledStream(graph, { ...spec, states: all }, tokens);
  const state = await session.upload(states);
  try {
    // Some drivers compile a kernel when it first runs.
    await session.run(entry, inputs, state, []);
    const looked: (readonly number[])[] = [];
    const whole: number[] = [];
    let by: EntryProfile["by"] = "device";
    for (let run = 0; run < runs; run++) {
      onRun(run, runs);
      const steps = await timeSteps(entry, state);
      looked.push(steps.milliseconds);
      by = steps.by;
      whole.push((await time(entry, state, 1)).milliseconds);
    }
    const dispatches = program.steps.map((_, i) => 1000 * median(looked.map((run) => run[i]!)));
    return { by, runs, seen, dispatches, whole: 1000 * median(whole) };
  } finally {
    state.release();
  }
}

function entryOf({ entries }: Profiled, name: string): Compiled["entries"][string] {
  const found = entries[name];
  if (found) return found;
  throw new UserError(
    `there is no entry "${name}"; the entries are ${Object.keys(entries).join(", ")}`,
  );
}
