/** Measures on the device what a stream does between two events. */
import type { Context } from "../driver/driver.ts";

export type Timer = {
  /** One measurement: around the work, then read, in milliseconds, once that is done. */
  start(): { around(work: () => void): void; read(): number };
  /** Milliseconds of what was read last. */
  last(): number | null;
  release(): void;
};

type Pair = { readonly begin: bigint; readonly end: bigint };

export function createTimer(gpu: Context, stream: bigint): Timer {
  const events: bigint[] = [];
  const idle: Pair[] = [];
  let last: number | null = null;
  const create = (): bigint => {
    const event = gpu.createEvent({ timing: true });
    events.push(event);
    return event;
  };
  return {
    start: () => {
      const pair = idle.pop() ?? { begin: create(), end: create() };
      return {
        around: (work) => {
          gpu.record(pair.begin, stream);
          work();
          gpu.record(pair.end, stream);
        },
        read: () => {
          const milliseconds = gpu.millisecondsBetween(pair.begin, pair.end);
          idle.push(pair);
          last = milliseconds;
          return milliseconds;
        },
      };
    },
    last: () => last,
    release: () => {
      for (const event of events.splice(0)) gpu.destroyEvent(event);
    },
  };
}
