import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { type ExecutorName, openExecutor } from "../../src/execute/executors.ts";
import type { Precision } from "../../src/passes/precision.ts";
import { assertClose, loadForTest } from "../../src/testing.ts";
import { Stream } from "../../targets/stream.ts";

const text = readFileSync(new URL("../../examples/griffin.eyrie", import.meta.url), "utf8");
const settings = {
  vocab: 61,
  width: 20,
  rnn_width: 24,
  heads: 2,
  head_dim: 12,
  gate_blocks: 3,
  hidden: 28,
  window: 5,
  depth: 3,
};

async function logitsOn(executor: ExecutorName, parameters: Precision["parameters"]) {
  const opened = await openExecutor({ executor, f16: parameters === "f16" });
  const source = { file: "griffin.eyrie", text };
  const model = await loadForTest(opened, source, {
    settings,
    chunk: 8,
    entries: ["prefill", "decode"],
    precision: { parameters },
  });
  const stream = Stream.open(model.session);
  await stream.feed([[5, 9, 60, 33, 2, 17, 8, 44, 3]]);
  const { logits } = await stream.step([12]);
  stream.release();
  await model.release();
  return logits.data;
}

describe("weights stored in half precision", () => {
  it("mean the same in kernels as in the graph", async () => {
    const want = await logitsOn("evaluate", "f16");
    // The largest difference seen is 1.4e-6, of sums in f32.
    assertClose(await logitsOn("interpret", "f16"), want, 5e-6, "logits");
  });

  it("move the logits by the rounding of the weights and no more", async () => {
    const whole = await logitsOn("evaluate", "f32");
    const half = await logitsOn("evaluate", "f16");
    const moved = Math.max(...whole.map((v, i) => Math.abs(v - half[i]!)));
    // Seen: 2.1e-3.
    assert.ok(moved > 0);
    assertClose(half, whole, 5e-3, "logits");
  });
});
