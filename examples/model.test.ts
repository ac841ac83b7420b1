/** Tests of a model as its author writes them: any mocha, `eyrie/testing`, random weights by seed. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Stream } from "eyrie";
import {
  assertClose,
  assertStreamsAgree,
  loadForTest,
  type ModelUnderTest,
  releaseExecutors,
  sharedExecutor,
} from "eyrie/testing";

const file = new URL("griffin.eyrie", import.meta.url).pathname;
const small = {
  vocab: 50,
  width: 24,
  rnn_width: 32,
  depth: 3,
  heads: 2,
  head_dim: 8,
  gate_blocks: 4,
  window: 5,
};

describe("griffin, small", function () {
  this.timeout(120_000);
  let model: ModelUnderTest;
  before(async () => {
    // Without options the executor is the machine's best adapter; the evaluator needs none.
    const executor = await sharedExecutor({ executor: "evaluate" });
    model = await loadForTest(
      executor,
      { file, text: readFileSync(file, "utf8") },
      { settings: small, chunk: 8, weights: { seed: 1 } },
    );
  });
  after(async () => {
    await model.release();
    await releaseExecutors();
  });

  it("reads a text token by token, in parts or at once with the same logits", async () => {
    await assertStreamsAgree(model.session, [1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7], {
      tolerance: 1e-4,
      parts: [2, 5],
    });
  });
  it("forgets a document when the next one starts", async () => {
    const logitsOf = async (tokens: readonly number[], positions: readonly number[]) => {
      const stream = Stream.open(model.session);
      const { logits } = await stream.feed([tokens], { positions: [positions] });
      stream.release();
      return logits;
    };
    assertClose(
      await logitsOf([7, 8, 9, 3, 4], [0, 1, 2, 0, 1]),
      await logitsOf([3, 4], [0, 1]),
      1e-5,
      "logits",
    );
  });
  it("has the parameters that its settings say", () => {
    const { parameters } = model.compiled.model;
    assert.deepEqual(parameters.find((p) => p.name === "embedding")?.shape, [50, 24]);
  });
});
