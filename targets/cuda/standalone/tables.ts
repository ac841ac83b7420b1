/** The tables of a standalone folder as plain data: what host/library/plan.h declares. */
import type { Piece } from "../../../codegen/program.ts";
import type { QuantizedPart } from "../../../src/graph/graph.ts";
import type { CudaKernelText } from "../print.ts";

/** Entries that the host library runs. */
export const entryNames = ["prefill", "decode"] as const;
export type EntryName = (typeof entryNames)[number];

/** As host/library/plan.h spells it. */
export type StoredType = "f32" | "f16" | "bf16" | "i32" | "u32" | "boolean";
export type Place = "input" | "weight" | "constant" | "slot" | "state" | "next" | "output";
/** Its place, and for a slot the byte from which it lies there. */
export type Binding = { readonly place: Place; readonly index: number; readonly offset?: number };

export type TensorTable = {
  readonly name: string;
  readonly type: StoredType;
  readonly shape: readonly number[];
  readonly bytes: number;
};
export type WeightTable = {
  /** Index of the parameter. */
  readonly parameter: number;
  readonly type: StoredType;
  readonly bytes: number;
  readonly piece: Piece | null;
  readonly quantized: QuantizedPart | null;
};
export type InputTable = {
  readonly name: string;
  readonly source: InputSource;
  /** First byte within the block of inputs. */
  readonly offset: number;
  readonly dims: number;
  readonly theta: number;
};
export type ProgramTable = {
  readonly name: EntryName;
  /** Tokens of a row in one call. */
  readonly length: number;
  readonly inputs: readonly InputTable[];
  readonly inputBytes: number;
  readonly outputs: readonly TensorTable[];
  /** The 32-bit words of each constant. */
  readonly constants: readonly (readonly number[])[];
  readonly kernels: readonly CudaKernelText[];
  readonly steps: readonly {
    readonly what: string;
    readonly kernel: number;
    readonly grid: readonly number[];
    readonly bindings: readonly Binding[];
  }[];
  /** Indices of states. */
  readonly replaced: readonly number[];
};
export type PlanTable = {
  readonly batch: number;
  readonly vocabulary: number;
  /** Tokens are below this. */
  readonly tokens: number;
  readonly weights: readonly WeightTable[];
  readonly states: readonly TensorTable[];
  readonly slots: readonly number[];
  readonly programs: Readonly<Record<EntryName, ProgramTable>>;
};

/** What the host gives for every call, by the input's name. */
export const sources = {
  tokens: "tokens",
  position: "position",
  count: "count",
  temperature: "temperature",
  topP: "top_p",
  topK: "top_k",
  seed: "seed",
  draw: "draw",
} as const;
export type InputSource = (typeof sources)[keyof typeof sources] | "rotary";
