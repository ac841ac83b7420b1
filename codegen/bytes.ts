/** How many bytes tensors take in buffers. */
import type { DType, Type } from "../src/graph/graph.ts";
import { size } from "./indices.ts";
import type { Kernel } from "./kernel.ts";

const bytesOfElement = {
  f32: 4,
  f16: 2,
  bf16: 4,
  i32: 4,
  u32: 4,
  bool: 4,
} as const satisfies Record<DType, number>;

/** A multiple of 4. */
export const bytesOf = (type: Type): number =>
  Math.ceil((size(type.shape) * bytesOfElement[type.dtype]) / 4) * 4;

/** Bytes of workgroup memory that a kernel declares. */
export const workgroupBytesOf = ({ workgroupMemory }: Kernel): number =>
  workgroupMemory.reduce(
    (total, { scalar, length }) => total + length * (scalar === "f16" ? 2 : 4),
    0,
  );
