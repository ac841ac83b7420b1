/** Buffers on the device: allocation against the device's limits, and reading several of them back at once. */
import { UserError } from "../../src/graph/bug.ts";
import type { TensorSpec } from "../executor.ts";
import { createLedger, type DeviceMemory, type MemoryUse } from "../ledger.ts";
import { readBackType } from "../storage.ts";
import type { Tensor, TensorData } from "../tensor.ts";
import { waitFor } from "./waiting.ts";

/** The bits of GPUBufferUsage and GPUMapMode; Node has no such globals. */
const usage = { mapRead: 0x1, copySource: 0x4, copyTarget: 0x8, storage: 0x80 } as const;
const mapForReading = 0x1;

/** Buffers are bound as arrays of up to 16 bytes an element, whose last element must be whole. */
export const roundUp = (bytes: number): number => Math.max(16, Math.ceil(bytes / 16) * 16);

export type Pool = {
  /** A zeroed storage buffer; a UserError says what does not fit. */
  create(name: string, bytes: number, use: MemoryUse): GPUBuffer;
  destroy(buffer: GPUBuffer): void;
  /** Copies on the encoder; after the submit, `read` gives the tensors. */
  readBack(
    encoder: GPUCommandEncoder,
    wanted: readonly Wanted[],
  ): { read(): Promise<Record<string, Tensor>> };
  destroyAll(): void;
  memory(): DeviceMemory;
};

export type Wanted = { readonly spec: TensorSpec; readonly buffer: GPUBuffer };

export function createPool(device: GPUDevice): Pool {
  const owned = new Map<GPUBuffer, MemoryUse>();
  const ledger = createLedger();
  const idle: GPUBuffer[] = [];
  const keep = (buffer: GPUBuffer, use: MemoryUse) => {
    owned.set(buffer, use);
    ledger.add(use, buffer.size);
    return buffer;
  };
  const destroy = (buffer: GPUBuffer) => {
    const use = owned.get(buffer);
    if (use && owned.delete(buffer)) ledger.remove(use, buffer.size);
    buffer.destroy();
  };
  const takeStaging = (bytes: number): GPUBuffer => {
    const at = idle.findIndex((b) => b.size >= bytes);
    if (at >= 0) return idle.splice(at, 1)[0]!;
    for (const small of idle.splice(0)) destroy(small);
    return keep(
      device.createBuffer({
        label: "staging",
        size: bytes,
        usage: usage.mapRead | usage.copyTarget,
      }),
      "other",
    );
  };
  return {
    create: (name, bytes, use) => {
      const size = roundUp(bytes);
      checkLimits(device.limits, name, size);
      return keep(
        device.createBuffer({
          label: name,
          size,
          usage: usage.storage | usage.copySource | usage.copyTarget,
        }),
        use,
      );
    },
    destroy,
    readBack: (encoder, wanted) => {
      const places = placesOf(wanted);
      if (places.length === 0) return { read: async () => ({}) };
      const last = places.at(-1)!;
      const total = last.at + last.bytes;
      const staging = takeStaging(total);
      for (const { buffer, at, bytes } of places)
        encoder.copyBufferToBuffer(buffer, 0, staging, at, bytes);
      const read = async () => {
        await waitFor(device, staging.mapAsync(mapForReading, 0, total));
        const mapped = staging.getMappedRange(0, total);
        const tensors = places.map(({ spec, at, bytes }) => [
          spec.name,
          tensorOf(spec, mapped.slice(at, at + bytes)),
        ]);
        staging.unmap();
        idle.push(staging);
        return Object.fromEntries(tensors) as Record<string, Tensor>;
      };
      return { read };
    },
    destroyAll: () => {
      for (const buffer of owned.keys()) destroy(buffer);
      idle.length = 0;
    },
    memory: ledger.memory,
  };
}

export const elements = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1);

function placesOf(wanted: readonly Wanted[]) {
  let end = 0;
  return wanted
    .map(({ spec, buffer }) => ({ spec, buffer, bytes: 4 * elements(spec.shape) }))
    .filter(({ bytes }) => bytes > 0)
    .map((place) => {
      const at = end;
      end += roundUp(place.bytes);
      return { ...place, at };
    });
}

function tensorOf(spec: TensorSpec, bytes: ArrayBuffer): Tensor {
  const dtype = readBackType(spec);
  return { dtype, shape: spec.shape, data: dataOf(dtype, bytes) };
}

function dataOf(dtype: Tensor["dtype"], bytes: ArrayBuffer): TensorData {
  switch (dtype) {
    case "f32":
      return new Float32Array(bytes);
    case "i32":
      return new Int32Array(bytes);
    case "u32":
      return new Uint32Array(bytes);
  }
}

function checkLimits(limits: GPUSupportedLimits, name: string, bytes: number): void {
  const most = Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
  if (bytes > most)
    throw new UserError(
      `"${name}" takes ${bytes} bytes, and this device's buffers hold ${most}; use a smaller batch or chunk, or compile for this device`,
    );
}
