/** How numbers lie in a weight file: turns stored bytes into f32, i32 or u32 values exactly, and back with rounding to nearest even. */
import { bf16Bits } from "../../targets/half.ts";
import type { Tensor, TensorData } from "../../targets/tensor.ts";
import { UserError } from "../graph/bug.ts";

export type StoredDType = "F32" | "F16" | "BF16" | "I32" | "U32" | "I8" | "U8";

/** What is written: small whole numbers may come in bytes. */
export type Writable = TensorData | Int8Array | Uint8Array;

/** `decode` fills values[at…] from bytes whose start is aligned to `bytes`; `encode` is its inverse. */
type StoredType = {
  readonly bytes: 1 | 2 | 4;
  readonly dtype: Tensor["dtype"];
  decode(bytes: Uint8Array, values: TensorData, at: number): void;
  encode(values: Writable): Uint8Array;
};

/** The element types that are read and written; anything else is refused by name. */
export const storedTypes = {
  F32: { bytes: 4, dtype: "f32", decode: copyIn, encode: copyOut },
  I32: { bytes: 4, dtype: "i32", decode: copyIn, encode: copyOut },
  U32: { bytes: 4, dtype: "u32", decode: copyIn, encode: copyOut },
  F16: { bytes: 2, dtype: "f32", decode: widenF16, encode: (values) => narrow(values, f16Bits) },
  BF16: { bytes: 2, dtype: "f32", decode: widenBF16, encode: (values) => narrow(values, bf16Bits) },
  I8: { bytes: 1, dtype: "i32", decode: signedBytes, encode: (v) => Uint8Array.from(v) },
  U8: { bytes: 1, dtype: "u32", decode: copyBytes, encode: (v) => Uint8Array.from(v) },
} satisfies Record<StoredDType, StoredType>;

/** Whether a name in a file's header is an element type that can be read. */
export function isStoredDType(name: string): name is StoredDType {
  return Object.hasOwn(storedTypes, name);
}

/** A zeroed array for a tensor's values. */
export function emptyData(dtype: Tensor["dtype"], length: number): TensorData {
  if (dtype === "f32") return new Float32Array(length);
  return dtype === "i32" ? new Int32Array(length) : new Uint32Array(length);
}

function copyIn(bytes: Uint8Array, values: TensorData, at: number): void {
  bytesOf(values).set(bytes, 4 * at);
}

function copyOut(values: Writable): Uint8Array {
  return bytesOf(values);
}

function copyBytes(bytes: Uint8Array, values: TensorData, at: number): void {
  values.set(bytes, at);
}

function signedBytes(bytes: Uint8Array, values: TensorData, at: number): void {
  values.set(new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length), at);
}

function bytesOf(values: Writable): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function bitsOf(values: Writable): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

function halves(bytes: Uint8Array): Uint16Array {
  return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
}

function widenBF16(bytes: Uint8Array, values: TensorData, at: number): void {
  const from = halves(bytes);
  const bits = bitsOf(values);
  for (let i = 0; i < from.length; i++) bits[at + i] = from[i]! << 16;
}

let widened: Uint32Array | null = null;

function widenF16(bytes: Uint8Array, values: TensorData, at: number): void {
  widened ??= Uint32Array.from({ length: 1 << 16 }, (_, half) => f32Bits(half));
  const from = halves(bytes);
  const bits = bitsOf(values);
  for (let i = 0; i < from.length; i++) bits[at + i] = widened[from[i]!]!;
}

/** The f32 bits of a half: 1 sign, 5 exponent (bias 15), 10 fraction. */
function f32Bits(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 31;
  const fraction = half & 0x3ff;
  if (exponent === 31) return sign | 0x7f800000 | (fraction << 13);
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  const shift = Math.clz32(fraction) - 21; // a subnormal: its first one becomes the hidden bit
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
}

function narrow(values: Writable, half: (bits: number) => number): Uint8Array {
  return new Uint8Array(Uint16Array.from(bitsOf(values), half).buffer);
}

function f16Bits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude === 0x7f800000) return sign | 0x7c00;
  // 65520 is halfway between the largest half and the next power of two.
  if (magnitude >= 0x477ff000)
    throw new UserError("a value is too large for F16: write F32 or BF16 instead");
  const exponent = magnitude >>> 23;
  if (exponent < 102) return sign;
  const shift = exponent < 113 ? 126 - exponent : 13;
  const mantissa = (magnitude & 0x7fffff) | 0x800000;
  const whole = exponent < 113 ? mantissa : magnitude - (112 << 23);
  const kept = whole >>> shift;
  const rest = whole & ((1 << shift) - 1);
  const middle = 1 << (shift - 1);
  const up = rest > middle || (rest === middle && (kept & 1) === 1);
  return sign | (kept + (up ? 1 : 0));
}
