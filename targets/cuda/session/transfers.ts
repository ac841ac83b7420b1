/** Tensors to and from the device, several in one pinned block. */
import type { TensorSpec } from "../../executor.ts";
import { arrays } from "../../inputs.ts";
import { readBackType } from "../../storage.ts";
import type { Tensor } from "../../tensor.ts";
import type { Context } from "../driver/driver.ts";
import type { Buffer } from "./pool.ts";
import { type Block, type Staging, upload } from "./staging.ts";
import type { Work } from "./work.ts";

export type Wanted = { readonly spec: TensorSpec; readonly buffer: Buffer };
export type Given = { readonly buffer: Buffer; readonly values: NodeJS.ArrayBufferView };

export type Transfers = {
  write(given: readonly Given[]): Promise<void>;
  read(wanted: readonly Wanted[]): Promise<Record<string, Tensor>>;
  /** Uploads, then gives the stream `work`, then reads back; all is on the stream when the call returns its promise. */
  around(
    given: readonly Given[],
    work: () => void,
    wanted: readonly Wanted[],
  ): Promise<Record<string, Tensor>>;
};

/** Values that cross take 4 bytes each. */
export const bytesOf = ({ shape }: TensorSpec): number =>
  4 * shape.reduce((product, size) => product * size, 1);

/** Copies run fastest between addresses that this divides. */
const alignment = 256;

export function createTransfers(gpu: Context, work: Work, staging: Staging): Transfers {
  const around: Transfers["around"] = async (given, enqueue, wanted) => {
    const uploads = placesOf(given, ({ values }) => values.byteLength);
    const readBacks = placesOf(wanted, ({ spec }) => bytesOf(spec));
    const block = staging.take(Math.max(uploads.end, readBacks.end));
    try {
      for (const { of, at } of uploads.places)
        upload(gpu, work.stream, of.buffer.address, of.values, block, at);
      enqueue();
      for (const { of, at, bytes } of readBacks.places)
        if (bytes > 0)
          gpu.download(
            block.address + BigInt(at),
            of.buffer.address,
            bytes,
            work.stream,
            of.spec.name,
          );
      await work.finished();
      return Object.fromEntries(
        readBacks.places.map(({ of, at }) => [of.spec.name, tensorOf(of.spec, block, at)]),
      );
    } catch (error) {
      // Copies that were begun before the failure still use the block.
      await work.finished().catch(() => undefined);
      throw error;
    } finally {
      staging.give(block);
    }
  };
  return {
    around,
    write: async (given) => void (await around(given, () => {}, [])),
    read: (wanted) => around([], () => {}, wanted),
  };
}

function placesOf<T>(all: readonly T[], bytesOfOne: (one: T) => number) {
  let end = 0;
  const places = all.map((of) => {
    const at = end;
    const bytes = bytesOfOne(of);
    end += Math.ceil(bytes / alignment) * alignment;
    return { of, at, bytes };
  });
  return { places, end };
}

function tensorOf(spec: TensorSpec, { memory }: Block, at: number): Tensor {
  const dtype = readBackType(spec);
  return {
    dtype,
    shape: spec.shape,
    data: new arrays[dtype](memory.slice(at, at + bytesOf(spec))),
  };
}
