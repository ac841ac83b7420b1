/** How many bytes scalars take in memory, and tensors in buffers. */
import type { DType, Type } from "../src/graph/graph.ts";
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

/** What a number of a tensor takes; blocks of packed ones may be padded. */
export const bytesOfNumber = (dtype: DType): number =>
  dtype === "i8" ? 1 : dtype === "i4" ? 0.5 : bytesOfScalar[dtype];

/** How a kernel holds a stored tensor: packed numbers are words, which whoever reads them takes apart. */
export const scalarOfStored = (dtype: DType): Scalar =>
  dtype === "i8" || dtype === "i4" ? "u32" : dtype;

/** A multiple of 4. */
export const bytesOf = (type: Type): number =>
  Math.ceil((size(type.shape) * bytesOfNumber(type.dtype)) / 4) * 4;

/** Bytes of workgroup memory that a kernel declares. */
export const workgroupBytesOf = ({ workgroupMemory }: Kernel): number =>
  workgroupMemory.reduce((total, memory) => total + bytesOfMemory(memory), 0);
