/** Names of the kernel language's types in CUDA, and which memories are accessed several scalars at a time. */
import type { Kernel, Memory, Scalar, ValueType } from "../../codegen/kernel.ts";
import { visit } from "../../codegen/visit.ts";

export const scalarNames = {
  f32: "float",
  f16: "__half",
  bf16: "__nv_bfloat16",
  i32: "int",
  u32: "unsigned",
  bool: "bool",
} as const satisfies Record<Scalar, string>;

/** CUDA's own vectors, but for halves (whose operators round otherwise) and bool, which the head of a file declares. */
const vectorNames = {
  f32: "float",
  f16: "f16x",
  bf16: "bf16x",
  i32: "int",
  u32: "uint",
  bool: "boolx",
} as const satisfies Record<Scalar, string>;

export const bytesOfScalar = {
  f32: 4,
  f16: 2,
  bf16: 2,
  i32: 4,
  u32: 4,
  bool: 1,
} as const satisfies Record<Scalar, number>;

/** Scalars of 16 bits: read, written and multiplied alike. */
export type Half = "f16" | "bf16";
export const isHalf = (scalar: Scalar): scalar is Half => scalar === "f16" || scalar === "bf16";

export const typeName = ({ scalar, width }: ValueType): string =>
  width === 1 ? scalarNames[scalar] : `${vectorNames[scalar]}${width}`;

export const bytesOfMemory = ({ scalar, length }: Memory): number => bytesOfScalar[scalar] * length;

/** The memories of which several scalars are accessed at once, so that they must begin at a multiple of 16 bytes. */
export function wideMemories({ body }: Kernel): ReadonlySet<Memory> {
  const wide = new Set<Memory>();
  visit(
    body,
    (e) => {
      if (e.kind === "load" && e.type.width > 1) wide.add(e.from);
    },
    (s) => {
      if (s.kind === "store" && s.value.type.width > 1) wide.add(s.to);
      if (s.kind === "copy") wide.add(s.to);
      if (s.kind === "multiply") wide.add(s.left.memory).add(s.right.memory);
    },
  );
  return wide;
}
