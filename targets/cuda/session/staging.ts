/** Pinned memory of the host, from and to which a stream copies by itself. Blocks are used again and again. */
import koffi from "koffi";
import type { Context } from "../driver/driver.ts";

export type Block = {
  readonly address: bigint;
  /** The memory itself; not to be used once the staging is released. */
  readonly memory: ArrayBuffer;
};

export type Staging = {
  /** At least so many bytes, whose content is anything. */
  take(bytes: number): Block;
  /** Nothing of the stream's unfinished work may use it. */
  give(block: Block): void;
  release(): void;
};

/** Blocks are at least this large, and grow by doubling, so that few sizes serve all calls. */
const leastBytes = 2 ** 16;

export function createStaging(gpu: Context): Staging {
  const owned: Block[] = [];
  const idle: Block[] = [];
  return {
    take: (bytes) => {
      const at = idle.findIndex(({ memory }) => memory.byteLength >= bytes);
      const known = at < 0 ? undefined : idle.splice(at, 1)[0];
      if (known) return known;
      const size = Math.max(leastBytes, 2 ** Math.ceil(Math.log2(Math.max(bytes, 1))));
      const address = gpu.allocateHost(size);
      const block = { address, memory: koffi.view(address, size) };
      owned.push(block);
      return block;
    },
    give: (block) => void idle.push(block),
    release: () => {
      idle.length = 0;
      for (const { address } of owned.splice(0)) gpu.freeHost(address);
    },
  };
}

/** Puts the values into the block, and lets the stream copy them to the device. */
export function upload(
  gpu: Context,
  stream: bigint,
  to: bigint,
  values: NodeJS.ArrayBufferView,
  block: Block,
  at = 0,
): void {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  new Uint8Array(block.memory, at, bytes.length).set(bytes);
  if (bytes.length > 0) gpu.upload(to, block.address + BigInt(at), bytes.length, stream);
}
