/** What a standalone folder is made of: a compiled model as plain data. Knows no disk. */
import type { Kernel } from "../../../codegen/kernel.ts";
import type { Program } from "../../../codegen/program.ts";
import type { EntrySpec } from "../../executor.ts";

/** Where a checkpoint may hold a parameter: a tensor or its part, with its last two axes swapped where `transpose`. */
export type Origin = {
  readonly tensor: string;
  /** null: the whole tensor. */
  readonly index: number | null;
  readonly transpose: boolean;
};

/** One way to name the parameters: the origins of each, in their order; the first that a file holds counts. */
export type OriginTable = {
  readonly name: string;
  readonly origins: readonly (readonly Origin[])[];
};

export type StandaloneEntry = { readonly spec: EntrySpec; readonly program: Program<Kernel> };

export type StandaloneModel = {
  readonly name: string;
  readonly settings: Readonly<Record<string, number | boolean | readonly string[]>>;
  readonly parameters: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** Names beside the model's own. */
  readonly tables: readonly OriginTable[];
  /** Most tokens of a row; null where nothing limits it. */
  readonly context: number | null;
  /** `prefill` and `decode` are needed; others are left out. */
  readonly entries: Readonly<Record<string, StandaloneEntry>>;
};
