/** The program of a byte model with weights in int8 in pieces, and in int4: from f32 and from a quantised file, against the graph. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Compiled } from "../../../../src/compile.ts";
import { groupSize } from "../../../../src/graph/quantize.ts";
import { quantizedAxes } from "../../../../src/passes/quantize.ts";
import { writeSafetensors, writeWeights } from "../../../../src/weights/file.ts";
import { initialWeights } from "../../../../src/weights/initialize.ts";
import {
  type QuantizedPrecision,
  quantizationMetadata,
  quantizedTensors,
} from "../../../../src/weights/quantized.ts";
import { cudaCaps } from "../../../../targets/cuda/caps.ts";
import { Stream } from "../../../../targets/stream.ts";
import {
  bytesModel,
  evaluate,
  makeWithKnownLibrary,
  needsTools,
  onStandIn,
  run,
  temporaryFolder,
  writeFolder,
} from "./folder.ts";

const prompt = Array.from({ length: 37 }, (_, i) => 65 + ((i * 7) % 26));
const seed = 3;

async function writeQuantized(
  path: string,
  { model, entries }: Compiled,
  precision: QuantizedPrecision,
): Promise<void> {
  const axes = quantizedAxes(Object.values(entries).map(({ graph }) => graph));
  const quantization = { precision, group: groupSize, axes } as const;
  const weights = initialWeights(model.parameters, seed);
  await writeSafetensors(
    path,
    quantizedTensors(model.parameters, quantization, weights, () => {}),
    quantizationMetadata(quantization),
  );
}

for (const [precision, caps] of [
  ["int8", { maxBindingBytes: 4096 }],
  ["int4", {}],
] as const)
  describe(`a CUDA folder's program with weights in ${precision}`, function () {
    this.timeout(240_000);
    const options = { caps: { ...cudaCaps("sm_80"), ...caps } };
    const compiled = bytesModel({ ...options, precision: { parameters: precision } });
    const { path: folder, remove } = temporaryFolder();
    const whole = join(folder, "whole.safetensors");
    const ready = join(folder, "ready.safetensors");
    const other = join(folder, "other.safetensors");
    let environment: Readonly<Record<string, string>> = {};
    after(remove);
    before(async function () {
      await needsTools(this, "nvcc", "g++", "make");
      writeFolder(compiled, folder);
      makeWithKnownLibrary(folder, "build/griffin");
      environment = await onStandIn(folder);
      const { parameters } = compiled.model;
      await writeWeights(whole, parameters, initialWeights(parameters, seed));
      await writeQuantized(ready, compiled, precision);
      await writeQuantized(other, compiled, precision === "int8" ? "int4" : "int8");
    });

    const call = (weights: string) =>
      run(
        join(folder, "build", "griffin"),
        ["--weights", weights, "--tokens", prompt.join(), "--max", "24"],
        { environment },
      );

    it("takes the tokens that the graph evaluator takes, from f32 and from quantised weights", async () => {
      const wanted: number[] = [];
      const session = await evaluate(compiled, seed);
      const stream = Stream.open(session).generate({ prompts: [prompt], maxTokens: 24 });
      for await (const [token] of stream) wanted.push(token!);
      for (const weights of [whole, ready]) {
        const { code, stdout, stderr } = call(weights);
        assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
        assert.deepEqual([...Buffer.from(stdout.slice(0, -1), "latin1")], wanted);
      }
    });

    it("says in one sentence that a file is quantised otherwise", () => {
      const { code, stderr } = call(other);
      const has = precision === "int8" ? "int4" : "int8";
      assert.equal(code, 1);
      assert.match(
        stderr,
        new RegExp(`other.safetensors holds weights in ${has}; compile with --precision ${has}`),
      );
    });
  });
