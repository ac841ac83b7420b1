import assert from "node:assert/strict";
import type { EntrySpec, Session, StateHandle, TensorSpec } from "../../targets/executor.ts";
import { bitsOf, perplexity } from "../../targets/perplexity.ts";
import { stackRows, takeRow } from "../../targets/state.ts";
import { Stream } from "../../targets/stream.ts";
import type { Tensor, Tensors } from "../../targets/tensor.ts";

const V = 11;

/** A model that only counts: its state is a hash of all (token, position) pairs that it was fed; the hash picks the likeliest token. */
function countingSession(
  batch: number,
  chunk: number,
): Session & { readonly fed: [number, number][][] } {
  const fed: [number, number][][] = Array.from({ length: batch }, () => []);
  const spec = (name: string, dtype: "f32" | "i32" | "u32", shape: number[]): TensorSpec => ({
    name,
    dtype,
    shape,
  });
  const entry = (T: number, logits: number[], more: TensorSpec[]): EntrySpec => ({
    inputs: [
      spec("tokens", "i32", [batch, T]),
      spec("position", "i32", [batch, T]),
      spec("count", "i32", [batch]),
      spec("draw", "u32", [batch]),
    ],
    outputs: [spec("logits", "f32", logits), ...more],
    states: [spec("hash", "u32", [batch])],
  });
  const token = [spec("token", "i32", [batch])];
  const entries = {
    prefill: entry(chunk, [batch, V], token),
    decode: entry(1, [batch, V], token),
    score: entry(chunk, [batch, chunk, V], []),
  };
  const values = new Map<StateHandle, Uint32Array>();
  const handle = (data: Uint32Array): StateHandle => {
    const state: StateHandle = { batch, release: () => values.delete(state) };
    values.set(state, data);
    return state;
  };
  const logitsOf = (hash: number) =>
    Float32Array.from({ length: V }, (_, v) => ((hash >>> v) % 97) / 10);
  const run: Session["run"] = async (name, inputs, state, outputs) => {
    const { tokens, position, count } = inputs as Record<"tokens" | "position" | "count", Tensor>;
    const T = tokens.shape[1]!;
    assert.deepEqual(Object.keys(inputs).sort(), ["count", "draw", "position", "tokens"]);
    assert.equal(T, entries[name as "prefill"].inputs[0]!.shape[1]);
    const hash = values.get(state)!.slice();
    const every = new Float32Array(batch * T * V).fill(Number.NaN);
    for (let b = 0; b < batch; b++) {
      for (let t = 0; t < T; t++) {
        const [id, place] = [tokens.data[b * T + t]!, position.data[b * T + t]!];
        if (t >= count.data[b]!) {
          assert.equal(place, -1);
          continue;
        }
        fed[b]!.push([id, place]);
        hash[b] = Math.imul(hash[b]! ^ (id * 31 + place + 7), 0x01000193) >>> 0;
        every.set(logitsOf(hash[b]!), (b * T + t) * V);
      }
    }
    values.set(state, hash);
    const last = new Float32Array(batch * V).fill(Number.NaN);
    for (let b = 0; b < batch; b++) if (count.data[b]! > 0) last.set(logitsOf(hash[b]!), b * V);
    const best = Int32Array.from({ length: batch }, (_, b) => {
      const row = last.subarray(b * V, (b + 1) * V);
      return row.indexOf(Math.max(...row));
    });
    const all: Record<string, Tensor> = {
      logits:
        name === "score"
          ? { dtype: "f32", shape: [batch, T, V], data: every }
          : { dtype: "f32", shape: [batch, V], data: last },
      token: { dtype: "i32", shape: [batch], data: best },
    };
    return Object.fromEntries(outputs.map((output) => [output, all[output]!]));
  };
  return {
    executor: "counting",
    entries,
    fed,
    fresh: () => handle(new Uint32Array(batch)),
    copy: async (state) => handle(values.get(state)!.slice()),
    download: async (state) => ({
      hash: { dtype: "u32", shape: [batch], data: values.get(state)!.slice() },
    }),
    upload: async (given: Tensors) => handle(given.hash!.data.slice() as Uint32Array),
    run,
    release: async () => {},
  };
}

const prompts = [[1, 2, 3, 4, 5, 6, 7], [9], [3, 1, 4, 1]];

async function generated(
  chunk: number,
): Promise<{ tokens: (readonly (number | null)[])[]; fed: [number, number][][] }> {
  const session = countingSession(3, chunk);
  const tokens = [];
  for await (const step of Stream.open(session).generate({ prompts, maxTokens: 6, stop: [10] }))
    tokens.push(step);
  return { tokens, fed: session.fed };
}

