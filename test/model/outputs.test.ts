import assert from "node:assert/strict";
import { readBundle } from "../../src/bundle/read.ts";
import { writeBundle } from "../../src/bundle/write.ts";
import { openBundle } from "../../src/execute/open-bundle.ts";
import { topological } from "../../src/graph/walk.ts";
import { bundleOf, compile, Stream, standardLibrary, writeWeights } from "../../src/index.ts";
import { assertClose, assertEntriesAgree, loadForTest } from "../../src/testing.ts";
import { initialWeights } from "../../src/weights/initialize.ts";
import { temporaryFolder } from "../cli/eyrie.ts";
import { deviceOrSkip } from "../device.ts";
import { executors } from "../executor.ts";

/** What time mixes is as large as what it mixes, so that a mistake in it shows. */
const layers = `
block layer(x: [B, T, D], mix: block) -> [B, T, D] {
  r = x + mix(rms_norm(x) as norm) as mixed
  r + linear(silu(linear(r, out: 12) as up), out: D) as down
}
block fade(x: [B, T, D]) -> [B, T, D] {
  param rate: [D] = uniform(-1, 1)
  scan(if position == 0 then 0 else sigmoid(rate + x), linear(x, out: D) as write)
}
block look(x: [B, T, D]) -> [B, T, D] {
  q = split(project(x, out: D) as q, D, [2, 4])
  k = split(project(x, out: D) as k, D, [2, 4])
  v = split(project(x, out: D) as v, D, [2, 4])
  merge(attend(q, k, v, window: 3, rotary: 0.5), [2, 4], D)
}
`;
const heads = `{ logits: contract(n, embedding, over: width), value: mean(tanh(n), over: width), early: x }`;
const rich = (result: string) => `${layers}
model rich(image: [B, T, P, Q], kind: int[B, T], vocab: size = 11, kinds: size = 5, P: size = 2, Q: size = 3, width: size = 8) {
  param embedding: [vocab, width] = normal(1 / width)
  param table: [kinds, width] = normal(1 / width)
  param eye: [P, Q, width] = normal(1 / P)
  x = gather(embedding, tokens) + gather(table, kind) + contract(image, eye, over: [P, Q])
  n = rms_norm(layer(layer(x, mix: fade()) as one, mix: look()) as two) as norm
  ${result}
}
`;
const classifier = `${layers}
model classifier(image: [B, T, P], P: size = 6, classes: size = 5) {
  param eye: [P, 8] = normal(1 / P)
  param head: [8, classes] = normal(1 / 8)
  { classes: contract(layer(contract(image, eye, over: P), mix: fade()) as one, head, over: 8) }
}
`;
/** Outputs that are inputs, positions, constants, one another, and of many dimensions. */
const odd = `
model odd(image: [B, T, P, Q], P: size = 2, Q: size = 3) {
  x = scan(0.5, image)
  { x: x, same: x, image: image, place: float(position), none: image * 0, halves: x / 2, mean: mean(x, over: [P, Q]) }
}
`;
const source = (text: string) => ({ file: "model.eyrie", text });
/** Orders of f32 sums differ, and saved states round the evaluator's doubles; the largest difference met is 9.6e-7, of values up to 10. */
const tolerance = 3e-6;

for (const [executorName, open] of Object.entries(executors))
  describe(`a model of inputs and outputs of its own on ${executorName}`, function () {
    this.timeout(180_000);
    const models = { "tokens, pictures and kinds": rich(heads), pictures: classifier, odd };
    for (const [name, text] of Object.entries(models))
      it(`gives the same outputs however ${name === "odd" ? "odd ones" : name} are fed`, async function () {
        const options = { tolerance, length: 11, chunk: 4 };
        const largest = await assertEntriesAgree(await open(this), source(text), options);
        assert.ok(largest <= tolerance);
      });

    if (executorName === "evaluate") return;
    it("gives what the evaluator gives", async function () {
      const [executor, evaluator] = [await open(this), await executors.evaluate()];
      const rows = [[1, 2, 3, 4, 5, 6, 7], [8]];
      const inputs = {
        kind: rows.map((row) => row.map((n) => n % 5)),
        image: rows.map((row) => row.flatMap((n) => [n, 0, -1, 0.5, 2 / n, 1])),
      };
      const run = async (on: typeof executor) => {
        const model = await loadForTest(on, source(rich(heads)), { batch: 2, chunk: 4 });
        const stream = Stream.open(model.session);
        const outputs = ["logits", "value", "early", "token"] as const;
        const found = await stream.feed(rows, { inputs, outputs });
        await model.release();
        return found;
      };
      const [found, expected] = [await run(executor), await run(evaluator)];
      for (const name of ["logits", "value", "early"] as const)
        assertClose(found[name], expected[name], tolerance, name);
      assert.deepEqual(found.token, expected.token);
    });
  });

