/** Feeds tokens of a batch of rows to a session in chunks and steps, and keeps what they leave behind. Runs in a browser as in Node; knows no kernel. */
import { UserError } from "../src/graph/bug.ts";
import type { CallOptions, GenerateOptions, ScoreOptions, Scores, StreamOptions } from "./calls.ts";
import type { EntrySpec, Session, StateHandle } from "./executor.ts";
import { readGiven } from "./feed.ts";
import { inputsBetween, requireDraws, requireReach } from "./reach.ts";
import { chunksOf, type Part, type Rows } from "./rows.ts";
import { gatherRows, type Sampling, samplingInputs } from "./sampling.ts";
import { lengthOf, type Signature, signatureOf } from "./signature.ts";
import { progressName } from "./state.ts";
import type { Tensor, Tensors } from "./tensor.ts";

/** A batch of token streams. One call at a time: wait for each before the next. A mistake in a call is a UserError, and nothing of the call has run. */
export class Stream {
  readonly session: Session;
  readonly batch: number;
  /** Length of the logits that tokens are drawn from; 0 for a model that gives none. */
  readonly vocabulary: number;
  /** Names of the model's outputs. */
  readonly outputs: readonly string[];
  readonly context: number | null;
  readonly #signature: Signature;
  readonly #state: StateHandle;
  /** Per row: tokens fed so far, and the position of the next one. */
  #seen: readonly number[];
  #next: readonly number[];

  private constructor(
    session: Session,
    options: StreamOptions,
    state: StateHandle,
    from: readonly Row[],
  ) {
    this.#signature = signatureOf(session.entries);
    this.session = session;
    this.batch = this.#signature.batch;
    this.vocabulary = this.#signature.vocabulary;
    this.outputs = this.#signature.outputs.map(({ name }) => name);
    this.context = options.context ?? null;
    this.#state = state;
    this.#seen = from.map(({ seen }) => seen);
    this.#next = from.map(({ next }) => next);
  }

  /** A stream that has seen nothing. */
  static open(session: Session, options: StreamOptions = {}): Stream {
    const { batch } = signatureOf(session.entries);
    const rows = Array.from({ length: batch }, () => ({ seen: 0, next: 0 }));
    return new Stream(session, options, session.fresh(), rows);
  }

  /** A stream that goes on from saved values. */
  static async restore(
    session: Session,
    values: Tensors,
    options: StreamOptions = {},
  ): Promise<Stream> {
    const { [progressName]: progress, ...states } = values;
    const { batch } = signatureOf(session.entries);
    if (progress === undefined || progress.data.length !== 2 * batch) {
      throw new UserError(
        `the saved state must hold "${progressName}" for ${batch} rows; save it with Stream.save, and take or stack rows to fit`,
      );
    }
    const { data } = progress;
    const rows = Array.from({ length: batch }, (_, row) => ({
      seen: data[2 * row]!,
      next: data[2 * row + 1]!,
    }));
    return new Stream(session, options, await session.upload(states), rows);
  }

  /** Tokens that each row has seen. */
  get seen(): readonly number[] {
    return this.#seen;
  }

  /**
   * Feeds each row its tokens (rows may differ in length) by chunks; outputs [B, …] are those of each row's last token.
   * A model that reads inputs alone takes null for tokens; one without logits says which outputs it gives: `feed<"classes">(…)`, or `outputs`.
   */
  async feed<W extends string = "logits">(
    prompts: Rows | null,
    options: CallOptions<W> = {},
  ): Promise<Record<W, Tensor>> {
    const outputs = this.#outputs("prefill", options.outputs);
    const { parts, lengths } = this.#parts("prefill", prompts, options);
    const result: Record<string, Tensor> = {};
    for (const part of parts) {
      const ending = part.counts.map(
        (count, row) => count > 0 && part.from + count >= lengths[row]!,
      );
      const wanted = ending.includes(true) ? outputs : [];
      const read = await this.#run("prefill", part, wanted, options.sampling);
      for (const name of wanted) result[name] = gatherRows(result[name], read[name]!, ending);
    }
    if (outputs.some((name) => result[name] === undefined)) {
      throw new UserError("every row is empty: feed at least one token to read anything back");
    }
    return result as Record<W, Tensor>;
  }

