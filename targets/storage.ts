/** How numbers of each type lie in device memory, and as what they cross the border: one table for all sessions. Knows no device. */
import { bytesOfNumber } from "../codegen/bytes.ts";
import { CompilerBug } from "../src/graph/bug.ts";
import type { DType, PackedDType } from "../src/graph/graph.ts";
import { toBf16, toHalf } from "./half.ts";
import type { Tensor } from "./tensor.ts";

/** Whole 32-bit words: an odd number of halves gets one 0 more. */
export type Stored =
  | Float32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>;

type Storage = {
  readonly crosses: Tensor["dtype"];
  readonly store: (numbers: ArrayLike<number>) => Stored;
};

const halves =
  (convert: (numbers: Float32Array) => Uint16Array<ArrayBuffer>) =>
  (numbers: ArrayLike<number>): Stored => {
    const stored = convert(numbers instanceof Float32Array ? numbers : Float32Array.from(numbers));
    if (stored.length % 2 === 0) return stored;
    const even = new Uint16Array(stored.length + 1);
    even.set(stored);
    return even;
  };

/** Narrow floats cross as f32, booleans as u32. */
const storage = {
  f32: { crosses: "f32", store: (numbers) => Float32Array.from(numbers) },
  f16: { crosses: "f32", store: halves(toHalf) },
  bf16: { crosses: "f32", store: halves(toBf16) },
  i32: { crosses: "i32", store: (numbers) => Int32Array.from(numbers) },
  u32: { crosses: "u32", store: (numbers) => Uint32Array.from(numbers) },
  bool: { crosses: "u32", store: (numbers) => Uint32Array.from(numbers, (n) => (n === 0 ? 0 : 1)) },
} as const satisfies Record<Exclude<DType, PackedDType>, Storage>;

/** Packed numbers lie in blocks, which packed.ts makes. */
function storageOf(dtype: DType): Storage {
  if (dtype === "i8" || dtype === "i4") throw new CompilerBug(`${dtype} is stored in blocks only`);
  return storage[dtype];
}

/** As what values of a type cross the border. */
export const crossingType = (dtype: DType): Tensor["dtype"] => storageOf(dtype).crosses;

/** The same for values that are read back bit by bit; a CompilerBug where they would have to be converted. */
export function readBackType({
  name,
  dtype,
}: {
  readonly name: string;
  readonly dtype: DType;
}): Tensor["dtype"] {
  if (bytesOfNumber(dtype) === 4) return crossingType(dtype);
  throw new CompilerBug(`${name} is read back as ${dtype}`);
}

/** Numbers as memory holds them; halves to nearest, ties to even. */
export const store = (dtype: DType, numbers: ArrayLike<number>): Stored =>
  storageOf(dtype).store(numbers);
