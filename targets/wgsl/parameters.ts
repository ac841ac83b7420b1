/** Brings parameters onto the device in the types and pieces that programs ask for, one at a time. */

import type { BufferPlan, Program } from "../../codegen/program.ts";
import { UserError } from "../../src/graph/bug.ts";
import { slicePiece } from "../cpu/piece.ts";
import type { Weights } from "../executor.ts";
import { toHalf } from "../half.ts";
import { elements, type Pool } from "./memory.ts";

export type ParameterPlan = BufferPlan & { readonly kind: "parameter" };

/** The same for all buffers that hold the same values in the same way. */
export function parameterKey({ name, dtype, piece }: ParameterPlan): string {
  return [name, dtype, ...(piece ? [piece.axis, piece.start, piece.size] : [])].join("|");
}

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
    const values = await weights.read(name);
    for (const [key, plan] of plans) {
      const buffer = pool.create(name, plan.bytes);
      inFlight += write(
        device,
        buffer,
        convert(slicePiece(checked(values, plan), plan.shape, plan.piece), plan),
      );
      buffers.set(key, buffer);
    }
    if (inFlight > mostInFlight) {
      await device.queue.onSubmittedWorkDone();
      inFlight = 0;
    }
  }
  return buffers;
}

function plansByName(
  programs: readonly Program<unknown>[],
): Map<string, Map<string, ParameterPlan>> {
  const names = new Map<string, Map<string, ParameterPlan>>();
  for (const plan of programs.flatMap((p) => p.buffers)) {
    if (plan.kind !== "parameter") continue;
    const plans = names.get(plan.name) ?? new Map<string, ParameterPlan>();
    names.set(plan.name, plans.set(parameterKey(plan), plan));
  }
  return names;
}

function checked(values: Float32Array, { name, shape, piece }: ParameterPlan): Float32Array {
  const expected = elements(shape);
  if (piece || values.length === expected) return values;
  throw new UserError(
    `parameter "${name}" holds ${expected} values (${shape.join("×")}), but the weights give ${values.length}`,
  );
}

function convert(
  values: Float32Array,
  { dtype }: ParameterPlan,
): Float32Array | Int32Array | Uint16Array | Uint32Array {
  switch (dtype) {
    case "f32":
      return values;
    case "f16":
      return toHalf(values);
    case "i32":
      return Int32Array.from(values);
    case "u32":
      return Uint32Array.from(values);
    case "bool":
      return Uint32Array.from(values, (v) => (v === 0 ? 0 : 1));
    case "bf16":
      throw new UserError("this target stores no bf16; choose f32 or f16");
  }
}

function write(
  device: GPUDevice,
  buffer: GPUBuffer,
  data: Float32Array | Int32Array | Uint16Array | Uint32Array,
): number {
  const odd = data.byteLength % 4 !== 0;
  const whole = odd ? Uint16Array.from({ length: data.length + 1 }, (_, i) => data[i] ?? 0) : data;
  device.queue.writeBuffer(
    buffer,
    0,
    whole.buffer as ArrayBuffer,
    whole.byteOffset,
    whole.byteLength,
  );
  return whole.byteLength;
}
