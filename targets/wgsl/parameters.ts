/** Brings parameters onto the device in the types and pieces that programs ask for, one at a time. */
import type { Program } from "../../codegen/program.ts";
import type { Weights } from "../executor.ts";
import { plansByName, readParameter } from "../parameters.ts";
import type { Pool } from "./memory.ts";
import { workDone } from "./waiting.ts";

/** What the device's queue may hold copies of before it is waited for. */
const mostInFlight = 64 * 2 ** 20;

/** A buffer for each key; each parameter is read once and forgotten before the next is read. */
export async function uploadParameters(
  device: GPUDevice,
  pool: Pool,
  programs: readonly Program<unknown>[],
  weights: Weights,
): Promise<ReadonlyMap<string, GPUBuffer>> {
  const buffers = new Map<string, GPUBuffer>();
  let inFlight = 0;
  for (const [name, plans] of plansByName(programs)) {
    const { stored } = await readParameter(weights, name, plans.values());
    for (const [key, plan] of plans) {
      const buffer = pool.create(name, plan.bytes, "weights");
      inFlight += write(device, buffer, stored(plan));
      buffers.set(key, buffer);
    }
    if (inFlight > mostInFlight) {
      await workDone(device);
      inFlight = 0;
    }
  }
  return buffers;
}

function write(
  device: GPUDevice,
  buffer: GPUBuffer,
  { buffer: from, byteOffset, byteLength }: ArrayBufferView,
): number {
  device.queue.writeBuffer(buffer, 0, from as ArrayBuffer, byteOffset, byteLength);
  return byteLength;
}
