/** How well a model predicts a text: the bits that each token costs, summed in double precision. */
import { UserError } from "../src/graph/bug.ts";
import type { StreamOptions } from "./calls.ts";
import type { Session } from "./executor.ts";
import { Stream } from "./stream.ts";

export type Perplexity = {
  /** Mean over all tokens but the first, each predicted from those before it. */
  readonly bitsPerToken: number;
  /** 2 to the bits per token. */
  readonly perplexity: number;
  /** Bits of tokens 1, 2, … */
  readonly bits: Float64Array;
};

export type PerplexityOptions = StreamOptions & {
  /** The model's tensor inputs by name, for all the tokens. */
  readonly inputs?: Readonly<Record<string, ArrayLike<number>>>;
  /** Hears how many tokens are done. */
  readonly onProgress?: (done: number) => void;
};

/** One pass over `tokens` from a fresh state, in row 0 of the batch. UserError where the model gives no logits. */
export async function perplexity(
  session: Session,
  tokens: readonly number[],
  options: PerplexityOptions = {},
): Promise<Perplexity> {
  if (tokens.length < 2)
    throw new UserError("perplexity needs at least two tokens: the first one is never predicted");
  const stream = Stream.open(session, options);
  try {
    if (stream.vocabulary === 0)
      throw new UserError(
        `perplexity needs a model that gives logits, and this one gives ${stream.outputs.join(", ")}`,
      );
    const alone = <T>(values: T, none: T): T[] =>
      Array.from({ length: stream.batch }, (_, row) => (row === 0 ? values : none));
    const inputs = Object.fromEntries(
      Object.entries(options.inputs ?? {}).map(([name, values]) => [name, alone(values, [])]),
    );
    const bits = new Float64Array(tokens.length - 1);
    for await (const { from, counts, logits } of stream.score(alone(tokens, []), { inputs })) {
      const data = logits.data as Float32Array;
      const V = stream.vocabulary;
      for (let t = 0; t < counts[0]! && from + t + 1 < tokens.length; t++) {
        bits[from + t] = bitsOf(data.subarray(t * V, (t + 1) * V), tokens[from + t + 1]!);
      }
      options.onProgress?.(from + counts[0]!);
    }
    const bitsPerToken = bits.reduce((sum, value) => sum + value, 0) / bits.length;
    return { bitsPerToken, perplexity: 2 ** bitsPerToken, bits };
  } finally {
    stream.release();
  }
}

/** −log₂ softmax(logits)[token]. */
export function bitsOf(logits: Float32Array, token: number): number {
  let top = -Infinity;
  for (const value of logits) top = Math.max(top, value);
  let sum = 0;
  for (const value of logits) sum += Math.exp(value - top);
  return (Math.log(sum) + top - logits[token]!) / Math.LN2;
}
