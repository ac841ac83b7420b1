/** Safetensors on disk: a file as a source of byte ranges, and a writer that streams tensors and never leaves half a file. */
import { randomUUID } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import type { Weights } from "../../targets/executor.ts";
import { UserError } from "../graph/bug.ts";
import { elements, type Source } from "./safetensors.ts";
import { type StoredDType, storedTypes, type Writable } from "./stored.ts";

export type FileSource = Source & { close(): Promise<void> };

/** One tensor to write; its values are asked for when its turn comes. */
export type TensorToWrite = {
  readonly name: string;
  readonly dtype: StoredDType;
  readonly shape: readonly number[];
  read(): Promise<Writable>;
};

/** Opens a file for reading by ranges. */
export async function openFile(path: string): Promise<FileSource> {
  const handle = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${path} cannot be read (${error.code ?? error.message}); check the path`);
  });
  const { size } = await handle.stat();
  return {
    name: path,
    size,
    read: (offset, length) => readExactly(handle, path, offset, length),
    close: () => handle.close(),
  };
}

async function readExactly(handle: FileHandle, path: string, offset: number, length: number) {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0)
      throw new UserError(
        `${path} ended at byte ${offset + filled} while being read; was it changed?`,
      );
    filled += bytesRead;
  }
  return bytes;
}

/** Writes one safetensors file: into a temporary file beside it first, renamed when whole. */
export async function writeSafetensors(
  path: string,
  tensors: readonly TensorToWrite[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  // Wide elements first: every tensor then starts at a multiple of its element size.
  const inOrder = tensors.toSorted(
    (a, b) => storedTypes[b.dtype].bytes - storedTypes[a.dtype].bytes,
  );
  const header = headerBytes(inOrder, metadata);
  const temporary = `${path}.${randomUUID()}.part`;
  const handle = await open(temporary, "wx").catch((error: NodeJS.ErrnoException) => {
    throw new UserError(
      `${path} cannot be written (${error.code ?? error.message}); check the path`,
    );
  });
  try {
    await writeFully(handle, header);
    for (const tensor of inOrder) await writeTensor(handle, tensor);
    await handle.sync();
    await handle.close();
    await rename(temporary, path);
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(temporary, { force: true });
    const { code, errno } = error as NodeJS.ErrnoException;
    if (errno === undefined) throw error;
    throw new UserError(
      `${path} cannot be written (${code}); check the path and the space on the disk`,
    );
  }
}

/** Writes a model's weights under its own names, one at a time. */
export function writeWeights(
  path: string,
  parameters: readonly { readonly name: string; readonly shape: readonly number[] }[],
  weights: Weights,
  dtype: "F32" | "F16" | "BF16" = "F32",
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const tensors = parameters.map(({ name, shape }) => ({
    name,
    shape,
    dtype,
    read: () => weights.read(name),
  }));
  return writeSafetensors(path, tensors, { format: "eyrie", ...metadata });
}

function headerBytes(
  tensors: readonly TensorToWrite[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const fields = new Map<string, unknown>([["__metadata__", metadata]]);
  let offset = 0;
  for (const { name, dtype, shape } of tensors) {
    if (fields.has(name)) throw new UserError(`two tensors to write are both named "${name}"`);
    const end = offset + elements(shape) * storedTypes[dtype].bytes;
    fields.set(name, { dtype, shape, data_offsets: [offset, end] });
    offset = end;
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(fields)));
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, 8);
  return bytes;
}

async function writeTensor(handle: FileHandle, tensor: TensorToWrite): Promise<void> {
  const values = await tensor.read();
  const count = elements(tensor.shape);
  if (values.length !== count) {
    throw new UserError(
      `tensor "${tensor.name}" has ${values.length} values, but its shape [${tensor.shape.join(", ")}] takes ${count}`,
    );
  }
  const step = 2 ** 22;
  for (let at = 0; at < count; at += step) {
    await writeFully(handle, storedTypes[tensor.dtype].encode(values.subarray(at, at + step)));
  }
}

async function writeFully(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await handle.write(bytes, done, bytes.length - done)).bytesWritten;
  }
}
