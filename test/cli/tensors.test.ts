import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { openModel, Stream } from "../../src/index.ts";
import { openCheckpoint } from "../../src/weights/checkpoint.ts";
import { writeSafetensors } from "../../src/weights/file.ts";
import { eyrie, temporaryFolder } from "./eyrie.ts";

/** Reads tokens, a picture and a kind of each, and gives three outputs. */
const rich = `model rich(image: [B, T, P], kind: int[B, T], vocab: size = 11, kinds: size = 5, P: size = 6, width: size = 8) {
  param embedding: [vocab, width] = normal(1 / width)
  param table: [kinds, width] = normal(1 / width)
  param eye: [P, width] = normal(1 / P)
  x = gather(embedding, tokens) + gather(table, kind) + contract(image, eye, over: P)
  y = x + scan(0.5, x) as memory
  { logits: contract(y, embedding, over: width), value: mean(y, over: width), early: x }
}
`;
/** Reads pictures alone. */
const classifier = `model classifier(image: [B, T, P], P: size = 6, classes: size = 5) {
  param head: [P, classes] = normal(1 / P)
  { classes: contract(scan(0.5, image) as memory, head, over: P) }
}
`;
/** Reads tokens alone, and gives no logits. */
const scores = `model scores(vocab: size = 11, width: size = 8) {
  param embedding: [vocab, width] = normal(1 / width)
  { scores: gather(embedding, tokens) }
}
`;

describe("models of several inputs and outputs on the command line", function () {
  this.timeout(60_000);
  const at = temporaryFolder();
  const evaluate = ["--executor", "evaluate"];
  before(async () => {
    for (const [name, text] of Object.entries({ rich, classifier, scores })) {
      writeFileSync(at(`${name}.eyrie`), text);
      const words = ["init-weights", at(`${name}.eyrie`), at(`${name}.safetensors`)];
      assert.equal((await eyrie(...words)).code, 0);
    }
    await writeSafetensors(at("given.safetensors"), [
      { name: "tokens", dtype: "I32", shape: [1, 3], read: async () => Int32Array.of(1, 2, 3) },
      { name: "kind", dtype: "I32", shape: [1, 3], read: async () => Int32Array.of(4, 0, 1) },
      { name: "image", dtype: "F32", shape: [1, 3, 6], read: async () => image },
    ]);
    await writeSafetensors(at("none.safetensors"), [
      { name: "x", dtype: "F32", shape: [1, 3, 6], read: async () => image },
    ]);
  });
  const image = Float32Array.from({ length: 18 }, (_, i) => Math.sin(i));
  const run = (name: string, ...words: string[]) =>
    eyrie("eval", at(`${name}.eyrie`), at("given.safetensors"), ...evaluate, ...words);

  it("are evaluated on tensors of a file, and every output is written", async () => {
    const weights = at("rich.safetensors");
    const { code, err } = await run("rich", "--weights", weights, "--output", at("y.safetensors"));
    assert.equal(code, 0, err);
    const model = await openModel({
      model: at("rich.eyrie"),
      weights,
      executor: "evaluate",
      chunk: 4,
    });
    const file = await openCheckpoint(at("y.safetensors"));
    const stream = Stream.open(model.session);
    const inputs = { kind: [[4, 0, 1]], image: [image] };
    const names = ["logits", "value", "early"] as const;
    for await (const { outputs } of stream.score([[1, 2, 3]], { inputs, outputs: names }))
      for (const name of names) {
        const { shape, data } = await file.read(name);
        assert.equal(shape[1], 3);
        assert.deepEqual(data, outputs[name].data.slice(0, data.length), name);
      }
    assert.deepEqual(
      [...file.tensors.keys()]
        .filter((name) => !names.some((output) => output === name))
        .toSorted(),
      ["memory.scan", "seen"],
    );
    await file.close();
    await model.release();
  });
  it("are evaluated on what they read, tokens or not", async () => {
    const { code, out, err } = await run(
      "classifier",
      "--weights",
      at("classifier.safetensors"),
      "--json",
    );
    assert.equal(code, 0, err);
    assert.deepEqual(
      (JSON.parse(out) as { name: string; shape: number[] }[]).map(({ name, shape }) => [
        name,
        shape,
      ]),
      [
        ["classes", [1, 3, 5]],
        ["memory.scan", [1, 6]],
        ["seen", [1]],
      ],
    );
  });
  it("are listed with what they take and give", async () => {
    const { out } = await eyrie("inspect", at("rich.eyrie"));
    for (const line of [
      /^ {2}input tokens +i32 \[batch, tokens\]$/m,
      /^ {2}input kind +i32 \[batch, tokens\]$/m,
      /^ {2}input image +f32 \[batch, tokens, 6\]$/m,
      /^ {2}output logits +f32 \[batch, tokens, 11\]$/m,
      /^ {2}output value +f32 \[batch, tokens\]$/m,
    ])
      assert.match(out, line);
    const bundle = ["compile", at("classifier.eyrie"), "--output", at("bundle")];
    assert.equal((await eyrie(...bundle)).code, 0);
    const listed = JSON.parse((await eyrie("inspect", at("bundle"), "--json")).out);
    assert.deepEqual(listed.inputs, [{ name: "image", dtype: "f32", shape: [6] }]);
    assert.deepEqual(listed.outputs, [{ name: "classes", dtype: "f32", shape: [5] }]);
  });

  type Case = readonly [what: string, words: readonly string[], message: RegExp];
  const weights = (name: string) => [
    at(`${name}.eyrie`),
    "--weights",
    at(`${name}.safetensors`),
    ...evaluate,
  ];
  // biome-ignore format: a case a line
  const cases: readonly Case[] = [
    ["run refuses inputs beside tokens", ["run", ...weights("rich"), "--tokens", "1"], /^error: rich reads more than tokens \(kind, image\), so run cannot take it; give it tensors from a file with eyrie eval, or in a program with Stream$/m],
    ["run refuses inputs alone", ["run", ...weights("classifier"), "--tokens", "1"], /^error: classifier reads no tokens \(image\), so run cannot take it; give it tensors/m],
    ["perplexity refuses inputs beside tokens", ["perplexity", ...weights("rich"), "--tokens", "1,2"], /^error: rich reads more than tokens \(kind, image\), so perplexity cannot take it; give it/m],
    ["eval says what a file lacks", ["eval", at("classifier.eyrie"), at("none.safetensors"), ...evaluate], /holds no input "tokens", int \[batch, tokens\], or "image", \[batch, tokens, …\]$/m],
    ["eval says which shape an input has", ["eval", at("rich.eyrie"), at("given.safetensors"), "--set", "P=5", "--weights", at("five.safetensors"), ...evaluate], /input "image" of score must be f32 \[1, 3, 5\], not f32 \[1, 3, 6\] with 18 elements$/m],
  ];
  for (const [what, words, message] of cases)
    it(what, async () => {
      if (words.includes(at("five.safetensors")))
        await eyrie("init-weights", at("rich.eyrie"), at("five.safetensors"), "--set", "P=5");
      const { code, err } = await eyrie(...words);
      assert.match(err, message);
      assert.equal(code, 1);
    });
  for (const command of ["run", "perplexity"])
    it(`${command} refuses a model without logits`, async () => {
      const { code, err } = await eyrie(command, ...weights("scores"), "--tokens", "1,2");
      assert.match(
        err,
        new RegExp(
          `^error: scores gives no logits \\(but scores\\), so ${command} cannot take it; `,
          "m",
        ),
      );
      assert.equal(code, 1);
    });
});
