/** Whether a model gives the same however its rows are cut: at once by chunks, in uneven parts, token by token, alone or side by side. */
import type { Session } from "../../targets/executor.ts";
import { readGiven } from "../../targets/feed.ts";
import { type Signature, signatureOf } from "../../targets/signature.ts";
import { UserError } from "../graph/bug.ts";
import { Meter } from "./meter.ts";
import { feedParts, scoreParts, stepThrough } from "./playing.ts";
import { type Bounds, cutRow, type Row, randomRows } from "./rows.ts";

export type AgreementOptions = {
  /** Largest absolute difference allowed between values of one output at one token. */
  readonly tolerance: number;
  /** Tokens of the longest row; 21. More than a chunk, so that chunks meet. */
  readonly length?: number;
  /** Of tokens and inputs; 1. */
  readonly seed?: number;
  /** Bounds, themselves left out, of `tokens` and int inputs that pick no rows of a table as they are; 2. */
  readonly bounds?: Bounds;
};

/**
 * Feeds random tokens and inputs to a session with all three entries, as ragged rows, one with documents that start in its middle, and
 * compares every output of the model: `score` by chunks = `prefill` at each row's last token = `decode` step by step = `prefill` (saved
 * and restored on the way) and `score` in uneven parts = each row alone in the batch.
 * Gives the largest absolute difference that was met; throws with its place where that is beyond `tolerance` or no number.
 */
export async function assertSessionAgrees(
  session: Session,
  { tolerance, length = 21, seed = 1, bounds }: AgreementOptions,
): Promise<number> {
  const signature = signatureOf(session.entries);
  const rows = randomRows(signature, length, seed, bounds);
  const score = (fed: readonly Row[], lengths: readonly number[]) =>
    scoreParts(session, signature, fed, lengths);
  const meter = new Meter(signature, await score(rows, [length]), tolerance);
  await feedParts(session, signature, rows, [length], meter);
  await feedParts(session, signature, rows, [3, 1, 8, 2, 11], meter);
  await stepThrough(session, signature, rows, meter);
  meter.compareAll(await score(rows, [5, 1, 9]), "score in parts");
  for (const row of rows.keys()) {
    const alone = rows.map((other, at) => (at === row ? other : cutRow(signature, other, 0, 0)));
    meter.compareRow(await score(alone, [length]), row, "score alone");
  }
  return meter.largest;
}

export type StreamsOptions = {
  /** Largest absolute difference allowed. */
  readonly tolerance: number;
  /** Lengths to cut the text into, besides single tokens; 2, 3 and 7. */
  readonly parts?: readonly number[];
  /** The model's tensor inputs by name, for all the tokens. */
  readonly inputs?: Readonly<Record<string, ArrayLike<number>>>;
  /** Outputs to compare; all of the model's. */
  readonly outputs?: readonly string[];
};

/**
 * Token by token (decode, where there is that entry), in parts of every given length, and all at once (score, by chunks), one text gives
 * the same outputs. `tokens` is null for a model that reads inputs alone.
 * Gives the largest absolute difference that was met; throws with its place where that is beyond `tolerance` or no number.
 */
export async function assertStreamsAgree(
  session: Session,
  tokens: readonly number[] | null,
  options: StreamsOptions,
): Promise<number> {
  const signature = choose(signatureOf(session.entries), options.outputs);
  const row = rowOf(signature, tokens, options.inputs ?? {});
  const rows = Array.from({ length: signature.batch }, () => row);
  const whole = await scoreParts(session, signature, rows, [row.length]);
  const meter = new Meter(signature, whole, options.tolerance);
  if (session.entries.decode) await stepThrough(session, signature, rows, meter);
  const single = session.entries.decode ? [] : [1];
  for (const part of new Set([...single, ...(options.parts ?? [2, 3, 7])]))
    meter.compareAll(await scoreParts(session, signature, rows, [part]), `score by ${part}`);
  return meter.largest;
}

function choose(signature: Signature, names: readonly string[] | undefined): Signature {
  const known = signature.outputs.map(({ name }) => name);
  const unknown = names?.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new UserError(`the model gives no output "${unknown}"; it gives ${known.join(", ")}`);
  const outputs = signature.outputs.filter(({ name }) => names?.includes(name) ?? true);
  return { ...signature, outputs };
}

/** One row of one document, checked as a stream would. */
function rowOf(signature: Signature, tokens: Row["tokens"], inputs: Row["inputs"]): Row {
  const alone = { ...signature, batch: 1 };
  const rows = Object.entries(inputs).map(([name, values]) => [name, [values]] as const);
  const given = {
    tokens: tokens && [tokens],
    positions: undefined,
    inputs: Object.fromEntries(rows),
  };
  const { lengths, positions } = readGiven(alone, given, { next: [0], context: null });
  return { length: lengths[0]!, tokens, positions: positions[0]!, inputs };
}
