import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mapNames, openCheckpoint } from "../../src/weights/checkpoint.ts";
import { writeSafetensors, writeWeights } from "../../src/weights/file.ts";
import { initialWeights } from "../../src/weights/initialize.ts";
import type { LoadTable } from "../../src/weights/names.ts";

const count = (length: number) => Float32Array.from({ length }, (_, at) => at);
const tensor = (name: string, shape: number[], data = count(shape.reduce((a, b) => a * b, 1))) =>
  ({ name, dtype: "F32", shape, read: async () => data }) as const;

/** `path = source`, with "transpose " before and "[i]" after the source as in the language. */
function table(name: string, rules: Record<string, string>): LoadTable {
  return {
    name,
    rules: Object.entries(rules).map(([path, text]) => {
      const [, transpose, source, index] = /^(transpose )?(.*?)(?:\[(\d+)\])?$/.exec(text)!;
      return {
        path: { text: path },
        source: { text: source! },
        transpose: transpose !== undefined,
        index: index === undefined ? null : Number(index),
      };
    }),
  };
}

describe("checkpoint", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "eyrie-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const write = async (...tensors: ReturnType<typeof tensor>[]) => {
    await writeSafetensors(join(folder, "model.safetensors"), tensors);
    return openCheckpoint(folder);
  };

  it("opens a file, a folder with one, and says what is missing elsewhere", async () => {
    const checkpoint = await write(tensor("a", [2]));
    assert.deepEqual([...checkpoint.tensors.keys()], ["a"]);
    await checkpoint.close();
    await assert.rejects(
      openCheckpoint(join(folder, "none")),
      /none does not exist; give a .safetensors file/,
    );
    await mkdir(join(folder, "empty"));
    await assert.rejects(
      openCheckpoint(join(folder, "empty")),
      /neither model.safetensors nor model.safetensors.index.json/,
    );
    await writeFile(join(folder, "model.pt"), "");
    await assert.rejects(
      openCheckpoint(join(folder, "model.pt")),
      /convert the checkpoint to safetensors/,
    );
  });

  it("joins the shards of an index, and refuses an index that tells another story", async () => {
    await writeSafetensors(join(folder, "one.safetensors"), [tensor("a", [2])]);
    await writeSafetensors(join(folder, "two.safetensors"), [tensor("b", [3])]);
    const index = async (weight_map: unknown) => {
      await writeFile(
        join(folder, "model.safetensors.index.json"),
        typeof weight_map === "string" ? weight_map : JSON.stringify({ weight_map }),
      );
      return openCheckpoint(folder);
    };
    const checkpoint = await index({ a: "one.safetensors", b: "two.safetensors" });
    assert.deepEqual((await checkpoint.read("b")).data, count(3));
    assert.deepEqual(
      (await checkpoint.read("b", { from: 1, count: 2 })).data,
      Float32Array.of(1, 2),
    );
    await checkpoint.close();
    await assert.rejects(
      index({ a: "one.safetensors", b: "one.safetensors" }),
      /says that one.safetensors holds "b", but it does not/,
    );
    await assert.rejects(
      index({ a: "one.safetensors", c: "two.safetensors" }),
      /two.safetensors holds "b", but .* places it in no file/,
    );
    await assert.rejects(index({ a: "../one.safetensors" }), /"weight_map\/a" must match pattern/);
    await assert.rejects(
      index({ a: "gone.safetensors" }),
      /gone.safetensors cannot be read \(ENOENT\)/,
    );
    await assert.rejects(index("{"), /index.json is not JSON/);
  });

  it("takes the model's own names first, and lists what nothing uses", async () => {
    const checkpoint = await write(tensor("a", [2]), tensor("other", [1]));
    const weights = mapNames([{ name: "a", shape: [2] }], [], checkpoint);
    assert.deepEqual([weights.table, weights.unused], ["own", ["other"]]);
    assert.deepEqual(await weights.read("a"), count(2));
    await assert.rejects(weights.read("b"), /no parameter "b"/);
    await checkpoint.close();
  });

  it("follows rules with layer indices, parts, dropped axes and transposes", async () => {
    const checkpoint = await write(
      tensor("model.layers.10.linear.weight", [2, 3]),
      tensor("model.layers.10.conv.weight", [3, 1, 2]),
      tensor("ffw.w", [2, 2, 3]),
      tensor("ffw.b", [2, 1, 1, 3]),
      tensor("blocks", [2, 1, 3]),
    );
    const names = table("huggingface", {
      "layers.{i}.linear.w": "transpose model.layers.{i}.linear.weight",
      "layers.{i}.conv.w": "transpose model.layers.{i}.conv.weight",
      "gate.w": "ffw.w[0]",
      "up.w": "transpose ffw.w[1]",
      "up.b": "ffw.b[1]",
      blocks: "transpose blocks",
    });
    const weights = mapNames(
      [
        { name: "layers.10.linear.w", shape: [3, 2] },
        { name: "layers.10.conv.w", shape: [2, 3] },
        { name: "gate.w", shape: [2, 3] },
        { name: "up.w", shape: [3, 2] },
        { name: "up.b", shape: [3] },
        { name: "blocks", shape: [2, 3, 1] },
      ],
      [table("other", {}), names],
      checkpoint,
    );
    assert.equal(weights.table, "huggingface");
    assert.deepEqual([...(await weights.read("layers.10.linear.w"))], [0, 3, 1, 4, 2, 5]);
    assert.deepEqual([...(await weights.read("layers.10.conv.w"))], [0, 2, 4, 1, 3, 5]);
    assert.deepEqual([...(await weights.read("gate.w"))], [0, 1, 2, 3, 4, 5]);
    assert.deepEqual([...(await weights.read("up.w"))], [6, 9, 7, 10, 8, 11]);
    assert.deepEqual([...(await weights.read("up.b"))], [3, 4, 5]);
    assert.deepEqual([...(await weights.read("blocks"))], [0, 1, 2, 3, 4, 5]);
    await checkpoint.close();
  });

  it("transposes large matrices, a square convolution's axes, and takes the first source that is there", async () => {
    const checkpoint = await write(tensor("tail", [70, 45]), tensor("conv", [4, 1, 4]));
    const rules = [
      table("t", { w: "transpose head" }),
      table("t", { w: "transpose tail", c: "transpose conv" }),
    ];
    const names = { name: "t", rules: rules.flatMap((part) => part.rules) };
    const weights = mapNames(
      [
        { name: "w", shape: [45, 70] },
        { name: "c", shape: [4, 4] },
      ],
      [names],
      checkpoint,
    );
    const w = await weights.read("w");
    assert.ok(w.every((value, at) => value === (at % 70) * 45 + Math.floor(at / 70)));
    assert.deepEqual(
      [...(await weights.read("c"))],
      [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
    );
    await checkpoint.close();
  });

  it("says which names are missing under each table, with near ones", async () => {
    const checkpoint = await write(tensor("model.norm.weights", [2]));
    const attempt = () =>
      mapNames(
        [{ name: "norm.scale", shape: [2] }],
        [table("hf", { "norm.scale": "model.norm.weight" }), table("dm", {})],
        checkpoint,
      );
    assert.throws(
      attempt,
      /parameters: under the names "hf" it lacks model.norm.weight \(near: model.norm.weights\); check the file and the model's settings$/,
    );
    await checkpoint.close();
  });

  it("refuses a shape that is not the parameter's, naming both, before anything is read", async () => {
    const checkpoint = await write(tensor("a", [2, 3]), {
      ...tensor("i", [1]),
      dtype: "I32" as never,
    });
    const map = (shape: number[], rule: string) => () =>
      mapNames([{ name: "x", shape }], [table("t", { x: rule })], checkpoint);
    assert.throws(
      map([3, 2], "a"),
      /"a" of shape \[2, 3\] does not fit: the parameter x has shape \[3, 2\]/,
    );
    assert.throws(map([2, 3], "transpose a"), /"a" of shape \[2, 3\], transposed, does not fit/);
    assert.throws(map([3], "a[2]"), /"a"\[2\] of shape \[2, 3\] has no part \[2\]/);
    assert.throws(map([1], "i"), /holds I32 integers/);
    await checkpoint.close();
  });

  it("reads the trained example whole", async () => {
    await cp("examples/models/kjv-bytes/model.safetensors", join(folder, "model.safetensors"));
    const checkpoint = await openCheckpoint(folder);
    assert.equal(
      [...checkpoint.tensors.values()].reduce(
        (sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1),
        0,
      ),
      4875520,
    );
    const { data, shape } = await checkpoint.read("model.embed_tokens.weight");
    assert.deepEqual(shape, [256, 256]);
    assert.ok(data.every(Number.isFinite) && data.some((value) => value !== 0));
    await checkpoint.close();
  });
});

