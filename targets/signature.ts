/** What a model takes and gives for every token, read off its entries. Knows no session. */
import type { DType } from "../src/graph/graph.ts";
import type { EntrySpec, InputSpec, TensorSpec } from "./executor.ts";

/** A value that each token has; `shape` is that of one token's. */
export type TokenSpec = {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Whole numbers that pick rows of a table are below this. */
  readonly below?: number;
};

export type Signature = {
  /** Rows side by side. */
  readonly batch: number;
  /** Tokens are whole numbers below `below`; null where the model reads none. */
  readonly tokens: { readonly below: number | null } | null;
  /** What it reads beside tokens and their positions. */
  readonly inputs: readonly TokenSpec[];
  /** What it gives for a token, the drawn token aside. */
  readonly outputs: readonly TokenSpec[];
  /** Length of the logits that tokens are drawn from; 0 where none are drawn. */
  readonly vocabulary: number;
};

/** Inputs of entries that come with the call, not with the model. */
export const callInputs: readonly string[] = [
  "tokens",
  "position",
  "count",
  "temperature",
  "topP",
  "topK",
  "seed",
  "draw",
];

/** Entries of one model agree on all of it, except that an entry may leave out an input that it does not need. */
export function signatureOf(entries: Readonly<Record<string, EntrySpec>>): Signature {
  const inputs = new Map<string, InputSpec>();
  for (const entry of Object.values(entries))
    for (const input of entry.inputs) inputs.set(input.name, input);
  const outputs = outputsOf(entries);
  const logits = outputs.find(({ name }) => name === "logits");
  const vocabulary = logits?.dtype === "f32" && logits.shape.length === 1 ? logits.shape[0]! : 0;
  const tokens = inputs.get("tokens");
  return {
    batch: batchOf(Object.values(entries)),
    tokens: tokens ? { below: tokens.below ?? (vocabulary || null) } : null,
    inputs: [...inputs.values()]
      .filter(({ name, source }) => !source && !callInputs.includes(name))
      .map((input) => ofOneToken(input, 2)),
    outputs,
    vocabulary,
  };
}

/** Shapes are [B, …] in entries of the last token, [B, T, …] in score. */
function outputsOf({ prefill, decode, score }: Readonly<Record<string, EntrySpec>>) {
  const entry = prefill ?? decode ?? score;
  const outputs = entry?.outputs.filter(({ name }) => name !== "token") ?? [];
  return outputs.map((output) => ofOneToken(output, entry === score ? 2 : 1));
}

const ofOneToken = ({ name, dtype, shape, below }: InputSpec, axes: number): TokenSpec => ({
  name,
  dtype,
  shape: shape.slice(axes),
  ...(below === undefined ? {} : { below }),
});

function batchOf(entries: readonly EntrySpec[]): number {
  const all: readonly TensorSpec[] = entries.flatMap((e) => [...e.states, ...e.inputs]);
  return all.find(({ shape }) => shape.length > 0)?.shape[0] ?? 1;
}

/** Numbers that one token has of it. */
export const widthOf = ({ shape }: Pick<TokenSpec, "shape">): number =>
  shape.reduce((product, size) => product * size, 1);

/** Tokens of a row in one call of an entry. */
export function lengthOf({ inputs, outputs }: EntrySpec, kind: string): number {
  const perToken = [...inputs, ...(kind === "score" ? outputs : [])];
  return perToken.find(({ shape }) => shape.length >= 2)?.shape[1] ?? 1;
}
