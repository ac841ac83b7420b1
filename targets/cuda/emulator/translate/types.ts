/** PTX types as the C++ types that hold them. Halves are kept as their bits. */
import type { RegisterClass } from "../ptx/ptx.ts";

const types: Record<string, string> = {
  ...{ pred: "bool", b8: "u8", u8: "u8", s8: "s8" },
  ...{ b16: "u16", u16: "u16", s16: "s16", f16: "u16", bf16: "u16" },
  ...{ b32: "u32", u32: "u32", s32: "s32", f16x2: "u32", bf16x2: "u32", tf32: "u32" },
  ...{ b64: "u64", u64: "u64", s64: "s64" },
  ...{ f32: "f32", f64: "f64" },
};

/** The C++ type of an instruction's type, or null where there is none. */
export const cppType = (type: string): string | null => types[type] ?? null;

export const registerType = (type: RegisterClass): string => types[type]!;

export const isWhole = (type: string): boolean => /^[us](8|16|32|64)$/.test(type);
export const isHalf = (type: string): boolean => type === "f16" || type === "bf16";
export const isHalfPair = (type: string): boolean => type === "f16x2" || type === "bf16x2";
export const isFloat = (type: string): boolean => type === "f32" || type === "f64";
export const bitsOf = (type: string): number => Number(/(\d+)(x2)?$/.exec(type)![1]);
/** The unsigned type of equal width: what wraps. */
export const unsigned = (type: string): string => `u${bitsOf(type)}`;
/** The type of twice the width and equal sign. */
export const doubled = (type: string): string => `${type[0]}${bitsOf(type) * 2}`;
