/** The kernel language: everything that a target must be able to spell is on this page. */
import type { ScalarName } from "../src/graph/graph.ts";

/** bf16 is for storage alone: its values are loaded, stored, named and cast from and to f32 (to nearest, ties to even). */
export type Scalar = "f32" | "f16" | "bf16" | "i32" | "u32" | "bool";
/** A value of `width` equal scalars. */
export type ValueType = { readonly scalar: Scalar; readonly width: 1 | 2 | 4 };
export type Width = ValueType["width"];

/** Workgroup indices and the lane within the workgroup, all u32. `subgroup_lane` needs Caps.subgroup. */
export type Builtin = "workgroup_x" | "workgroup_y" | "workgroup_z" | "lane" | "subgroup_lane";
/** `shuffle_xor`: from the lane whose place differs by the bits of `by`; `broadcast`: from lane `by` of the subgroup. */
export type Collective = "sum" | "max" | "shuffle_xor" | "broadcast";

/**
 * A named array of scalars. `buffer`: given from outside, one binding each. `workgroup`: shared by the lanes of a workgroup.
 * `registers`: a lane's own. Workgroup memory and registers start undefined.
 */
export type Memory = {
  readonly space: "buffer" | "workgroup" | "registers";
  readonly name: string;
  readonly scalar: Scalar;
  readonly length: number;
};

/** Expressions have no effect; loads see memory as it is where the builder bound them. */
export type Expr = { readonly type: ValueType } & (
  | { readonly kind: "literal"; readonly value: number }
  | { readonly kind: "builtin"; readonly name: Builtin }
  | { readonly kind: "local"; readonly name: string }
  /** A scalar function, element by element; integer division and modulo truncate; u32 and i32 wrap. */
  | { readonly kind: "call"; readonly fn: ScalarName; readonly args: readonly Expr[] }
  | { readonly kind: "fma"; readonly args: readonly [Expr, Expr, Expr] }
  /** Number conversion (truncating towards zero to integers). */
  | { readonly kind: "cast"; readonly of: Expr }
  /** The same bits as another 32-bit scalar. */
  | { readonly kind: "bitcast"; readonly of: Expr }
  /** A vector from scalars (all widths 1), or from one repeated. */
  | { readonly kind: "vector"; readonly parts: readonly Expr[] }
  | { readonly kind: "component"; readonly of: Expr; readonly index: number }
  /** `index` counts scalars and is a multiple of type.width; out of range or misaligned is an error, never clamped. */
  | { readonly kind: "load"; readonly from: Memory; readonly index: Expr }
  | { readonly kind: "subgroup"; readonly op: Collective; readonly of: Expr; readonly by?: number }
);

export type Stmt =
  | { readonly kind: "let"; readonly name: string; readonly value: Expr }
  | { readonly kind: "var"; readonly name: string; readonly value: Expr }
  | { readonly kind: "assign"; readonly name: string; readonly value: Expr }
  | { readonly kind: "store"; readonly to: Memory; readonly index: Expr; readonly value: Expr }
  /** name = from; name < below; name += step. All u32 or all i32. */
  | {
      readonly kind: "for";
      readonly name: string;
      readonly from: Expr;
      readonly below: Expr;
      readonly step: Expr;
      readonly body: readonly Stmt[];
    }
  | {
      readonly kind: "if";
      readonly when: Expr;
      readonly then: readonly Stmt[];
      readonly otherwise: readonly Stmt[];
    }
  /** All lanes of the workgroup arrive; then all see what any wrote to workgroup memory and buffers. */
  | { readonly kind: "barrier" }
  /**
   * Begins to copy `width` scalars (4, 8 or 16 bytes, both indices multiples of `width`) from a buffer to workgroup memory;
   * where `when` is false, zeros come instead and nothing is read. The scalars are there when this lane has awaited the
   * group that the copy belongs to; until then nobody touches them. Needs Caps.asyncCopy.
   */
  | {
      readonly kind: "copy";
      readonly to: Memory;
      readonly toIndex: Expr;
      readonly from: Memory;
      readonly index: Expr;
      readonly width: number;
      readonly when: Expr;
    }
  /** The lane's copies since the last `commit` are a group. */
  | { readonly kind: "commit" }
  /** All of the lane's groups but the last `pending` have arrived. Every group is awaited before the kernel ends. */
  | { readonly kind: "await"; readonly pending: number }
  /**
   * sums += left × right, by the 32 lanes of a subgroup together: rows × depth times depth × columns (multiples of 16, 16 and
   * 8) from workgroup memory, both in f16 or both in bf16, summed in f32. Which lane holds which sum: multiply.ts. Needs
   * Caps.matrixUnits.
   */
  | {
      readonly kind: "multiply";
      /** f32 registers, rows · columns / 32 of them. */
      readonly sums: Memory;
      readonly left: Operand;
      readonly right: Operand;
      /** The right operand's memory holds it turned: columns × depth. */
      readonly turned: boolean;
      readonly rows: number;
      readonly columns: number;
      readonly depth: number;
    }
  | { readonly kind: "note"; readonly text: string };

/** A matrix in workgroup memory: its first scalar, and how many scalars from row to row (both multiples of 8). */
export type Operand = { readonly memory: Memory; readonly index: Expr; readonly stride: number };

export type BufferUse = {
  readonly memory: Memory;
  readonly access: "read" | "write" | "read_write";
};

/** One kernel. The grid belongs to the dispatch (program.ts), so that equal kernels are shared. */
export type Kernel = {
  readonly name: string;
  /** In binding order. */
  readonly buffers: readonly BufferUse[];
  readonly workgroupMemory: readonly Memory[];
  readonly registers: readonly Memory[];
  readonly workgroupSize: number;
  readonly body: readonly Stmt[];
};

/** What a device can do; plain data, so that kernels are written without one at hand. */
export type Caps = {
  /** Bytes that one binding may hold. */
  readonly maxBindingBytes: number;
  readonly maxBufferBytes: number;
  readonly maxBuffersPerKernel: number;
  readonly maxWorkgroupLanes: number;
  readonly maxWorkgroupBytes: number;
  readonly maxWorkgroupsPerDimension: number;
  /** Subgroups of one known size whose lanes are neighbours; null where that is not certain. */
  readonly subgroup: { readonly size: number } | null;
  readonly f16: boolean;
  /** Matrix units that multiply f16 or bf16 and sum in f32, for subgroups of 32. */
  readonly matrixUnits: boolean;
  /** Copies from buffers to workgroup memory that run beside other work. */
  readonly asyncCopy: boolean;
  /** Barriers cost little on GPUs and much on software adapters, which run lanes as fibers (and compile with LLVM, slowly). */
  readonly barriers: "cheap" | "dear";
  /** About how many lanes keep the device busy. */
  readonly busyLanes: number;
};

/** WebGPU's guaranteed minimum: what is compiled for when no adapter is asked. */
export const minimumCaps: Caps = {
  maxBindingBytes: 128 * 2 ** 20,
  maxBufferBytes: 256 * 2 ** 20,
  maxBuffersPerKernel: 8,
  maxWorkgroupLanes: 256,
  maxWorkgroupBytes: 16 * 2 ** 10,
  maxWorkgroupsPerDimension: 65535,
  subgroup: null,
  f16: false,
  matrixUnits: false,
  asyncCopy: false,
  barriers: "cheap",
  busyLanes: 16384,
};
