/** Feeds tokens of a batch of rows to a session in chunks and steps, and keeps what they leave behind. Runs in a browser as in Node; knows no kernel. */
import { UserError } from "../src/graph/bug.ts";
import type { EntrySpec, Session, StateHandle } from "./executor.ts";
import { checkContext, checkTokens, chunksOf, type Part, positionsOf, type Rows } from "./rows.ts";
import { gatherRows, type Sampling, samplingInputs } from "./sampling.ts";
import { progressName } from "./state.ts";
import type { Tensor, Tensors } from "./tensor.ts";

export type StreamOptions = {
  /** Most tokens of one document; null where nothing limits it. */
  readonly context?: number | null;
};

/** `logits` f32 [B, V] after each row's last token; `token` i32 [B], drawn from them. */
export type Outcome = "logits" | "token";
export type CallOptions<W extends Outcome = Outcome> = {
  /** What to read back; logits when left out. */
  readonly outputs?: readonly W[];
  /** How `token` is drawn; the most likely one when left out. */
  readonly sampling?: Sampling;
  /** Place of each token in its document (0 starts one); counted on from the last when left out. */
  readonly positions?: Rows;
};

export type GenerateOptions = Sampling & {
  /** One prompt per row of the batch. */
  readonly prompts: Rows;
  readonly maxTokens: number;
  /** Tokens that end a row; they are not yielded. */
  readonly stop?: readonly number[];
};

/** Logits of tokens from..from + counts[row] of each row's input; `logits` is [B, T, V], rows beyond their count mean nothing. */
export type Scores = {
  readonly from: number;
  readonly counts: readonly number[];
  readonly logits: Tensor;
};

/** A batch of token streams. One call at a time: wait for each before the next. */
export class Stream {
  readonly session: Session;
  readonly batch: number;
  readonly vocabulary: number;
  readonly context: number | null;
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
    const { batch, vocabulary } = sizesOf(session);
    this.session = session;
    this.batch = batch;
    this.vocabulary = vocabulary;
    this.context = options.context ?? null;
    this.#state = state;
    this.#seen = from.map(({ seen }) => seen);
    this.#next = from.map(({ next }) => next);
  }

  /** A stream that has seen nothing. */
  static open(session: Session, options: StreamOptions = {}): Stream {
    const rows = Array.from({ length: sizesOf(session).batch }, () => ({ seen: 0, next: 0 }));
    return new Stream(session, options, session.fresh(), rows);
  }

  /** A stream that goes on from saved values. */
  static async restore(
    session: Session,
    values: Tensors,
    options: StreamOptions = {},
  ): Promise<Stream> {
    const { [progressName]: progress, ...states } = values;
    const { batch } = sizesOf(session);
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

  /** Feeds each row its tokens (rows may differ in length) by chunks; logits are those after each row's last token. */
  async feed<W extends Outcome = "logits">(
    prompts: Rows,
    options: CallOptions<W> = {},
  ): Promise<Record<W, Tensor>> {
    const outputs: readonly Outcome[] = options.outputs ?? logitsOnly;
    const last = prompts.map(({ length }) => length - 1);
    const result: Partial<Record<Outcome, Tensor>> = {};
    for (const part of this.#parts("prefill", prompts, options.positions)) {
      const ending = part.counts.map((count, row) => count > 0 && part.from + count > last[row]!);
      const wanted = ending.includes(true) ? outputs : [];
      const read = await this.#run("prefill", part, wanted, options.sampling);
      for (const name of wanted) result[name] = gatherRows(result[name], read[name]!, ending);
    }
    if (outputs.some((name) => result[name] === undefined)) {
      throw new UserError("every row is empty: feed at least one token to read anything back");
    }
    return result as Record<W, Tensor>;
  }

  /** Feeds one token to each row; null leaves a row as it is, and its outputs mean nothing. */
  async step<W extends Outcome = "logits">(
    tokens: readonly (number | null)[],
    options: CallOptions<W> = {},
  ): Promise<Record<W, Tensor>> {
    const rows = tokens.map((token) => (token === null ? [] : [token]));
    const outputs: readonly Outcome[] = options.outputs ?? logitsOnly;
    const [part] = this.#parts("decode", rows, options.positions);
    if (part === undefined) throw new UserError("every row is null: give at least one row a token");
    return (await this.#run("decode", part, outputs, options.sampling)) as Record<W, Tensor>;
  }

  /** Feeds each row its tokens and gives the logits after every one of them, chunk by chunk. */
  async *score(tokens: Rows, positions?: Rows): AsyncGenerator<Scores> {
    for (const part of this.#parts("score", tokens, positions)) {
      const { logits } = await this.#run("score", part, ["logits"]);
      yield { from: part.from, counts: part.counts, logits: logits! };
    }
  }

  /** Feeds the prompts, then yields a token per row, step by step; null once a row has stopped. The last token yielded is not yet fed. */
  async *generate(options: GenerateOptions): AsyncGenerator<readonly (number | null)[]> {
    const { prompts, maxTokens, stop = [] } = options;
    const empty = prompts.findIndex(({ length }) => length === 0);
    if (empty >= 0)
      throw new UserError(
        `row ${empty} has an empty prompt: give it at least one token to go on from`,
      );
    if (maxTokens < 1) return;
    const call = { outputs: ["token"] as const, sampling: options };
    let drawn = (await this.feed(prompts, call)).token.data;
    let alive = prompts.map(() => true);
    for (let made = 1; ; made++) {
      alive = alive.map((is, row) => is && !stop.includes(drawn[row]!));
      if (!alive.includes(true)) return;
      const tokens = alive.map((is, row) => (is ? drawn[row]! : null));
      yield tokens;
      if (made >= maxTokens) return;
      drawn = (await this.step(tokens, call)).token.data;
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
  #parts(entry: string, tokens: Rows, given: Rows | undefined): readonly Part[] {
    if (tokens.length !== this.batch) {
      throw new UserError(
        `${tokens.length} rows of tokens were given to a batch of ${this.batch}; give one (maybe empty) per row`,
      );
    }
    checkTokens(tokens, this.vocabulary);
    const positions = given ?? positionsOf(tokens, this.#next);
    checkContext(tokens, positions, this.context);
    return chunksOf(tokens, positions, lengthOf(this.session, entry));
  }

  async #run(
    entry: string,
    part: Part,
    outputs: readonly string[],
    sampling: Sampling = {},
  ): Promise<Record<string, Tensor>> {
    const after = this.#seen.map((seen, row) => seen + part.counts[row]!);
    const all: Tensors = { ...part.inputs, ...samplingInputs(sampling, after) };
    const declared = entryOf(this.session, entry).inputs.map(({ name }) => name);
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

const logitsOnly: readonly Outcome[] = ["logits"];

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

/** Tokens of a row in one call of an entry. */
function lengthOf(session: Session, entry: string): number {
  return entryOf(session, entry).inputs.find(({ name }) => name === "tokens")?.shape[1] ?? 1;
}

function sizesOf(session: Session): { batch: number; vocabulary: number } {
  const [entry] = Object.values(session.entries);
  const tokens = entry?.inputs.find(({ name }) => name === "tokens");
  const logits = entry?.outputs.find(({ name }) => name === "logits");
  if (tokens === undefined || logits === undefined) {
    throw new UserError(
      "a stream needs a model whose entries take tokens and give logits; a lone block is run with eval",
    );
  }
  return { batch: tokens.shape[0]!, vocabulary: logits.shape.at(-1)! };
}
