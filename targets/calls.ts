/** What the calls of a stream take and give. */
import type { InputRows, Rows } from "./rows.ts";
import type { Sampling } from "./sampling.ts";
import type { Tensor } from "./tensor.ts";

export type StreamOptions = {
  /** Most tokens of one document; null where nothing limits it. */
  readonly context?: number | null;
};

/** What a call takes beside tokens, and which of the model's outputs it gives. */
export type CallOptions<W extends string = string> = {
  /** Names of what to read back, `token` (i32 [B], drawn from the logits) among them; when left out `logits`, or every output of a model without. */
  readonly outputs?: readonly W[];
  /** How `token` is drawn; the most likely one when left out. */
  readonly sampling?: Sampling;
  /** Place of each token in its document (0 starts one); counted on from the last when left out. */
  readonly positions?: Rows;
  /** The model's tensor inputs. */
  readonly inputs?: InputRows;
};
export type ScoreOptions<W extends string = string> = Omit<CallOptions<W>, "sampling">;

export type GenerateOptions = Sampling & {
  /** One prompt per row of the batch. */
  readonly prompts: Rows;
  readonly maxTokens: number;
  /** Tokens that end a row; they are not yielded. */
  readonly stop?: readonly number[];
  /** The model's tensor inputs: of the prompt's tokens, or further, of the tokens that follow; 0 beyond. */
  readonly inputs?: InputRows;
};

/** Outputs of tokens from..from + counts[row] of what each row is fed; each is [B, T, …], rows beyond their count mean nothing. */
export type Scores<W extends string = "logits"> = {
  readonly from: number;
  readonly counts: readonly number[];
  readonly outputs: Readonly<Record<W, Tensor>>;
} & Readonly<Record<Extract<W, "logits">, Tensor>>;