describe("a model of inputs and outputs of its own", function () {
  this.timeout(120_000);
  const at = temporaryFolder();
  const standard = standardLibrary();

  it("computes all outputs of the last token on one row, behind the last mixing of time", () => {
    const rows = (result: string) => {
      const { compiled } = compile([source(rich(result))], {
        standard,
        entries: ["prefill"],
        chunk: 4,
      });
      return topological(compiled!.entries.prefill!.graph)
        .filter((node) => node.op === "contract")
        .map((node) => node.type.shape[1]);
    };
    const many = (of: readonly unknown[]) => of.filter((n) => n === 4).length;
    const [one, all] = [rows(heads.replace(/, value.*early: x/, "")), rows(heads)];
    assert.equal(many(all), many(one));
    assert.ok(many(one) > 0 && many(one) < one.length);
  });

  it("may read positions alone, which then say how many tokens there are", async () => {
    const evaluator = await executors.evaluate();
    const text = "model clock(w: size = 2) { { beat: spread(sin(float(position)), [B, T, w]) } }";
    const options = { tolerance, length: 11, chunk: 4 };
    assert.ok((await assertEntriesAgree(evaluator, source(text), options)) < tolerance);
    const model = await loadForTest(evaluator, source(text), { chunk: 4 });
    const stream = Stream.open(model.session);
    const { beat } = await stream.feed<"beat">(null, { positions: [[0, 1, 2, 0, 1, 5]] });
    assertClose(beat.data, new Float32Array(2).fill(Math.sin(5)), 1e-6);
    assert.deepEqual(stream.seen, [6]);
    await assert.rejects(stream.feed(null), /reads neither tokens nor inputs; give `positions`$/);
    await model.release();
  });

  it("streams as a block alone does", async () => {
    const evaluator = await executors.evaluate();
    const text = `${layers}block pair(x: [B, T, D]) -> { kept: [B, T, D], sum: [B, T] } { y = layer(x, mix: fade()) as one { kept: y, sum: sum(y, over: D) } }`;
    const largest = await assertEntriesAgree(evaluator, source(text), {
      ...{ item: "pair", inputs: { x: [3, 4, 8] }, tolerance, length: 11, chunk: 4 },
    });
    assert.ok(largest < tolerance);
  });

  it("is a bundle that loads, runs, saves and restores without the compiler", async function () {
    await deviceOrSkip(this);
    const { compiled } = compile([source(classifier)], { standard, chunk: 4 });
    assert.ok(compiled);
    await writeBundle(at("bundle"), bundleOf(compiled));
    const { parameters } = compiled.model;
    await writeWeights(at("w.safetensors"), parameters, initialWeights(parameters, 0));
    const opened = await openBundle(await readBundle(at("bundle")), {
      weights: at("w.safetensors"),
    });
    const stream = Stream.open(opened.session);
    const image = Array.from({ length: 7 * 6 }, (_, i) => Math.sin(i));
    const cut = (from: number, until: number) => ({
      inputs: { image: [image.slice(6 * from, 6 * until)] },
    });
    await stream.feed(null, cut(0, 5));
    const restored = await Stream.restore(opened.session, await stream.save());
    const found = await restored.feed<"classes">(null, cut(5, 7));
    await opened.release();
    const model = await loadForTest(await executors.evaluate(), source(classifier), { chunk: 4 });
    const expected = await Stream.open(model.session).feed<"classes">(null, cut(0, 7));
    assert.deepEqual(expected.classes.shape, [1, 5]);
    assertClose(found.classes, expected.classes, tolerance, "classes");
  });
});