  /** Feeds one token to each row; null (or inputs of no token) leaves a row as it is, and its outputs mean nothing. */
  async step<W extends string = "logits">(
    tokens: readonly (number | null)[] | null,
    options: CallOptions<W> = {},
  ): Promise<Record<W, Tensor>> {
    const rows = tokens?.map((token) => (token === null ? [] : [token])) ?? null;
    const outputs = this.#outputs("decode", options.outputs);
    const { parts } = this.#parts("decode", rows, options);
    const [part, more] = parts;
    if (part === undefined) throw new UserError("every row is null: give at least one row a token");
    if (more !== undefined)
      throw new UserError("a step takes one token a row; use feed for several");
    return (await this.#run("decode", part, outputs, options.sampling)) as Record<W, Tensor>;
  }

  /** Feeds each row its tokens and gives the outputs of every one of them, chunk by chunk. The second argument may be positions alone. */
  async *score<W extends string = "logits">(
    tokens: Rows | null,
    options: Rows | ScoreOptions<W> = {},
  ): AsyncGenerator<Scores<W>> {
    const given = isRows(options) ? { positions: options } : options;
    const outputs = this.#outputs("score", given.outputs);
    for (const part of this.#parts("score", tokens, given).parts) {
      const read = await this.#run("score", part, outputs);
      const { from, counts } = part;
      const logits = read.logits ? { logits: read.logits } : {};
      yield { from, counts, outputs: read, ...logits } as Scores<W>;
    }
  }

  /**
   * Feeds the prompts, then yields a token per row, step by step; null once a row has stopped. The last token yielded is not yet fed.
   * Only for models that read tokens and give logits.
   */
  async *generate(options: GenerateOptions): AsyncGenerator<readonly (number | null)[]> {
    const { prompts, maxTokens, stop = [] } = options;
    requireDraws(this.#signature);
    const empty = prompts.findIndex(({ length }) => length === 0);
    if (empty >= 0)
      throw new UserError(
        `row ${empty} has an empty prompt: give it at least one token to go on from`,
      );
    if (maxTokens < 1) return;
    const lengths = prompts.map(({ length }) => length);
    const { inputs = {} } = options;
    requireReach(this.#signature, inputs, lengths, maxTokens);
    const call = (from: readonly number[], until: readonly number[]) => ({
      outputs: ["token"] as const,
      sampling: options,
      inputs: inputsBetween(this.#signature, inputs, from, until),
    });
    const none = lengths.map(() => 0);
    let drawn = (await this.feed(prompts, call(none, lengths))).token.data;
    let alive = prompts.map(() => true);
    for (let made = 1; ; made++) {
      alive = alive.map((is, row) => is && !stop.includes(drawn[row]!));
      if (!alive.includes(true)) return;
      const tokens = alive.map((is, row) => (is ? drawn[row]! : null));
      yield tokens;
      if (made >= maxTokens) return;
      const from = lengths.map((length) => length + made - 1);
      const until = from.map((at, row) => (alive[row] ? at + 1 : at));
      drawn = (await this.step(tokens, call(from, until))).token.data;
    }
  }

  /** A second stream in the same place, independent of this one. */
  async copy(): Promise<Stream> {
    const rows = this.#seen.map((seen, row) => ({ seen, next: this.#next[row]! }));
    return new Stream(
      this.session,
      { context: this.context },
      await this.session.copy(this.#state),
      rows,
    );
  }

  /** Everything the stream carries, as values: rows can be taken out, joined, and written to a file. */
  async save(): Promise<Tensors> {
    const data = Int32Array.from(this.#seen.flatMap((seen, row) => [seen, this.#next[row]!]));
    const progress: Tensor = { dtype: "i32", shape: [this.batch, 2], data };
    return { ...(await this.session.download(this.#state)), [progressName]: progress };
  }

  release(): void {
    this.#state.release();
  }

  /** Checks a call whole before any of it runs, then cuts it into calls of the entry's length. */
  #parts(kind: string, tokens: Rows | null, { positions, inputs }: CallOptions) {
    const entry = entryOf(this.session, kind);
    const place = { next: this.#next, context: this.context };
    const fed = readGiven(this.#signature, { tokens, positions, inputs }, place);
    return { parts: chunksOf(fed, lengthOf(entry, kind)), lengths: fed.lengths };
  }

  /** What to read back of an entry. */
  #outputs(kind: string, asked: readonly string[] | undefined): readonly string[] {
    const names = entryOf(this.session, kind).outputs.map(({ name }) => name);
    const unknown = asked?.find((name) => !names.includes(name));
    if (unknown !== undefined)
      throw new UserError(`${kind} gives no output "${unknown}"; it gives ${names.join(", ")}`);
    return asked ?? (this.outputs.includes("logits") ? ["logits"] : this.outputs);
  }

  async #run(
    entry: string,
    part: Part,
    outputs: readonly string[],
    sampling: Sampling = {},
  ): Promise<Record<string, Tensor>> {
    const after = this.#seen.map((seen, row) => seen + part.counts[row]!);
    const all: Tensors = { ...part.inputs, ...samplingInputs(sampling, after) };
    // What the host computes, it computes from positions.
    const declared = entryOf(this.session, entry).inputs.map((i) =>
      i.source ? "position" : i.name,
    );
    const inputs = Object.fromEntries(
      Object.entries(all).filter(([name]) => declared.includes(name)),
    );
    const read = await this.session.run(entry, inputs, this.#state, outputs);
    this.#seen = after;
    this.#next = this.#next.map((next, row) =>
      part.counts[row]! > 0 ? part.lastPositions[row]! + 1 : next,
    );
    return read;
  }
}

const isRows = (given: Rows | ScoreOptions): given is Rows => Array.isArray(given);

/** Tokens fed so far, and the position of the next. */
type Row = { readonly seen: number; readonly next: number };

function entryOf(session: Session, name: string): EntrySpec {
  const entry = session.entries[name];
  if (entry === undefined) {
    throw new UserError(
      `the model was compiled without the entry ${name}; it has ${Object.keys(session.entries).join(", ")}`,
    );
  }
  return entry;
}
