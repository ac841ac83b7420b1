/** A program: buffers, kernels, and steps that run them. Plain data; `K` is a kernel or a target's text of one. */
import type { DType, InputSource, QuantizedPart } from "../src/graph/graph.ts";

/** A part of a parameter along one axis, stored contiguously in a buffer of its own. */
export type Piece = { readonly axis: number; readonly start: number; readonly size: number };

/** f32, i32 and u32 take 4 bytes an element, f16 and bf16 two, i8 one and i4 half a byte in padded blocks; bool is stored as u32. `bytes` is a multiple of 4. */
type Stored = {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly bytes: number;
};

export type BufferPlan =
  /**
   * `quantized`: it holds words or scales in blocks (packing.ts), and its values come from the parameter `quantized.of`.
   * `strip`: so many columns of all rows lie together, then the next (strips.ts).
   */
  | (Stored & {
      readonly kind: "parameter";
      readonly quantized?: QuantizedPart;
      readonly strip?: number;
      readonly piece?: Piece;
    })
  | (Stored & { readonly kind: "input"; readonly source?: InputSource })
  /** Read at the start of a call. `updatedInPlace`: a step writes the new value into it (rings). */
  | (Stored & { readonly kind: "state"; readonly updatedInPlace: boolean })
  /** Becomes the state of the same name when the call ends. */
  | (Stored & { readonly kind: "next"; readonly state: string })
  | (Stored & { readonly kind: "output" })
  /** Lives in arena slot `slot` from byte `offset` on; tenants of one place are never alive together. */
  | (Stored & { readonly kind: "temporary"; readonly slot: number; readonly offset: number })
  | (Stored & { readonly kind: "constant"; readonly values: readonly number[] });

export type Step = {
  /** Index into Program.kernels. */
  readonly kernel: number;
  /** Index into Program.buffers for each binding. */
  readonly buffers: readonly number[];
  readonly grid: readonly [number, number, number];
  /** The region it belongs to, for explain and errors. */
  readonly region: string;
};

export type Program<K> = {
  readonly name: string;
  readonly buffers: readonly BufferPlan[];
  /** Bytes of each arena slot. */
  readonly slots: readonly number[];
  readonly kernels: readonly K[];
  readonly steps: readonly Step[];
};

/** A program before its temporaries have their slots. */
export type Unplaced<K> = Omit<Program<K>, "slots">;

/** A kernel as a target's text; all that a runtime needs. */
export type KernelText = {
  readonly name: string;
  readonly code: string;
  readonly access: readonly ("read" | "write" | "read_write")[];
};
