/** A session's memory on the device: every buffer is known until it is given back. */
import { CompilerBug, UserError } from "../../../src/graph/bug.ts";
import type { Context } from "../driver/driver.ts";
import type { Work } from "./work.ts";

/** `address` is a multiple of 256. */
export type Buffer = { readonly name: string; readonly address: bigint; readonly bytes: number };

export type Pool = {
  /** Holds anything; reading what nobody wrote is a mistake that the emulator finds. A UserError where memory is short. */
  create(name: string, bytes: number): Buffer;
  createZeroed(name: string, bytes: number): Buffer;
  /** Given back when all work that may use it is done. */
  destroy(buffer: Buffer): void;
  destroyAll(): void;
};

const alignment = 256n;

export function createPool(gpu: Context, work: Work, maxBufferBytes: number): Pool {
  const owned = new Set<Buffer>();
  const create = (name: string, bytes: number): Buffer => {
    if (bytes > maxBufferBytes)
      throw new UserError(
        `"${name}" takes ${bytes} bytes, and a buffer holds at most ${maxBufferBytes}; use a smaller batch or chunk, or compile for this device`,
      );
    // Nothing has no address, and a kernel may be given a buffer of no elements.
    const size = Math.max(bytes, 4);
    const buffer = { name, address: gpu.allocate(size, name), bytes: size };
    owned.add(buffer);
    if (buffer.address % alignment !== 0n)
      throw new CompilerBug(`"${name}" begins at ${buffer.address}, which 256 does not divide`);
    return buffer;
  };
  return {
    create,
    createZeroed: (name, bytes) => {
      const buffer = create(name, bytes);
      gpu.clear(buffer.address, buffer.bytes, work.stream);
      return buffer;
    },
    destroy: (buffer) =>
      work.whenIdle(() => {
        if (owned.delete(buffer)) gpu.free(buffer.address);
      }),
    destroyAll: () => {
      for (const { address } of owned) gpu.free(address);
      owned.clear();
    },
  };
}
