/** Runs of entries on one state: the first gives the stream each launch, the others replay it as one graph. */
import type { Context } from "../driver/driver.ts";
import type { Launch } from "../driver/streams.ts";
import { type Entry, enqueue, launchesOf } from "./entry.ts";
import type { Buffer } from "./pool.ts";

export type Replays = {
  /** Gives the stream the entry's steps and the copies of its next states. */
  run(entry: Entry, state: ReadonlyMap<string, Buffer>): void;
  release(): void;
};

type Replay = { readonly launches: readonly Launch[]; executable: bigint | null };

/**
 * A graph costs more to make than to launch its kernels one by one, so a state that is used once never gets one. The first
 * run also has the driver load each kernel, which it may do late, and not while a stream captures.
 */
export function createReplays(gpu: Context, stream: bigint): Replays {
  const known = new Map<string, Replay>();
  return {
    run: (entry, state) => {
      const replay = known.get(entry.name);
      if (!replay) {
        const launches = launchesOf(entry, state);
        enqueue(gpu, stream, entry, launches, state);
        known.set(entry.name, { launches, executable: null });
        return;
      }
      replay.executable ??= gpu.capture(stream, () =>
        enqueue(gpu, stream, entry, replay.launches, state),
      );
      gpu.launchGraph(replay.executable, stream);
    },
    release: () => {
      for (const { executable } of known.values())
        if (executable !== null) gpu.destroyExecutable(executable);
      known.clear();
    },
  };
}
