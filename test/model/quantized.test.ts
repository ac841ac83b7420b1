/** Whole models with weights in int8 and int4: kernels against the graph, and the graph against the weights that were not rounded. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { type Caps, minimumCaps } from "../../codegen/kernel.ts";
import { standardLibrary } from "../../dsl/standard-node.ts";
import { compile } from "../../src/compile.ts";
import type { Executor } from "../../src/execute/executors.ts";
import { UserError } from "../../src/graph/bug.ts";
import type { PrecisionName } from "../../src/passes/precision.ts";
import { assertClose, assertEntriesAgree, loadForTest } from "../../src/testing.ts";
import { loadEvaluator } from "../../targets/cpu/evaluate.ts";
import { Stream } from "../../targets/stream.ts";
import { toKernelText } from "../../targets/wgsl/print.ts";
import { cudaOnCpuOrSkip, executorOrSkip, executors } from "../executor.ts";

const source = (path: string) => ({
  file: path,
  text: readFileSync(new URL(`../../examples/${path}`, import.meta.url), "utf8"),
});
const griffin = source("griffin.eyrie");
/** Odd sizes, so that groups, blocks and columns end early: groups of 20, 24, 28 and of 32 and a rest. */
const odd = {
  ...{ vocab: 61, width: 38, rnn_width: 42, heads: 2, head_dim: 20 },
  ...{ gate_blocks: 3, hidden: 54, window: 5, depth: 3 },
};
/** Sizes that kernels read in whole blocks. */
const even = {
  ...{ vocab: 64, width: 64, rnn_width: 96, heads: 2, head_dim: 32 },
  ...{ gate_blocks: 2, hidden: 80, window: 5, depth: 3 },
};
type Sizes = Readonly<Record<keyof typeof odd, number>>;

