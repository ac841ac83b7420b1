/** Times launches between events, all in one go or each by itself: next states are not copied. */
import type { Elapsed, StepTimes } from "../../executor.ts";
import type { Context } from "../driver/driver.ts";
import type { Launch } from "../driver/streams.ts";
import type { Timer } from "./timer.ts";
import type { Work } from "./work.ts";

type Timing = {
  readonly gpu: Context;
  readonly work: Work;
  readonly timer: Timer;
  readonly launches: readonly Launch[];
};

export async function timeTurns(
  { gpu, work, timer, launches }: Timing,
  times: number,
): Promise<Elapsed> {
  const measured = timer.start();
  measured.around(() => {
    for (let turn = 0; turn < times; turn++)
      for (const launch of launches) gpu.launch(launch, work.stream);
  });
  await work.finished();
  return { milliseconds: measured.read(), by: "device" };
}

export async function timeSteps({ gpu, work, timer, launches }: Timing): Promise<StepTimes> {
  const measured = launches.map((launch) => {
    const one = timer.start();
    one.around(() => gpu.launch(launch, work.stream));
    return one;
  });
  await work.finished();
  return { milliseconds: measured.map((one) => one.read()), by: "device" };
}