describe("first weights", () => {
  const spec = (name: string) =>
    ({ name, shape: [5000], initializer: { kind: "normal", variance: 0.25 } }) as const;

  it("depend on the seed and the parameter's name, not on the order of reading", async () => {
    const one = initialWeights([spec("a"), spec("b")], 7);
    const other = initialWeights([spec("b"), spec("a")], 7);
    const b = await other.read("b");
    assert.deepEqual(await one.read("a"), await other.read("a"));
    assert.deepEqual(await one.read("b"), b);
    assert.notDeepEqual(await one.read("a"), b);
    assert.notDeepEqual(await initialWeights([spec("b")], 8).read("b"), b);
  });

  it("have the mean and variance asked for", async () => {
    const values = await initialWeights([{ ...spec("a"), shape: [200, 500] }], 1).read("a");
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    assert.ok(Math.abs(mean) < 0.005 && Math.abs(variance - 0.25) < 0.005);
  });

  it("put the decay of an RG-LRU where its initialiser says", async () => {
    const call = (fn: string, ...args: object[]) => ({ kind: "call", fn, args }) as never;
    const initializer = call(
      "log",
      call(
        "expm1",
        call(
          "mul",
          { kind: "number", value: -0.5 },
          call("log", { kind: "uniform", low: 0.81, high: 0.998001 }),
        ),
      ),
    );
    const values = await initialWeights([{ name: "a_param", shape: [9999], initializer }], 3).read(
      "a_param",
    );
    const decays = values.map((p) => Math.exp(-Math.log1p(Math.exp(p))));
    assert.ok(Math.min(...decays) > 0.8999 && Math.max(...decays) < 0.9991);
    assert.ok(Math.min(...decays) < 0.901 && Math.max(...decays) > 0.998);
  });

  it("load again from the file that they were written to", async () => {
    const folder = await mkdtemp(join(tmpdir(), "eyrie-"));
    const path = join(folder, "w.safetensors");
    const weights = initialWeights([spec("a"), spec("b")], 1);
    await writeWeights(path, [spec("a"), spec("b")], weights);
    const checkpoint = await openCheckpoint(path);
    const loaded = mapNames([spec("a"), spec("b")], [], checkpoint);
    assert.deepEqual(await loaded.read("b"), await weights.read("b"));
    await checkpoint.close();
    await rm(folder, { recursive: true });
  });
});
