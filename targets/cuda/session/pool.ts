/** A session's memory on the device: every buffer is known until it is given back. */
import { CompilerBug, UserError } from "../../../src/graph/bug.ts";
import { createLedger, type DeviceMemory, type MemoryUse } from "../../ledger.ts";
import type { Context } from "../driver/driver.ts";
import type { Work } from "./work.ts";

/** `address` is a multiple of 256. */
export type Buffer = { readonly name: string; readonly address: bigint; readonly bytes: number };

export type Pool = {
  /** Holds anything; reading what nobody wrote is a mistake that the emulator finds. A UserError where memory is short. */
  create(name: string, bytes: number, use: MemoryUse): Buffer;
  createZeroed(name: string, bytes: number, use: MemoryUse): Buffer;
  /** Given back when all work that may use it is done. */
  destroy(buffer: Buffer): void;
  destroyAll(): void;
  memory(): DeviceMemory;
};

const alignment = 256n;

export function createPool(gpu: Context, work: Work, maxBufferBytes: number): Pool {
  const owned = new Map<Buffer, MemoryUse>();
  const ledger = createLedger();
  const create = (name: string, bytes: number, use: MemoryUse): Buffer => {
    if (bytes > maxBufferBytes)
      throw new UserError(
        `"${name}" takes ${bytes} bytes, and a buffer holds at most ${maxBufferBytes}; use a smaller batch or chunk, or compile for this device`,
      );
    // Nothing has no address, and a kernel may be given a buffer of no elements.
    const size = Math.max(bytes, 4);
    const buffer = { name, address: gpu.allocate(size, name), bytes: size };
    owned.set(buffer, use);
    ledger.add(use, size);
    if (buffer.address % alignment !== 0n)
      throw new CompilerBug(`"${name}" begins at ${buffer.address}, which 256 does not divide`);
    return buffer;
  };
  const forget = (buffer: Buffer, use: MemoryUse) => {
    owned.delete(buffer);
    ledger.remove(use, buffer.bytes);
    gpu.free(buffer.address);
  };
  return {
    create,
    createZeroed: (name, bytes, use) => {
      const buffer = create(name, bytes, use);
      gpu.clear(buffer.address, buffer.bytes, work.stream);
      return buffer;
    },
    destroy: (buffer) =>
      work.whenIdle(() => {
        const use = owned.get(buffer);
        if (use) forget(buffer, use);
      }),
    destroyAll: () => {
      for (const [buffer, use] of owned) forget(buffer, use);
    },
    memory: ledger.memory,
  };
}
