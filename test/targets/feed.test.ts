import assert from "node:assert/strict";
import { perplexity } from "../../targets/perplexity.ts";
import type { InputRows } from "../../targets/rows.ts";
import { Stream } from "../../targets/stream.ts";
import { everything, headsSession, kinds, pixels, vocabulary } from "./heads.ts";

/** Inputs that tell tokens apart. */
const imageOf = (row: readonly number[]) =>
  row.flatMap((n, t) => Array.from({ length: pixels }, (_, i) => Math.sin(n + 3 * t + i)));
const inputsOf = (rows: readonly (readonly number[])[]): InputRows => ({
  image: rows.map((row) => Float32Array.from(imageOf(row))),
  kind: rows.map((row) => row.map((n, t) => (n + t) % kinds)),
});

const prompts = [[1, 2, 3, 4, 5, 6, 0], [6], [3, 1, 4, 1]];
const withInputs = { inputs: inputsOf(prompts) };

describe("a stream of a model with inputs and outputs of its own", () => {
  it("gives the logits when nothing is asked for, any outputs by name, and all of a model without logits", async () => {
    const session = await headsSession(3, 4);
    const stream = Stream.open(session);
    assert.deepEqual(stream.outputs, ["logits", "value"]);
    assert.equal(stream.vocabulary, vocabulary);
    const one = await stream.feed(prompts, withInputs);
    assert.deepEqual(Object.keys(one), ["logits"]);
    assert.deepEqual(one.logits.shape, [3, vocabulary]);
    const asked = await Stream.open(session).feed(prompts, {
      ...withInputs,
      outputs: ["value", "token"],
    });
    assert.deepEqual(
      [asked.value.shape, asked.value.dtype, asked.token.shape, asked.token.dtype],
      [[3], "f32", [3], "i32"],
    );
    const classifier = Stream.open(await headsSession(3, 4, { ...everything, logits: false }));
    assert.equal(classifier.vocabulary, 0);
    const all = await classifier.feed<"classes" | "value">(prompts, withInputs);
    assert.deepEqual(Object.keys(all), ["classes", "value"]);
    assert.deepEqual(all.classes.data, one.logits.data);
    const step = await classifier.step<"value">([1, null, 2], {
      inputs: inputsOf([[1], [], [2]]),
      outputs: ["value"],
    });
    assert.deepEqual(Object.keys(step), ["value"]);
  });

  it("scores the outputs asked for at every token", async () => {
    const session = await headsSession(3, 4);
    const scores = [];
    for await (const score of Stream.open(session).score(prompts, {
      ...withInputs,
      outputs: ["value", "logits"],
    }))
      scores.push(score);
    assert.deepEqual(
      scores.map(({ from, counts }) => [from, ...counts]),
      [
        [0, 4, 1, 4],
        [4, 3, 0, 0],
      ],
    );
    assert.deepEqual(scores[0]?.outputs.value.shape, [3, 4]);
    assert.equal(scores[0]?.outputs.logits, scores[0]?.logits);
    const { value } = await Stream.open(session).feed(prompts, {
      ...withInputs,
      outputs: ["value"],
    });
    assert.deepEqual(
      [scores[1]?.outputs.value.data[2], scores[0]?.outputs.value.data[4]],
      [value.data[0], value.data[1]],
    );
  });

  it("is fed by inputs alone where the model reads no tokens, one token a row in a step", async () => {
    const session = await headsSession(3, 4, { ...everything, tokens: false });
    const stream = Stream.open(session);
    const { logits } = await stream.feed(null, withInputs);
    assert.deepEqual(stream.seen, [7, 1, 4]);
    const stepped = Stream.open(session);
    for (let t = 0; t < 7; t++) {
      const rows = prompts.map((row) => row.slice(t, t + 1));
      const image = prompts.map((row) =>
        imageOf(row.slice(0, t + 1)).slice(t * pixels, (t + 1) * pixels),
      );
      const kind = prompts.map((row) => row.slice(t, t + 1).map((n) => (n + t) % kinds));
      const step = await stepped.step(null, { inputs: { image, kind } });
      for (const [row, { length }] of rows.entries())
        if (length > 0 && t === prompts[row]!.length - 1)
          assert.deepEqual(
            step.logits.data.slice(row * vocabulary, (row + 1) * vocabulary),
            logits.data.slice(row * vocabulary, (row + 1) * vocabulary),
          );
    }
    assert.deepEqual(stepped.seen, [7, 1, 4]);
    await assert.rejects(stepped.step(null, withInputs), /a step takes one token a row; use feed/);
  });

  it("goes on from saved values", async () => {
    const session = await headsSession(3, 4);
    const stream = Stream.open(session);
    await stream.feed(prompts, withInputs);
    const restored = await Stream.restore(session, await stream.save());
    const next = { inputs: inputsOf([[1], [2], [3]]), outputs: ["value"] as const };
    const [a, b] = [await stream.step([1, 2, 3], next), await restored.step([1, 2, 3], next)];
    // Saving rounds the evaluator's doubles; the largest difference met is 6e-8.
    a.value.data.forEach((n, i) => {
      assert.ok(Math.abs(n - b.value.data[i]!) < 1e-6);
    });
  });

  it("generates with the inputs of the prompt alone as with zeros for what follows", async () => {
    const session = await headsSession(3, 4);
    const run = async (inputs: InputRows) => {
      const tokens = [];
      for await (const step of Stream.open(session).generate({ prompts, maxTokens: 5, inputs }))
        tokens.push(step);
      return tokens;
    };
    const further = (rows: readonly ArrayLike<number>[] | undefined, width: number, fill: number) =>
      (rows ?? []).map((row) => [...Array.from(row), ...Array(4 * width).fill(fill)]);
    const reaching = (fill: number): InputRows => ({
      image: further(withInputs.inputs.image, pixels, fill),
      kind: further(withInputs.inputs.kind, 1, fill),
    });
    const alone = await run(withInputs.inputs);
    assert.equal(alone.length, 5);
    assert.deepEqual(await run(reaching(0)), alone);
    assert.notDeepEqual(await run(reaching(3)), alone);
    const stepped = Stream.open(session);
    const call = { outputs: ["token"] as const };
    const first = await stepped.feed(prompts, { ...call, ...withInputs });
    const tokens = [[...first.token.data]];
    for (let made = 1; made < 5; made++) {
      const inputs = {
        image: prompts.map(() => Array(pixels).fill(3)),
        kind: prompts.map(() => [3]),
      };
      tokens.push([...(await stepped.step(tokens.at(-1)!, { ...call, inputs })).token.data]);
    }
    assert.deepEqual(await run(reaching(3)), tokens);
  });

  it("measures perplexity with the inputs of its tokens", async () => {
    const session = await headsSession(2, 4);
    const tokens = prompts[0]!;
    const { image, kind } = inputsOf([tokens]);
    const inputs = { image: image![0]!, kind: kind![0]! };
    const { bits } = await perplexity(session, tokens, { inputs });
    assert.equal(bits.length, 6);
    const other = { ...inputs, image: imageOf(tokens.toReversed()) };
    assert.notDeepEqual((await perplexity(session, tokens, { inputs: other })).bits, bits);
    await assert.rejects(
      perplexity(await headsSession(1, 4, { ...everything, logits: false }), tokens),
      /perplexity needs a model that gives logits, and this one gives classes, value$/,
    );
  });

  describe("says in one sentence, before anything runs,", () => {
    const image = withInputs.inputs.image!;
    const kind = withInputs.inputs.kind!;
    // biome-ignore format: a case a line
    const cases: readonly [what: string, inputs: InputRows, message: RegExp][] = [
      ["that an input is missing", { image }, /^the model reads the input "kind" as well; give it in `inputs`, one array a row with 1 whole number a token$/],
      ["that an input is unknown", { ...withInputs.inputs, pixels: image }, /^the model has no input "pixels"; its inputs are "kind", "image"$/],
      ["that rows are missing", { image, kind: kind.slice(1) }, /^2 rows of the input "kind" were given to a batch of 3; give one \(maybe empty\) per row$/],
      ["that a row is too short", { image: [image[0]!, [1, 2], image[2]!], kind }, /^row 1 of the input "image" has 2 numbers, not 6: 1 token with 6 numbers a token$/],
      ["that a row is too long", { image, kind: [kind[0]!, kind[1]!, [0, 0, 0, 0, 0]] }, /^row 2 of the input "kind" has 5 numbers, not 4: 4 tokens with 1 whole number a token$/],
      ["that a number is not whole", { image, kind: [kind[0]!, [0.5], kind[2]!] }, /^0\.5 of row 1 of the input "kind" is no whole number of 32 bits$/],
      ["that a number is too large", { image, kind: [kind[0]!, [2 ** 31], kind[2]!] }, /^2147483648 of row 1 of the input "kind" is no whole number of 32 bits$/],
      ["that a row of a table is not there", { image, kind: [kind[0]!, [kinds], kind[2]!] }, /^5 of row 1 of the input "kind" picks no row of 5; give 0 to 4$/],
      ["that something is no number", { image: [image[0]!, Array(6).fill("1") as number[], image[2]!], kind }, /^1 of row 1 of the input "image" is no number$/],
    ];
    for (const [what, inputs, message] of cases)
      it(what, async () => {
        const stream = Stream.open(await headsSession(3, 4));
        for (const call of [
          () => stream.feed(prompts, { inputs }),
          () => stream.score(prompts, { inputs }).next(),
        ])
          await assert.rejects(call, (error: Error) => {
            assert.equal(error.name, "UserError");
            assert.match(error.message, message);
            return true;
          });
        assert.deepEqual(stream.seen, [0, 0, 0]);
      });

    it("which outputs there are", async () => {
      const stream = Stream.open(await headsSession(3, 4));
      const outputs = ["vlaue"];
      const gives = /gives no output "vlaue"; it gives logits, value/;
      await assert.rejects(stream.feed(prompts, { ...withInputs, outputs }), gives);
      await assert.rejects(
        stream.step([1, 2, 3], { inputs: inputsOf([[1], [2], [3]]), outputs }),
        gives,
      );
      await assert.rejects(stream.score(prompts, { ...withInputs, outputs }).next(), gives);
      assert.deepEqual(stream.seen, [0, 0, 0]);
    });

    it("whether tokens are to be given", async () => {
      const without = Stream.open(await headsSession(3, 4, { ...everything, tokens: false }));
      await assert.rejects(
        without.feed(prompts, withInputs),
        /reads no tokens but "kind", "image"; give null in place of tokens$/,
      );
      const withTokens = Stream.open(await headsSession(3, 4));
      await assert.rejects(
        withTokens.feed(null, withInputs),
        /this model reads tokens; give a list/,
      );
      await assert.rejects(
        without.feed(null, { inputs: { ...withInputs.inputs, kind: kind.map(() => [1]) } }),
        /row 0 of the input "image" has 42 numbers, not 6: 1 token with/,
      );
    });

    it("which tokens a model without logits knows, as its table has rows", async () => {
      const shape = { tokens: true, inputs: false, logits: false };
      const stream = Stream.open(await headsSession(1, 4, shape));
      await stream.feed([[0, 6]]);
      await assert.rejects(
        stream.feed([[0, 7]]),
        /token 7 of row 0 is outside the vocabulary of 7/,
      );
    });

    it("that generating takes tokens and logits, and how far inputs may reach", async () => {
      const next = async (shape: Partial<typeof everything>, inputs: InputRows) =>
        Stream.open(await headsSession(3, 4, { ...everything, ...shape }))
          .generate({ prompts, maxTokens: 3, inputs })
          .next();
      await assert.rejects(
        next({ logits: false }, withInputs.inputs),
        /gives logits, but it gives classes, value; use feed, step or score$/,
      );
      await assert.rejects(
        next({ tokens: false }, withInputs.inputs),
        /but it reads no tokens; use/,
      );
      for (const tokens of [0, 4])
        await assert.rejects(
          next({}, { image, kind: [kind[0]!, Array(tokens).fill(1), kind[2]!] }),
          new RegExp(
            `row 1 of the input "kind" has ${tokens} numbers; give 1 a token for the 1 of its prompt, and for up to 2 that follow`,
          ),
        );
    });
  });
});
