import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import {
  bundleOf,
  compile,
  DiagnosticsError,
  initialWeights,
  openModel,
  readBundle,
  restoreState,
  Stream,
  saveState,
  stackRows,
  standardLibrary,
  takeRow,
  UserError,
  writeBundle,
  writeWeights,
} from "../src/index.ts";
import { assertClose } from "../src/testing.ts";
import { smallModel, temporaryFolder } from "./cli/eyrie.ts";

describe("the library", () => {
  const at = temporaryFolder();
  const file = at("small.eyrie");
  const source = { file, text: smallModel };
  const standard = standardLibrary();
  before(() => writeFileSync(file, smallModel));
  const open = (more: Partial<Parameters<typeof openModel>[0]> = {}) =>
    openModel({ model: file, weights: { seed: 4 }, executor: "evaluate", chunk: 4, ...more });

  it("compiles text to programs, and hands back diagnostics rather than throwing", () => {
    const { compiled, diagnostics } = compile([source], { standard, settings: { width: 8 } });
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(Object.keys(compiled?.entries ?? {}), ["prefill", "score", "decode"]);
    assert.equal(compiled?.model.settings.width, 8);
    const wrong = compile([source], { standard, settings: { width: Number.NaN } });
    assert.equal(wrong.compiled, null);
    assert.deepEqual(
      wrong.diagnostics.map((d) => d.code),
      ["E0411"],
    );
  });
  it("throws rendered diagnostics where a model is opened", async () => {
    await assert.rejects(
      open({ settings: { wdith: 3 } }),
      (error) => error instanceof DiagnosticsError && /did you mean `width`/.test(error.message),
    );
    await assert.rejects(open({ model: at("no.eyrie") }), UserError);
  });
  it("streams, and a stream restored from a file goes on as the one that was saved", async () => {
    const model = await open();
    const { name } = model.compiled.model;
    const stream = Stream.open(model.session);
    await stream.feed([[1, 2, 3, 4, 5, 6]]);
    await saveState(at("state.safetensors"), await stream.save(), name);
    const again = await Stream.restore(
      model.session,
      await restoreState(at("state.safetensors"), name),
    );
    assert.deepEqual(again.seen, [6]);
    assertClose((await again.step([7])).logits, (await stream.step([7])).logits, 1e-5);
    await assert.rejects(
      restoreState(at("state.safetensors"), "other"),
      /holds the state of the model small, not of other/,
    );
    again.release();
    stream.release();
    await model.release();
  });
  it("puts rows of saved streams side by side in a larger batch", async () => {
    const [one, two] = [await open(), await open({ batch: 2 })];
    const rows = [
      [1, 2, 3],
      [4, 5, 6, 7, 8],
    ];
    const saved = await Promise.all(
      rows.map(async (row) => {
        const stream = Stream.open(one.session);
        await stream.feed([row]);
        return stream.save();
      }),
    );
    const both = await Stream.restore(two.session, stackRows(saved));
    const direct = Stream.open(two.session);
    await direct.feed(rows);
    assert.deepEqual(both.seen, [3, 5]);
    assertClose((await both.step([9, 10])).logits, (await direct.step([9, 10])).logits, 1e-5);
    assert.deepEqual(takeRow(stackRows(saved), 1), saved[1]);
    await one.release();
    await two.release();
  });
  it("reads the weights that it wrote", async () => {
    const random = await open();
    const { parameters } = random.compiled.model;
    await writeWeights(at("w.safetensors"), parameters, initialWeights(parameters, 4));
    const stored = await open({ weights: at("w.safetensors") });
    const logits = await Promise.all(
      [random, stored].map(async (m) => (await Stream.open(m.session).feed([[1, 2, 3]])).logits),
    );
    assert.deepEqual(logits[0], logits[1]);
    await random.release();
    await stored.release();
  });
  it("reads the bundle that it wrote", async () => {
    const { compiled } = compile([source], { standard, entries: ["decode"] });
    assert.ok(compiled);
    const bundle = bundleOf(compiled);
    await writeBundle(at("bundle"), bundle);
    assert.deepEqual(await readBundle(at("bundle")), JSON.parse(JSON.stringify(bundle)));
  });
});
