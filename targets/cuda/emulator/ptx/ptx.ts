/** PTX as typed data: what a module declares, and each kernel's statements in order. Knows no instruction's meaning. */

/** A register's class: its width, or that it is a predicate. */
export type RegisterClass = "pred" | "b8" | "b16" | "b32" | "b64" | "f32" | "f64";

export type Space = "global" | "const" | "shared" | "local";

/** A variable of `count` elements of `type`; a shared array of 0 elements is dynamic shared memory. */
export type Variable = {
  readonly space: Space;
  readonly name: string;
  readonly type: string;
  readonly align: number;
  readonly count: number;
  readonly extern: boolean;
  /** Elements from the front, as unsigned bits or names of other variables; the rest are zeros. */
  readonly initial: readonly (bigint | string)[];
};

export type Parameter = {
  readonly name: string;
  readonly type: string;
  readonly align: number;
  readonly bytes: number;
};

export type Operand =
  | { readonly kind: "register"; readonly name: string }
  | { readonly kind: "integer"; readonly value: bigint }
  | { readonly kind: "float"; readonly bits: bigint; readonly bytes: 4 | 8 }
  /** %tid.x, %laneid, WARP_SZ … */
  | { readonly kind: "special"; readonly name: string }
  /** A variable, parameter or label. */
  | { readonly kind: "symbol"; readonly name: string; readonly offset: bigint }
  | { readonly kind: "address"; readonly base: Operand; readonly offset: bigint }
  | { readonly kind: "list"; readonly parts: readonly Operand[] }
  /** p|q: two results. */
  | { readonly kind: "pair"; readonly first: Operand; readonly second: Operand }
  | { readonly kind: "not"; readonly of: Operand }
  /** _ where a result is not wanted. */
  | { readonly kind: "nothing" };

/** A line of the .cu text, from .loc. */
export type Source = { readonly file: number; readonly line: number };

export type Instruction = {
  readonly kind: "instruction";
  readonly name: string;
  /** What follows the name, without dots: ld.global.v4.f32 has global, v4, f32. */
  readonly modifiers: readonly string[];
  readonly operands: readonly Operand[];
  /** Executed only where this register is true (or false). */
  readonly guard: { readonly register: string; readonly negated: boolean } | null;
  /** In the PTX text, from 1. */
  readonly line: number;
  readonly source: Source | null;
};

export type Statement =
  | Instruction
  | { readonly kind: "label"; readonly name: string }
  | { readonly kind: "targets"; readonly name: string; readonly labels: readonly string[] };

export type Kernel = {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** Registers of nested scopes have names of their own here. */
  readonly registers: ReadonlyMap<string, RegisterClass>;
  readonly variables: readonly Variable[];
  readonly statements: readonly Statement[];
  /** .maxntid and .reqntid, three numbers each, where given. */
  readonly maxThreads: readonly number[] | null;
  readonly requiredThreads: readonly number[] | null;
};

export type Module = {
  readonly version: string;
  readonly target: string;
  /** Paths by the number that .loc uses. */
  readonly files: ReadonlyMap<number, string>;
  readonly variables: readonly Variable[];
  readonly kernels: readonly Kernel[];
};

/** Bytes of a scalar type of PTX; 0 where it is none. */
export function bytesOf(type: string): number {
  if (/^(f16x2|bf16x2)$/.test(type)) return 4;
  const bits = /^(?:[bsuf]|bf|tf)(8|16|32|64)$/.exec(type);
  return bits ? Number(bits[1]) / 8 : 0;
}
