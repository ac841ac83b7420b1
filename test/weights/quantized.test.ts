import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../src/graph/bug.ts";
import { dequantize, quantize } from "../../src/graph/quantize.ts";
import { mapNames, openCheckpoint } from "../../src/weights/checkpoint.ts";
import { type TensorToWrite, writeSafetensors } from "../../src/weights/file.ts";
import {
  type Errors,
  type Quantization,
  quantizationMetadata,
  quantizedTensors,
} from "../../src/weights/quantized.ts";

const parameters = [
  { name: "embedding", shape: [7, 70] },
  { name: "layers.0.w", shape: [33, 5] },
  { name: "layers.0.b", shape: [5] },
];
const numbersOf = (name: string): Float32Array => {
  const { shape } = parameters.find((p) => p.name === name)!;
  const length = shape.reduce((a, b) => a * b, 1);
  return Float32Array.from({ length }, (_, i) => Math.sin(i * 1.7 + name.length) * (1 + (i % 3)));
};
const weights = { read: async (name: string) => numbersOf(name) };
const axes = { embedding: 1, "layers.0.w": 0 };

describe("a file of quantised weights", () => {
  const folder = mkdtempSync(join(tmpdir(), "eyrie-quantized-"));
  after(() => rmSync(folder, { recursive: true }));
  const at = (name: string) => join(folder, name);

  for (const precision of ["int8", "int4"] as const) {
    const bits = precision === "int8" ? 8 : 4;
    const quantization: Quantization = { precision, group: 32, axes };
    const path = at(`${precision}.safetensors`);
    const errors: Errors[] = [];
    before(() =>
      writeSafetensors(
        path,
        quantizedTensors(parameters, quantization, weights, (e) => errors.push(e)),
        quantizationMetadata(quantization),
      ),
    );

    it(`holds ${precision} under the model's names, scales beside them, and f32 of the rest`, async () => {
      const file = await openCheckpoint(path);
      const found = [...file.tensors].map(([name, t]) => [name, t.dtype, t.shape]);
      await file.close();
      const packed = precision === "int8" ? "I8" : "U8";
      assert.deepEqual(
        found.sort(),
        [
          ["embedding", packed, precision === "int8" ? [7, 70] : [7, 35]],
          ["embedding.scales", "F32", [7, 3]],
          ["layers.0.b", "F32", [5]],
          ["layers.0.w", packed, precision === "int8" ? [33, 5] : [33, 3]],
          ["layers.0.w.scales", "F32", [2, 5]],
        ].sort(),
      );
    });

    it(`gives ${precision} as it was quantised`, async () => {
      const file = await openCheckpoint(path);
      const read = mapNames(parameters, [], file);
      for (const [name, axis] of Object.entries(axes)) {
        const { shape } = parameters.find((p) => p.name === name)!;
        const grouping = { axis, group: 32, bits } as const;
        assert.deepEqual(
          await read.readQuantized!(name, grouping),
          quantize(numbersOf(name), shape, grouping, name),
        );
      }
      assert.deepEqual(await read.read("layers.0.b"), numbersOf("layers.0.b"));
      assert.equal(await read.readQuantized!("layers.0.b", { axis: 0, group: 32, bits }), null);
      await file.close();
    });

    it(`says once of each weight how far ${precision} is from it`, () => {
      const square = (n: Float32Array) => n.reduce((sum, x) => sum + x * x, 0);
      assert.deepEqual(
        errors.map((e) => e.name),
        Object.keys(axes),
      );
      for (const { name, error, power } of errors) {
        const { shape } = parameters.find((p) => p.name === name)!;
        const grouping = { axis: axes[name as keyof typeof axes], group: 32, bits } as const;
        const whole = numbersOf(name);
        const back = dequantize(quantize(whole, shape, grouping, name), shape, grouping);
        assert.ok(Math.abs(power - square(whole)) < 1e-4 * power);
        const off = square(back.map((x, i) => x - whole[i]!));
        assert.ok(error > 0 && Math.abs(error - off) < 1e-4 * off, `${error} ${off}`);
      }
    });

    it(`is refused in one sentence where other than ${precision} is asked for`, async () => {
      const file = await openCheckpoint(path);
      const read = mapNames(parameters, [], file);
      const sentence = {
        name: "UserError",
        message: `${path} holds weights in ${precision}; give --precision ${precision}, or the checkpoint that it was made from`,
      };
      const other = precision === "int8" ? 4 : 8;
      await assert.rejects(() => read.read("embedding"), sentence);
      await assert.rejects(
        () => read.readQuantized!("embedding", { axis: 1, group: 32, bits: other }),
        sentence,
      );
      await file.close();
    });
  }

  /** A file with another word about itself, or another tensor. */
  async function wrong(metadata: string, change: (t: TensorToWrite) => TensorToWrite = (t) => t) {
    const path = at("wrong.safetensors");
    const tensors = quantizedTensors(
      parameters,
      { precision: "int8", group: 32, axes },
      weights,
      () => {},
    );
    await writeSafetensors(path, tensors.map(change), { quantization: metadata });
    const file = await openCheckpoint(path);
    try {
      mapNames(parameters, [], file);
      return "";
    } catch (error) {
      assert.ok(error instanceof UserError, `${error}`);
      return error.message.replace(path, "FILE");
    } finally {
      await file.close();
    }
  }

  it("is refused in one sentence where what it says of itself is not so", async () => {
    const said = JSON.stringify({ precision: "int8", group: 32, axes });
    assert.equal(await wrong(said), "");
    assert.match(await wrong("{"), /^FILE, metadata "quantization" is not JSON: /);
    assert.equal(
      await wrong(said.replace("int8", "int3")),
      'FILE, metadata "quantization": "precision" must be ["int8","int4"]; write it again with eyrie quantize',
    );
    assert.equal(
      await wrong(said.replace("32", "64")),
      'FILE, metadata "quantization": "group" must be 32; write it again with eyrie quantize',
    );
    assert.equal(
      await wrong(said.replace('"embedding":1', '"embedding":2')),
      'FILE: "embedding" has groups along axis 2, but 2 axes; write the file again with eyrie quantize',
    );
    assert.equal(
      await wrong(said.replace('"embedding":1', '"embedding":0')),
      'FILE: "embedding.scales" is F32 [7, 3] and must be F32 [1, 70]; check the model\'s settings, or write the file again with eyrie quantize',
    );
    assert.equal(
      await wrong(said, (t) => (t.name === "layers.0.w.scales" ? { ...t, name: "s" } : t)),
      'FILE: "layers.0.w.scales" is missing and must be F32 [2, 5]; check the model\'s settings, or write the file again with eyrie quantize',
    );
  });
});
