/** Values that cross the border between a program and its user. */

export type TensorData = Float32Array | Int32Array | Uint32Array;
/** `f32` ↔ Float32Array, `i32` ↔ Int32Array, `u32` ↔ Uint32Array; row-major. */
export type Tensor = {
  readonly dtype: "f32" | "i32" | "u32";
  readonly shape: readonly number[];
  readonly data: TensorData;
};
export type Tensors = Readonly<Record<string, Tensor>>;