async function logitsOn(
  opened: Executor,
  parameters: PrecisionName,
  settings: Sizes,
  caps: Partial<Caps> = {},
) {
  const executor = { ...opened, caps: { ...opened.caps, ...caps } };
  const model = await loadForTest(executor, griffin, {
    ...{ settings, chunk: 4, entries: ["prefill", "decode"], precision: { parameters } },
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
  int8: { seen: "3.4e-2", most: 7e-2 },
  int4: { seen: "0.77", most: 1.5 },
} as const;

for (const precision of ["int8", "int4"] as const) {
  describe(`weights stored as ${precision}`, function () {
    this.timeout(240_000);
    for (const [sizes, settings] of Object.entries({ odd, even }))
      it(`mean the same in kernels as in the graph, at ${sizes} sizes`, async () => {
        const want = await logitsOn(await executors.evaluate(), precision, settings);
        // The largest difference seen is 1.8e-6, of sums in f32.
        const got = await logitsOn(await executors.interpret(), precision, settings);
        assertClose(got, want, 5e-6, "logits");
      });

    it(`move the logits by the rounding of the weights: ${moves[precision].seen}`, async () => {
      const whole = await logitsOn(await executors.evaluate(), "f32", even);
      const stored = await logitsOn(await executors.evaluate(), precision, even);
      const moved = Math.max(...whole.map((v, i) => Math.abs(v - stored[i]!)));
      assert.ok(moved > 0);
      assertClose(stored, whole, moves[precision].most, `logits, moved by ${moved}`);
    });

    it("mean what the graph means on an adapter, in pieces, and to a GPU's kernels", async function () {
      const opened = await executorOrSkip(this);
      for (const [settings, maxBindingBytes] of [
        [odd, 896],
        [even, 1536],
      ] as const) {
        const sizes = { ...settings, depth: 1 };
        const want = await logitsOn(await executors.evaluate(), precision, sizes);
        for (const caps of [
          {},
          { maxBindingBytes },
          { maxBuffersPerKernel: 8 },
          { barriers: "cheap", busyLanes: 16384 },
        ] as const) {
          const got = await logitsOn(opened, precision, sizes, caps);
          // Seen on lavapipe: 9.6e-7.
          assertClose(got, want, 4e-6, JSON.stringify(caps));
        }
      }
    });

    it("mean what the graph means to CUDA", async function () {
      const opened = await cudaOnCpuOrSkip(this);
      const settings = { ...even, depth: 1 };
      const want = await logitsOn(await executors.evaluate(), precision, settings);
      // Seen: 6.6e-7.
      assertClose(await logitsOn(opened, precision, settings), want, 4e-6, "logits");
    });

    it("give the same however their rows are cut", async function () {
      const options = { settings: odd, precision: { parameters: precision } } as const;
      await assertEntriesAgree(await executorOrSkip(this), griffin, {
        ...options,
        tolerance: 7e-6,
      });
    });
  });
}

/**
 * How far a trained model's logits are from those of its f32 weights: as a root mean square, and at most. Seen: int8 0.014 and
 * 0.071, int4 0.26 and 1.5. The checkpoint is in bf16 already.
 */
const apart = {
  bf16: { mean: 0, most: 0 },
  int8: { mean: 0.03, most: 0.15 },
  int4: { mean: 0.5, most: 3 },
} as const;

describe("kjv-bytes, a trained Griffin, with weights in fewer bits", function () {
  this.timeout(300_000);
  const path = (name: string) =>
    new URL(`../../examples/models/kjv-bytes/${name}`, import.meta.url).pathname;
  const tokens = [...readFileSync(path("heldout.txt")).subarray(0, 192)];
  async function logits(executor: Executor, parameters: PrecisionName): Promise<Float32Array> {
    const model = await loadForTest(executor, source("models/kjv-bytes/kjv-bytes.eyrie"), {
      ...{ weights: path("model.safetensors"), chunk: 192, entries: ["score"] },
      precision: { parameters },
    });
    const stream = Stream.open(model.session);
    const parts: number[] = [];
    for await (const { counts, logits: found } of stream.score([tokens]))
      parts.push(...found.data.subarray(0, counts[0]! * 256));
    await model.release();
    return Float32Array.from(parts);
  }

  it("gives logits that are off by what its weights were rounded by", async function () {
    const executor = await executorOrSkip(this);
    const whole = await logits(executor, "f32");
    for (const precision of ["bf16", "int8", "int4"] as const) {
      const stored = await logits(executor, precision);
      const off = whole.map((x, i) => stored[i]! - x);
      const mean = Math.sqrt(off.reduce((sum, x) => sum + x * x, 0) / off.length);
      const most = Math.max(...off.map(Math.abs));
      const said = `${precision}: ${mean}, at most ${most}`;
      assert.ok(mean <= apart[precision].mean && most <= apart[precision].most, said);
    }
  });
});

const folder = new URL("../../examples/", import.meta.url);
const examples = ["", "zoo/"].flatMap((path) =>
  readdirSync(new URL(path, folder))
    .filter((name) => name.endsWith(".eyrie"))
    .map((name) => `${path}${name}`),
);

describe("every example with weights in int4", function () {
  this.timeout(120_000);
  for (const path of examples)
    it(`${path} stores nothing else so, reads each weight one way in all its entries, and has kernels`, () => {
      // With few layers: no layer's kernels differ from those of its kind.
      const depth = path === "zoo/classifier.eyrie" ? {} : { settings: { depth: 3 } };
      const { compiled } = compile([source(path)], {
        ...{ ...depth, standard: standardLibrary(), chunk: 16, context: 256 },
        ...{ caps: minimumCaps, precision: { parameters: "int4" } },
      });
      const kinds = new Map<string, string>();
      for (const { program } of Object.values(compiled!.entries)) {
        for (const { kind, dtype, name } of program.buffers) {
          assert.ok(kind === "parameter" || dtype !== "i4", `${kind} ${name}`);
          if (kind !== "parameter") continue;
          assert.equal(kinds.get(name) ?? dtype, dtype, name);
          kinds.set(name, dtype);
        }
        for (const kernel of program.kernels) toKernelText(kernel);
      }
      assert.ok([...kinds.values()].includes("i4"));
    });
});

describe("weights that whole numbers cannot hold", () => {
  it("are named in one sentence", async () => {
    const { compiled } = compile([griffin], {
      ...{ standard: standardLibrary(), settings: even, entries: ["decode"] },
      ...{ precision: { parameters: "int8" } },
    });
    const { graph, spec } = compiled!.entries.decode!;
    const sizes = new Map(compiled!.model.parameters.map((p) => [p.name, p.shape]));
    const read = async (name: string) => {
      const length = sizes.get(name)!.reduce((a, b) => a * b, 1);
      return new Float32Array(length).fill(name === "embedding" ? Number.NaN : 0.5);
    };
    await assert.rejects(
      loadEvaluator({ decode: graph }, { decode: spec }, { read }),
      (error: unknown) =>
        error instanceof UserError &&
        error.message ===
          'parameter "embedding" holds NaN, which int8 cannot hold; give --precision bf16',
    );
  });
});
