import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { standaloneOf } from "../../../../src/cuda-folder.ts";
import { writeSafetensors } from "../../../../src/weights/file.ts";
import { initialWeights } from "../../../../src/weights/initialize.ts";
import { Stream } from "../../../../targets/stream.ts";
import {
  evaluate,
  makeWithKnownLibrary,
  mustRun,
  needsTools,
  onStandIn,
  rowsModel,
  temporaryFolder,
  writeFolder,
} from "./folder.ts";

const source = fileURLToPath(new URL("./abi.c", import.meta.url));
const longRow = [
  ...[1, 22, 133, 4, 255, 299, 0, 17, 18, 19],
  ...[120, 21, 222, 23, 24, 125, 26, 27, 8, 9],
];
const shortRow = [100, 50, 25];

/** Weights are rounded to halves here; the evaluator rounds them, too, but sums in another order. Measured: 9.6e-7. */
const tolerance = 4e-6;

/** The library of a model of two rows, called from C, against the same model on the graph evaluator. */
describe("a CUDA folder's library", function () {
  this.timeout(240_000);
  const compiled = rowsModel();
  const { path: folder, remove } = temporaryFolder();
  let said: readonly string[] = [];
  after(remove);
  before(async function () {
    await needsTools(this, "nvcc", "g++", "make");
    writeFolder(compiled, folder);
    makeWithKnownLibrary(folder, "build/libllama2.so");
    const weights = join(folder, "weights.safetensors");
    await writeUnderNames(weights);
    const program = join(folder, "abi");
    const flags = ["-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Wpedantic", "-Werror"];
    const link = [
      `-L${join(folder, "build")}`,
      "-lllama2",
      `-Wl,-rpath,${join(folder, "build")}`,
      "-ldl",
    ];
    mustRun("gcc", [...flags, `-I${folder}`, "-o", program, source, ...link]);
    const environment = await onStandIn(folder);
    said = mustRun(program, [weights, join(folder, "state")], { environment })
      .trim()
      .split("\n");
  });

  /** A checkpoint as Hugging Face has it: matrices the other way round. */
  async function writeUnderNames(path: string): Promise<void> {
    const { parameters, tables } = standaloneOf(compiled);
    const weights = initialWeights(compiled.model.parameters, 5);
    const tensors = parameters.map(({ name, shape }, at) => {
      const { tensor, transpose } = tables[0]!.origins[at]![0]!;
      const [rows = 1, columns = 1] = shape;
      const read = async () => {
        const values = await weights.read(name);
        return transpose
          ? Float32Array.from(
              values,
              (_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!,
            )
          : values;
      };
      return {
        name: tensor,
        dtype: "F32" as const,
        shape: transpose ? [columns, rows] : shape,
        read,
      };
    });
    await writeSafetensors(path, tensors);
  }

  const rowsOf = (what: string): number[][] =>
    said
      .filter((line) => line.startsWith(`${what} `))
      .map((line) => line.split(" ").slice(2).map(Number));
  const near = (rows: number[][], logits: ArrayLike<number>) =>
    rows.forEach(([, ...values], row) => {
      const wanted = Array.from(logits).slice(row * 300, row * 300 + 300);
      const off = Math.max(...values.map((value, i) => Math.abs(value - wanted[i]!)));
      assert.ok(off <= tolerance, `row ${row} is off by ${off}`);
    });

  it("keeps every promise of eyrie.h, and gives back all that it makes, whatever fails", () => {
    assert.equal(said.at(-1), "done");
  });

  it("finds the parameters under a checkpoint's own names", () => {
    assert.equal(said[0], "names huggingface");
  });

  it("computes what the graph evaluator computes, for rows of different lengths", async () => {
    const session = await evaluate(compiled, 5);
    const stream = Stream.open(session);
    const outputs = ["token", "logits"] as const;
    const fed = await stream.feed([longRow, shortRow], { outputs });
    const drawn = [...fed.token.data];
    assert.deepEqual(
      rowsOf("prefill").map(([token]) => token),
      drawn,
    );
    near(rowsOf("prefill"), fed.logits.data);
    const sampling = { temperature: 0.8, topK: 50, topP: 0.95, seed: [5, 6] };
    const step = await stream.step(drawn, { outputs, sampling });
    assert.deepEqual(
      rowsOf("decode").map(([token]) => token),
      [...step.token.data],
    );
    near(rowsOf("decode"), step.logits.data);
    const first = await stream.step([9, null], { outputs: ["token"] });
    const second = await stream.step([null, 11], { outputs: ["token"] });
    assert.deepEqual(
      rowsOf("later").map(([token]) => token),
      [first.token.data[0], second.token.data[1]],
    );
  });
});
