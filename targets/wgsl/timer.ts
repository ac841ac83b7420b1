/** Measures one compute pass on the device by timestamp queries. */

export type PassTimer = {
  readonly writes: GPUComputePassTimestampWrites;
  resolve(encoder: GPUCommandEncoder): void;
  read(): Promise<void>;
  /** Milliseconds of the last pass that was read. */
  last(): number | null;
  release(): void;
};

const usage = { mapRead: 0x1, copySource: 0x4, copyTarget: 0x8, queryResolve: 0x200 } as const;
const mapForReading = 0x1;

/** null where the device has no timestamps. Passes are read one after another. */
export function createPassTimer(device: GPUDevice): PassTimer | null {
  if (!device.features.has("timestamp-query")) return null;
  const querySet = device.createQuerySet({ type: "timestamp", count: 2 });
  const resolved = device.createBuffer({ size: 16, usage: usage.queryResolve | usage.copySource });
  const staging = device.createBuffer({ size: 16, usage: usage.mapRead | usage.copyTarget });
  let milliseconds: number | null = null;
  return {
    writes: { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 },
    resolve: (encoder) => {
      encoder.resolveQuerySet(querySet, 0, 2, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, staging, 0, 16);
    },
    read: async () => {
      await staging.mapAsync(mapForReading);
      const [begin, end] = new BigUint64Array(staging.getMappedRange());
      milliseconds = Number(end! - begin!) / 1e6;
      staging.unmap();
    },
    last: () => milliseconds,
    release: () => {
      querySet.destroy();
      resolved.destroy();
      staging.destroy();
    },
  };
}

/** A pass timer that is made when it is first asked for. */
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
