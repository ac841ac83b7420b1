import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { loadForTest } from "../../src/testing.ts";
import { Stream } from "../../targets/stream.ts";
import { executors } from "../executor.ts";

const text = readFileSync(new URL("../../examples/hawk.eyrie", import.meta.url), "utf8");
const settings = { vocab: 61, width: 20, rnn_width: 24, gate_blocks: 3, hidden: 28, depth: 1 };
const ways = [
  { temperature: 1, seed: 11 },
  { temperature: 0.7, topK: 5, seed: 12 },
  { temperature: 1.3, topP: 0.6, seed: 13 },
  { temperature: 0.9, topK: 20, topP: 0.8, seed: [14, 15] },
  { temperature: 0 },
] as const;

describe("sampling", function () {
  this.timeout(120_000);
  const drawn = new Map<string, readonly (readonly (number | null)[])[][]>();
  for (const [name, open] of Object.entries(executors))
    it(`draws the same tokens from a seed on ${name} as on every other executor`, async function () {
      const source = { file: "hawk.eyrie", text };
      const model = await loadForTest(await open(this), source, { settings, batch: 2, chunk: 4 });
      const all: (readonly (number | null)[])[][] = [];
      for (const way of ways) {
        const stream = Stream.open(model.session);
        const tokens: (readonly (number | null)[])[] = [];
        const prompts = [[3, 1, 4, 1, 5], [9]];
        for await (const step of stream.generate({ prompts, maxTokens: 6, ...way }))
          tokens.push(step);
        stream.release();
        all.push(tokens);
      }
      await model.release();
      drawn.set(name, all);
      assert.deepEqual(all, drawn.get("evaluate"));
      assert.notDeepEqual(
        all[0],
        all[4],
        "a draw at temperature 1 differs from the most likely tokens",
      );
    });
});
