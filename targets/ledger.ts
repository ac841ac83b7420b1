/** Counts the bytes of a session's buffers on its device, by what they are for. Knows no API. */

/**
 * `arena`: temporaries and scratch; `states`: one set for each handle; `other`: inputs, outputs, constants, next states, and
 * what outputs are read back through where that is the device's.
 */
export const memoryUses = ["weights", "states", "arena", "other"] as const;
export type MemoryUse = (typeof memoryUses)[number];
export type BytesByUse = Readonly<Record<MemoryUse, number>>;

/** What a session holds, and what it held when that was the most in all. */
export type DeviceMemory = { readonly now: BytesByUse; readonly peak: BytesByUse };

export type Ledger = {
  add(use: MemoryUse, bytes: number): void;
  remove(use: MemoryUse, bytes: number): void;
  memory(): DeviceMemory;
};

export const totalBytes = (of: BytesByUse): number =>
  memoryUses.reduce((sum, use) => sum + of[use], 0);

export function createLedger(): Ledger {
  let now: BytesByUse = { weights: 0, states: 0, arena: 0, other: 0 };
  let peak = now;
  return {
    add: (use, bytes) => {
      now = { ...now, [use]: now[use] + bytes };
      if (totalBytes(now) > totalBytes(peak)) peak = now;
    },
    remove: (use, bytes) => {
      now = { ...now, [use]: now[use] - bytes };
    },
    memory: () => ({ now, peak }),
  };
}