describe("stream", () => {
  it("feeds the same tokens and positions for every chunk size and ragged rows", async () => {
    const reference = await generated(16);
    for (const chunk of [1, 2, 3, 4, 5, 7, 8]) assert.deepEqual(await generated(chunk), reference);
    for (const [row, fed] of reference.fed.entries()) {
      const drawn = reference.tokens.map((step) => step[row]!).filter((token) => token !== null);
      const fedTokens = fed.map(([token]) => token);
      assert.deepEqual(fedTokens, [...prompts[row]!, ...drawn].slice(0, fedTokens.length));
      assert.ok(fedTokens.length >= prompts[row]!.length + drawn.length - 1);
      assert.deepEqual(
        fed.map(([, position]) => position),
        fed.map((_, at) => at),
      );
    }
  });

  it("gives each row the logits after its own last token", async () => {
    const whole = await Stream.open(countingSession(3, 16)).feed(prompts);
    const chunked = await Stream.open(countingSession(3, 2)).feed(prompts);
    assert.deepEqual(chunked.logits.data, whole.logits.data);
    assert.ok(!whole.logits.data.some(Number.isNaN));
  });

  it("scores every token as steps would", async () => {
    const row = prompts[0]!;
    const stepper = Stream.open(countingSession(1, 3));
    const steps = [];
    for (const token of row) steps.push(...(await stepper.step([token])).logits.data);
    const scores = [];
    for await (const { counts, logits } of Stream.open(countingSession(1, 3)).score([row])) {
      scores.push(...logits.data.subarray(0, counts[0]! * V));
    }
    assert.deepEqual(scores, steps);
  });

  it("goes on from a copy, and from saved rows taken apart and stacked", async () => {
    const session = countingSession(3, 4);
    const stream = Stream.open(session);
    await stream.feed(prompts);
    const copied = await stream.copy();
    const saved = await stream.save();
    const next = (await stream.step([5, 5, 5])).logits;
    assert.deepEqual((await copied.step([5, 5, 5])).logits, next);
    const stacked = stackRows([2, 0, 1].map((row) => takeRow(saved, row)));
    const restored = await Stream.restore(session, stacked);
    assert.deepEqual(restored.seen, [4, 7, 1]);
    const { data } = (await restored.step([5, 5, 5])).logits;
    const row = (at: number) => next.data.slice(at * V, (at + 1) * V);
    assert.deepEqual([...data], [...row(2), ...row(0), ...row(1)]);
  });

  it("follows documents given by positions, and counts on from the last one", async () => {
    const session = countingSession(1, 2);
    const stream = Stream.open(session, { context: 4 });
    await stream.feed([[1, 2, 3, 4, 5]], { positions: [[-1, 0, 1, 0, 1]] });
    await stream.step([6]);
    assert.deepEqual(
      session.fed[0]!.map(([, position]) => position),
      [-1, 0, 1, 0, 1, 2],
    );
    assert.deepEqual(stream.seen, [6]);
  });

  it("says in one sentence what does not fit", async () => {
    const open = () => Stream.open(countingSession(1, 4), { context: 5 });
    await assert.rejects(
      open().feed([[1, 2, 3, 4, 5, 6]]),
      /row 0 would hold 6 tokens.*context of 5; compile it/,
    );
    await assert.rejects(open().feed([[1], [2]]), /2 rows of tokens were given to a batch of 1/);
    await assert.rejects(
      open().feed([[1, 11]]),
      /token 11 of row 0 is outside the vocabulary of 11/,
    );
    await assert.rejects(open().feed([[1, 2]], { positions: [[0]] }), /2 tokens but 1 positions/);
    await assert.rejects(open().feed([[]]), /every row is empty/);
    await assert.rejects(open().step([null]), /every row is null/);
    await assert.rejects(open().feed([[1]], { sampling: { topP: 0 } }), /topP 0 must be above 0/);
    await assert.rejects(
      open()
        .generate({ prompts: [[]], maxTokens: 1 })
        .next(),
      /row 0 has an empty prompt/,
    );
    await assert.rejects(Stream.restore(countingSession(1, 4), {}), /must hold "stream.progress"/);
    const saved: Tensors = { a: { dtype: "f32", shape: [1], data: new Float32Array(1) } };
    assert.throws(() => stackRows([saved, {}]), /differ in "a"/);
    assert.throws(() => takeRow(saved, 1), /rows 0 to 0, not 1/);
  });

  it("streams the tokens within the context before it refuses the next", async () => {
    const seen: unknown[] = [];
    const stream = Stream.open(countingSession(1, 4), { context: 4 });
    await assert.rejects(async () => {
      for await (const step of stream.generate({ prompts: [[1, 2]], maxTokens: 9 }))
        seen.push(step);
    }, /context of 4/);
    assert.equal(seen.length, 3);
  });

  it("measures perplexity from a fresh state whatever the chunk", async () => {
    const tokens = Array.from({ length: 20 }, (_, at) => (at * 7) % V);
    const stepper = Stream.open(countingSession(1, 3));
    let bits = 0;
    for (const [at, token] of tokens.slice(0, -1).entries()) {
      const { logits } = await stepper.step([token]);
      bits += bitsOf(logits.data as Float32Array, tokens[at + 1]!);
    }
    for (const chunk of [1, 3, 20, 64]) {
      const measured = await perplexity(countingSession(2, chunk), tokens);
      assert.ok(Math.abs(measured.bitsPerToken - bits / 19) < 1e-12);
      assert.equal(measured.bits.length, 19);
    }
    await assert.rejects(perplexity(countingSession(1, 2), [1]), /at least two tokens/);
  });

  it("takes softmax in double precision, safe for large logits", () => {
    assert.ok(Math.abs(bitsOf(Float32Array.from([1000, 1000, 1000, 1000]), 2) - 2) < 1e-12);
  });
});
