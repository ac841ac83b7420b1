/** How many bytes scalars take in memory, and tensors in buffers. */
import type { Type } from "../src/graph/graph.ts";
import { size } from "./indices.ts";
import type { Kernel, Memory, Scalar } from "./kernel.ts";

/** A bool takes as much as the u32 that stands for it in buffers. */
export const bytesOfScalar = {
  f32: 4,
  f16: 2,
  bf16: 2,
  i32: 4,
  u32: 4,
  bool: 4,
} as const satisfies Record<Scalar, number>;

export const bytesOfMemory = ({ scalar, length }: Memory): number => bytesOfScalar[scalar] * length;

/** A multiple of 4. */
export const bytesOf = (type: Type): number =>
  Math.ceil((size(type.shape) * bytesOfScalar[type.dtype]) / 4) * 4;

/** Bytes of workgroup memory that a kernel declares. */
export const workgroupBytesOf = ({ workgroupMemory }: Kernel): number =>
  workgroupMemory.reduce((total, memory) => total + bytesOfMemory(memory), 0);
