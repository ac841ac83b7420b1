/** Knows what of a stream's work is unfinished: waits for it without holding up Node, and frees memory once nothing uses it. */
import { setImmediate, setTimeout } from "node:timers/promises";
import type { Context } from "../driver/driver.ts";

export type Work = {
  readonly stream: bigint;
  /** Resolves when all that the stream was given so far is done; throws what went wrong in it. */
  finished(): Promise<void>;
  /** Calls `free` as soon as nothing is unfinished: at once where nothing is. */
  whenIdle(free: () => void): void;
  /** Frees all that waits to be freed, and the stream. Nothing may be unfinished on the device. */
  release(): void;
};

/** Turns of Node's loop in which an event is asked for at once: some 30 ms. Whoever waits longer does not feel a millisecond. */
const eagerTurns = 5000;

/**
 * Events are asked for from Node's own loop, 6 µs from turn to turn. A call that waits in another thread would have to make
 * the context current there first, and the way to that thread and back is longer.
 */
async function untilHappened(gpu: Context, event: bigint): Promise<void> {
  for (let turn = 0; !gpu.hasHappened(event); turn++)
    await (turn < eagerTurns ? setImmediate() : setTimeout(1));
}

/** Events without times, used again once they have happened. */
function createEvents(gpu: Context) {
  const idle: bigint[] = [];
  const made: bigint[] = [];
  const create = (): bigint => {
    const event = gpu.createEvent({ timing: false });
    made.push(event);
    return event;
  };
  return {
    take: () => idle.pop() ?? create(),
    give: (event: bigint) => void idle.push(event),
    release: () => {
      for (const event of made.splice(0)) gpu.destroyEvent(event);
    },
  };
}

export function createWork(gpu: Context): Work {
  const stream = gpu.createStream();
  const events = createEvents(gpu);
  const waiting: (() => void)[] = [];
  let unfinished = 0;
  const freeIfIdle = () => {
    if (unfinished === 0) for (const free of waiting.splice(0)) free();
  };
  return {
    stream,
    finished: async () => {
      const event = events.take();
      gpu.record(event, stream);
      unfinished++;
      try {
        await untilHappened(gpu, event);
        events.give(event);
      } finally {
        unfinished--;
        freeIfIdle();
      }
    },
    whenIdle: (free) => {
      waiting.push(free);
      freeIfIdle();
    },
    release: () => {
      freeIfIdle();
      events.release();
      gpu.destroyStream(stream);
    },
  };
}
