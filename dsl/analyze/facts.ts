/** What an elaboration found out about a text, as plain data: the shape or value of every expression, and what models cost. */
import type { Span } from "../syntax.ts";

/** What stood at one place each time that it was computed. */
export type ValueFact = {
  readonly span: Span;
  /** `[B, T, D]`, `3`, `the block \`linear\``: the different ones, at most `factLimit`. */
  readonly texts: readonly string[];
  readonly isTensor: boolean;
  /** The sizes that dimensions had in the file's models, at most `factLimit` of each. */
  readonly sizes: Readonly<Record<string, readonly number[]>>;
};

/** What a block's instances add to one model; shared parameters count once. */
export type UseFact = {
  /** Where the block's name is defined. */
  readonly block: Span;
  readonly instances: number;
  readonly parameters: number;
  readonly flops: number;
  /** What single instances have: the different numbers, smallest first, at most `factLimit`. */
  readonly each: { readonly parameters: readonly number[]; readonly flops: readonly number[] };
};

/** A model with its fallback settings, or as one of its configurations has it. */
export type ModelFact = {
  /** Where the model's name is defined. */
  readonly model: Span;
  readonly name: string;
  /** The configuration's title; null for the fallbacks. */
  readonly config: string | null;
  readonly parameters: number;
  /** Floating-point operations for one token, with full attention windows. */
  readonly flops: number;
  readonly uses: readonly UseFact[];
  /** Paths of parameters with `{i}` for numbers, each once. */
  readonly paths: readonly string[];
};

export type Facts = {
  readonly values: readonly ValueFact[];
  readonly models: readonly ModelFact[];
};

/** Most different texts and sizes that are kept of one place. */
export const factLimit = 3;
