/** Measures compute passes on the device by timestamp queries. */
import { waitFor } from "./waiting.ts";

export type PassTimer = {
  /** One for each pass, in their order. */
  readonly writes: readonly GPUComputePassTimestampWrites[];
  resolve(encoder: GPUCommandEncoder): void;
  /** Milliseconds of each pass. */
  read(): Promise<readonly number[]>;
  /** What was read last. */
  last(): readonly number[] | null;
  release(): void;
};

const usage = { mapRead: 0x1, copySource: 0x4, copyTarget: 0x8, queryResolve: 0x200 } as const;
const mapForReading = 0x1;

/** So many passes take all the queries that WebGPU lets a set hold. */
export const mostPasses = 2048;

/** null where the device has no timestamps. Measurements are read one after another. */
export function createPassTimer(device: GPUDevice, passes = 1): PassTimer | null {
  if (!device.features.has("timestamp-query")) return null;
  const querySet = device.createQuerySet({ type: "timestamp", count: 2 * passes });
  const size = 16 * passes;
  const resolved = device.createBuffer({ size, usage: usage.queryResolve | usage.copySource });
  const staging = device.createBuffer({ size, usage: usage.mapRead | usage.copyTarget });
  let milliseconds: readonly number[] | null = null;
  return {
    writes: Array.from({ length: passes }, (_, i) => ({
      querySet,
      beginningOfPassWriteIndex: 2 * i,
      endOfPassWriteIndex: 2 * i + 1,
    })),
    resolve: (encoder) => {
      encoder.resolveQuerySet(querySet, 0, 2 * passes, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, staging, 0, size);
    },
    read: async () => {
      await waitFor(device, staging.mapAsync(mapForReading));
      const at = new BigUint64Array(staging.getMappedRange());
      milliseconds = Array.from(
        { length: passes },
        (_, i) => Number(at[2 * i + 1]! - at[2 * i]!) / 1e6,
      );
      staging.unmap();
      return milliseconds;
    },
    last: () => milliseconds,
    release: () => {
      querySet.destroy();
      resolved.destroy();
      staging.destroy();
    },
  };
}

/** A timer of one pass that is made when it is first asked for. */
export function lazyPassTimer(device: GPUDevice): {
  get(): PassTimer | null;
  release(): void;
} {
  let made: PassTimer | null = null;
  return {
    get: () => {
      made ??= createPassTimer(device);
      return made;
    },
    release: () => made?.release(),
  };
}
