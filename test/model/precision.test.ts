import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { minimumCaps } from "../../codegen/kernel.ts";
import { standardLibrary } from "../../dsl/standard-node.ts";
import { compile } from "../../src/compile.ts";
import type { Executor } from "../../src/execute/executors.ts";
import { UserError } from "../../src/graph/bug.ts";
import type { PrecisionName } from "../../src/passes/precision.ts";
import { assertClose, assertEntriesAgree, loadForTest } from "../../src/testing.ts";
import { Stream } from "../../targets/stream.ts";
import { toKernelText } from "../../targets/wgsl/print.ts";
import { executorOrSkip, executors } from "../executor.ts";

const source = (path: string) => ({
  file: path,
  text: readFileSync(new URL(`../../examples/${path}`, import.meta.url), "utf8"),
});
const griffin = source("griffin.eyrie");
/** Odd sizes everywhere, so that halves share their words with others. */
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

async function logitsOn(opened: Executor, parameters: PrecisionName, depth = settings.depth) {
  const executor = { ...opened, caps: { ...opened.caps, f16: parameters === "f16" } };
  const model = await loadForTest(executor, griffin, {
    settings: { ...settings, depth },
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

/** How far the rounding of all weights has been seen to move a logit. */
const moves = {
  f16: { seen: "2.1e-3", most: 5e-3 },
  bf16: { seen: "2.0e-2", most: 5e-2 },
} as const;

for (const half of ["f16", "bf16"] as const)
  describe(`weights stored as ${half}`, () => {
    it("mean the same in kernels as in the graph", async () => {
      const want = await logitsOn(await executors.evaluate(), half);
      // The largest difference seen is 1.4e-6, of sums in f32.
      assertClose(await logitsOn(await executors.interpret(), half), want, 5e-6, "logits");
    });

    it(`move the logits by the rounding of the weights and no more: ${moves[half].seen}`, async () => {
      const whole = await logitsOn(await executors.evaluate(), "f32");
      const stored = await logitsOn(await executors.evaluate(), half);
      const moved = Math.max(...whole.map((v, i) => Math.abs(v - stored[i]!)));
      assert.ok(moved > 0);
      assertClose(stored, whole, moves[half].most, "logits");
    });
  });

describe("weights stored as bf16 on an adapter", function () {
  this.timeout(240_000);
  it("mean what the graph means, whatever the adapter has", async function () {
    const want = await logitsOn(await executors.evaluate(), "bf16");
    const got = await logitsOn(await executorOrSkip(this), "bf16");
    // Seen on lavapipe: 1.3e-6.
    assertClose(got, want, 7e-6, "logits");
  });

  it("mean the same in pieces, and to a GPU's kernels", async function () {
    const opened = await executorOrSkip(this);
    const want = await logitsOn(await executors.evaluate(), "bf16", 1);
    for (const caps of [
      { maxBindingBytes: 2048 },
      { barriers: "cheap", busyLanes: 16384 },
    ] as const) {
      const executor = { ...opened, caps: { ...opened.caps, ...caps } };
      assertClose(await logitsOn(executor, "bf16", 1), want, 7e-6, JSON.stringify(caps));
    }
  });

  it("give the same however their rows are cut", async function () {
    const options = { settings, precision: { parameters: "bf16" } } as const;
    await assertEntriesAgree(await executorOrSkip(this), griffin, { ...options, tolerance: 7e-6 });
  });

  it("are the checkpoint's own where it is bf16: the logits stay as they are", async function () {
    const executor = await executorOrSkip(this);
    const text = source("models/kjv-bytes/kjv-bytes.eyrie");
    const weights = new URL("../../examples/models/kjv-bytes/model.safetensors", import.meta.url);
    const logits = async (parameters: PrecisionName) => {
      const model = await loadForTest(executor, text, {
        ...{ weights: weights.pathname, chunk: 32, entries: ["prefill"] },
        precision: { parameters },
      });
      const stream = Stream.open(model.session);
      const fed = await stream.feed([[...new TextEncoder().encode("In the beginning God")]]);
      await model.release();
      return fed.logits.data;
    };
    const [whole, stored] = [await logits("f32"), await logits("bf16")];
    assert.deepEqual(stored, whole);
  });
});

const folder = new URL("../../examples/", import.meta.url);
const examples = ["", "zoo/"].flatMap((path) =>
  readdirSync(new URL(path, folder))
    .filter((name) => name.endsWith(".eyrie"))
    .map((name) => `${path}${name}`),
);

describe("every example with weights in bf16", function () {
  this.timeout(120_000);
  for (const path of examples)
    it(`${path} stores nothing else in it, so that WGSL can say its kernels`, () => {
      // With few layers: no layer's kernels differ from those of its kind.
      const depth = path === "zoo/classifier.eyrie" ? {} : { settings: { depth: 3 } };
      const { compiled } = compile([source(path)], {
        ...{ ...depth, standard: standardLibrary(), chunk: 16, context: 256 },
        ...{ caps: minimumCaps, precision: { parameters: "bf16" } },
      });
      for (const { program } of Object.values(compiled!.entries)) {
        for (const { kind, dtype, name } of program.buffers)
          assert.ok(kind === "parameter" || dtype !== "bf16", `${kind} ${name}`);
        for (const kernel of program.kernels) toKernelText(kernel);
      }
    });
});

describe("a precision of another name", () => {
  it("is named in one sentence with those that there are", () => {
    const precision = { parameters: "int3" as PrecisionName };
    const options = { standard: standardLibrary(), caps: minimumCaps, settings, precision };
    assert.throws(
      () => compile([griffin], options),
      (error: unknown) =>
        error instanceof UserError &&
        error.message === 'there is no precision "int3"; choose one of f32, f16, bf16, int8, int4',
    );
  });
});
