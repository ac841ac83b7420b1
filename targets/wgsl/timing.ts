/** Times the steps of an entry on the device, all in one go or each by itself. Knows no inputs and no outputs. */
import type { Elapsed, StepTimes } from "../executor.ts";
import { type Entry, encodeStep, encodeSteps } from "./entry.ts";
import { createPassTimer, mostPasses, type PassTimer } from "./timer.ts";
import { workDone } from "./waiting.ts";

/** An entry on one state. */
export type Bound = { readonly entry: Entry; readonly groups: readonly GPUBindGroup[] };

/** All turns in one compute pass: what it costs to begin one is shared out among them. */
export async function timeTurns(
  device: GPUDevice,
  timer: PassTimer | null,
  { entry, groups }: Bound,
  times: number,
): Promise<Elapsed> {
  const encoder = device.createCommandEncoder({ label: entry.name });
  const pass = encoder.beginComputePass(timer ? { timestampWrites: timer.writes[0]! } : {});
  for (let turn = 0; turn < times; turn++) encodeSteps(pass, entry, groups);
  pass.end();
  timer?.resolve(encoder);
  const waited = await submit(device, encoder);
  if (!timer) return { milliseconds: waited, by: "clock" };
  const [milliseconds] = await timer.read();
  return { milliseconds: milliseconds!, by: "device" };
}

/** A compute pass for each step, as that is what WebGPU gives timestamps to; submitted one by one where there are none. */
export async function timeSteps(device: GPUDevice, bound: Bound): Promise<StepTimes> {
  const numbers = [...bound.entry.steps.keys()];
  const milliseconds: number[] = [];
  let by: StepTimes["by"] = "device";
  for (let from = 0; from < numbers.length; from += mostPasses) {
    const some = numbers.slice(from, from + mostPasses);
    const timer = createPassTimer(device, some.length);
    if (timer) milliseconds.push(...(await timeByDevice(device, timer, bound, some)));
    else {
      by = "clock";
      for (const step of some) milliseconds.push(await timeByClock(device, bound, step));
    }
  }
  return { milliseconds, by };
}

async function timeByDevice(
  device: GPUDevice,
  timer: PassTimer,
  { entry, groups }: Bound,
  steps: readonly number[],
): Promise<readonly number[]> {
  try {
    const encoder = device.createCommandEncoder({ label: entry.name });
    for (const [i, step] of steps.entries()) {
      const pass = encoder.beginComputePass({ timestampWrites: timer.writes[i]! });
      encodeStep(pass, entry.steps[step]!, groups[step]!);
      pass.end();
    }
    timer.resolve(encoder);
    device.queue.submit([encoder.finish()]);
    return await timer.read();
  } finally {
    timer.release();
  }
}

async function timeByClock(device: GPUDevice, { entry, groups }: Bound, step: number) {
  const encoder = device.createCommandEncoder({ label: entry.name });
  const pass = encoder.beginComputePass();
  encodeStep(pass, entry.steps[step]!, groups[step]!);
  pass.end();
  return submit(device, encoder);
}

/** Milliseconds from giving the idle queue the work to its end. */
async function submit(device: GPUDevice, encoder: GPUCommandEncoder): Promise<number> {
  await workDone(device);
  const started = performance.now();
  device.queue.submit([encoder.finish()]);
  await workDone(device);
  return performance.now() - started;
}
