import { readFileSync } from "node:fs";
import type { Source } from "../../src/compile.ts";
import {
  assertClose,
  assertStreamsAgree,
  loadForTest,
  type ModelUnderTest,
} from "../../src/testing.ts";
import { stackRows, takeRow } from "../../targets/state.ts";
import { Stream } from "../../targets/stream.ts";
import { executors } from "../executor.ts";

const read = (name: string): Source => ({
  file: name,
  text: readFileSync(new URL(`../../examples/${name}.eyrie`, import.meta.url), "utf8"),
});

/** Odd sizes everywhere; a window that no chunk divides. */
const small = {
  vocab: 37,
  width: 20,
  rnn_width: 24,
  heads: 2,
  head_dim: 12,
  gate_blocks: 3,
  hidden: 28,
  taps: 3,
};
const models = [
  {
    name: "hawk",
    settings: { vocab: 37, width: 20, rnn_width: 24, gate_blocks: 3, hidden: 28, depth: 2 },
  },
  { name: "griffin", settings: { ...small, window: 5, depth: 3 } },
  { name: "mqa", settings: { vocab: 37, width: 20, heads: 2, head_dim: 12, hidden: 28, depth: 2 } },
] as const;

const tokens = Array.from({ length: 23 }, (_, i) => (i * i * 7 + 3 * i) % 37);
const other = Array.from({ length: 11 }, (_, i) => (i * 5 + 1) % 37);
/** Orders of f32 sums differ: the largest difference met is 1.3e-6, as far as any of them is from float64. */
const tolerance = 2.5e-6;

for (const [executorName, open] of Object.entries(executors))
  for (const { name, settings } of models)
    describe(`${name} on ${executorName}`, function () {
      this.timeout(120_000);
      let model: ModelUnderTest;
      const load = async (test: Mocha.Context, batch: number, chunk: number) =>
        loadForTest(await open(test), read(name), { settings, batch, chunk, context: 64 });
      afterEach(async () => model?.release());

      it("gives the same logits token by token and by chunks of any size", async function () {
        model = await load(this, 1, 8);
        await assertStreamsAgree(model.session, tokens, {
          tolerance,
          parts: executorName === "interpret" ? [5] : [2, 3, 7, 8, 13],
        });
      });

      it("gives each row of a ragged batch what it gets alone", async function () {
        model = await load(this, 3, 8);
        const together = Stream.open(model.session);
        const { logits } = await together.feed([tokens, other, tokens.slice(0, 1)]);
        together.release();
        for (const [row, prompt] of [tokens, other, tokens.slice(0, 1)].entries()) {
          const alone = Stream.open(model.session);
          const got = await alone.feed(
            [prompt, prompt.slice(0, 1), prompt.slice(0, 2)].slice(0, 3),
          );
          alone.release();
          assertClose(
            got.logits.data.slice(0, 37),
            logits.data.slice(row * 37, (row + 1) * 37),
            tolerance,
            `row ${row}`,
          );
        }
      });

      it("goes on from a saved, cut and restacked state as if nothing had happened", async function () {
        model = await load(this, 2, 8);
        const stream = Stream.open(model.session);
        await stream.feed([tokens, other]);
        const saved = await stream.save();
        const expected = await stream.step([5, 6]);
        stream.release();
        const swapped = stackRows([takeRow(saved, 1), takeRow(saved, 0)]);
        const restored = await Stream.restore(model.session, swapped);
        const got = await restored.step([6, 5]);
        restored.release();
        // The evaluator carries doubles, which saving rounds to f32; the others give the same bits.
        const allowed = executorName === "evaluate" ? tolerance : 0;
        assertClose(got.logits.data.slice(0, 37), expected.logits.data.slice(37), allowed, "row 0");
        assertClose(got.logits.data.slice(37), expected.logits.data.slice(0, 37), allowed, "row 1");
      });
    });
