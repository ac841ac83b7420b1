import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Caps } from "../../codegen/kernel.ts";
import { standardLibrary } from "../../dsl/standard-node.ts";
import { type CompileOptions, compile } from "../../src/compile.ts";
import type { Executor } from "../../src/execute/executors.ts";
import { assertClose, loadForTest } from "../../src/testing.ts";
import {
  noSchedules,
  parseSchedules,
  printSchedules,
  type ScheduleFile,
  withRegion,
} from "../../src/tune/file.ts";
import { measuredOn } from "../../src/tune/lookup.ts";
import { Stream } from "../../targets/stream.ts";
import { executorOrSkip, executors } from "../executor.ts";
import { drawnSchedules } from "../tune/drawn.ts";

const text = readFileSync(new URL("../../examples/griffin.eyrie", import.meta.url), "utf8");
const settings = {
  vocab: 130,
  width: 48,
  rnn_width: 40,
  heads: 3,
  head_dim: 16,
  gate_blocks: 5,
  hidden: 52,
  window: 9,
  depth: 3,
};
const tokens = Array.from({ length: 26 }, (_, i) => (i * i * 11 + 5 * i) % 130);

/** What a software adapter is compiled for is not what a GPU gets; these are, on whatever adapter is here. */
const devices: Readonly<Record<string, Partial<Caps>>> = {
  "a GPU, with barriers and workgroup memory": { barriers: "cheap", busyLanes: 16384 },
  "a GPU without subgroups": { barriers: "cheap", busyLanes: 16384, subgroup: null },
  "WebGPU's guaranteed eight buffers a kernel": { maxBuffersPerKernel: 8 },
  "bindings too small for the embedding": { maxBindingBytes: 16384 },
  "few workgroups a dimension": { maxWorkgroupsPerDimension: 7 },
};

const source = { file: "griffin.eyrie", text };
const sizes = { settings, batch: 2, chunk: 16, entries: ["prefill", "decode"] as const };

/** Logits after a ragged feed of two rows and one step, then drawn tokens. */
async function runOn(
  executor: Executor,
  tuned: Pick<CompileOptions, "schedules" | "onNotice" | "settings"> = {},
) {
  const model = await loadForTest(executor, source, { ...sizes, ...tuned });
  const stream = Stream.open(model.session);
  const fed = await stream.feed([tokens, tokens.slice(3, 12)]);
  const stepped = await stream.step([7, 129], { outputs: ["logits", "token"] });
  stream.release();
  await model.release();
  return [fed.logits.data, stepped.logits.data, stepped.token.data] as const;
}

/** A file of drawn schedules, as eyrie tune writes it. */
function fileFor({ caps, device }: Executor, seed: number): ScheduleFile {
  const { compiled } = compile([source], { ...sizes, standard: standardLibrary(), caps });
  let file = noSchedules;
  for (const [signature, region] of Object.entries(drawnSchedules(compiled!, seed)))
    file = withRegion(file, device!, signature, region);
  return parseSchedules(printSchedules(file), "schedules.json");
}

describe("a model compiled for", function () {
  this.timeout(240_000);
  for (const [name, caps] of Object.entries(devices))
    it(`${name} gives what its graph means`, async function () {
      const executor = await executorOrSkip(this);
      const got = await runOn({ ...executor, caps: { ...executor.caps, ...caps } });
      const want = await runOn(await executors.evaluate());
      // The largest difference seen on lavapipe and SwiftShader is 1.8e-6.
      for (const [i, data] of got.entries()) assertClose(data, want[i]!, 7e-6, `output ${i}`);
    });

  for (const [keys, window, caps] of [
    ["many keys", 600, {}],
    [
      "so many keys that workgroups of a GPU share them",
      4200,
      { barriers: "cheap", busyLanes: 16384 },
    ],
  ] as const)
    it(`a window of ${keys} gives what its graph means`, async function () {
      const wide = { settings: { ...settings, window } };
      const executor = await executorOrSkip(this);
      const got = await runOn({ ...executor, caps: { ...executor.caps, ...caps } }, wide);
      const want = await runOn(await executors.evaluate(), wide);
      // The largest difference seen is 2.4e-6 on lavapipe and 2.2e-6 on SwiftShader.
      for (const [i, data] of got.entries()) assertClose(data, want[i]!, 7e-6, `output ${i}`);
    });

  for (const seed of [1, 2])
    it(`schedules drawn by seed ${seed}, from a file, gives what its graph means`, async function () {
      const executor = await executorOrSkip(this);
      const { caps, device } = executor;
      const { schedules } = measuredOn(fileFor(executor, seed), device, caps, assert.fail);
      const got = await runOn(executor, { schedules: schedules!, onNotice: assert.fail });
      const want = await runOn(await executors.evaluate());
      // The largest difference seen on lavapipe and SwiftShader is 1.9e-6.
      for (const [i, data] of got.entries()) assertClose(data, want[i]!, 7e-6, `output ${i}`);
    });
});
