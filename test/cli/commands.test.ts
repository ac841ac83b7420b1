import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { openCheckpoint } from "../../src/weights/checkpoint.ts";
import { writeSafetensors } from "../../src/weights/file.ts";
import type { Tensor, Tensors } from "../../targets/tensor.ts";
import { deviceOrSkip } from "../device.ts";
import { eyrie, smallModel, startEyrie, temporaryFolder } from "./eyrie.ts";

describe("the command line", function () {
  this.timeout(180_000);
  const at = temporaryFolder();
  const model = at("small.eyrie");
  const weights = at("w.safetensors");
  const run = ["run", model, "--weights", weights, "--executor", "evaluate", "--chunk", "4"];
  before(async () => {
    writeFileSync(model, smallModel);
    assert.equal((await eyrie("init-weights", model, weights, "--seed", "3")).code, 0);
  });

  const done = async (...words: string[]) => {
    const said = await eyrie(...words);
    assert.equal(said.code, 0, said.err);
    return said;
  };
  const json = async (...words: string[]) => JSON.parse((await done(...words, "--json")).out);

  it("starts as a program, and its exit codes tell success, a lack and wrong usage apart", async () => {
    const [version, lack, usage, nothing] = await Promise.all(
      [["--version"], ["check", "no.eyrie"], ["run"], []].map((words) => startEyrie(words)),
    );
    assert.deepEqual([version?.code, lack?.code, usage?.code, nothing?.code], [0, 1, 2, 2]);
    assert.match(version?.out ?? "", /^\d+\.\d+\.\d+\n$/);
    assert.match(nothing?.err ?? "", /Usage: eyrie/);
  });
  it("checks files, and gives diagnostics as JSON", async () => {
    assert.deepEqual(await json("check", model), []);
    writeFileSync(at("bad.eyrie"), smallModel.replace("z, embedding", "zz, embedding"));
    const { code, out } = await eyrie("check", at("bad.eyrie"), "--json");
    assert.equal(code, 1);
    assert.deepEqual(
      (JSON.parse(out) as { code: string }[]).map((d) => d.code),
      ["E0201"],
    );
  });
  it("runs what init-weights wrote, whatever the chunk", async () => {
    const { out } = await done(...run, "--tokens", "1,2,3,4,5,6,7", "--max", "5");
    assert.match(out, /^(\d+ ){5}\n$/);
    assert.equal(
      (await done(...run, "--tokens", "1,2,3,4,5,6,7", "--max", "5", "--chunk", "7")).out,
      out,
    );
  });
  it("quantises a checkpoint, says how far it is from it, and runs it, and a bundle, as if quantised on the way", async () => {
    for (const precision of ["int8", "int4"]) {
      const [file, bundle] = [at(`${precision}.safetensors`), at(`${precision}-bundle`)];
      const words = ["quantize", model, "--weights", weights, "--precision", precision];
      const { out } = await done(...words, "--output", file);
      assert.match(out, /relative root mean square error of each kind of weight\n {2}embedding /);
      const { kinds } = await json(...words, "--output", file);
      const [least, most] = precision === "int8" ? [0.001, 0.01] : [0.03, 0.12];
      for (const { kind, relativeError } of kinds)
        assert.ok(relativeError > least && relativeError < most, `${kind} ${relativeError}`);
      const tokens = ["--tokens", "1,2,3,4,5", "--max", "8", "--precision", precision];
      const fromWhole = await done(...run, ...tokens);
      const ready = ["run", model, "--weights", file, ...run.slice(4)];
      assert.equal((await done(...ready, ...tokens)).out, fromWhole.out);
      await done("compile", model, "--precision", precision, "--output", bundle);
      const { parameters, programs } = JSON.parse(readFileSync(`${bundle}/manifest.json`, "utf8"));
      assert.ok(programs.decode.buffers.some((b: { quantized?: object }) => b.quantized));
      assert.ok(parameters.every((p: { name: string }) => !p.name.endsWith(".scales")));
    }
  });
  it("draws by seed, gives a row of its own to each of --batch, and ends at --stop", async () => {
    const draw = ["--tokens", "1 2", "--max", "6", "--temperature", "1", "--seed"];
    const two = await json(...run, ...draw, "7", "--batch", "2");
    const [seven, eight] = [await json(...run, ...draw, "7"), await json(...run, ...draw, "8")];
    assert.deepEqual(two.rows, [...seven.rows, ...eight.rows]);
    assert.match(
      (await done(...run, ...draw, "7", "--batch", "2")).out,
      /^--- row 0, seed 7\n(\d+ )+\n--- row 1, seed 8\n(\d+ )+\n$/,
    );
    const tokens: readonly number[] = seven.rows[0].tokens;
    const stop = tokens[3] ?? 0;
    const stopped = await json(...run, ...draw, "7", "--stop", `${stop}`);
    assert.deepEqual(stopped.rows[0].tokens, tokens.slice(0, tokens.indexOf(stop)));
  });
  it("goes on from a saved state as if it had never stopped, with or without more prompt", async () => {
    const tokensOf = async (...words: string[]): Promise<number[]> =>
      (await json(...run, "--temperature", "1", ...words)).rows[0].tokens;
    const state = at("state.safetensors");
    const whole = await tokensOf("--tokens", "1,2,3", "--max", "8");
    const first = await tokensOf("--tokens", "1,2,3", "--max", "3", "--save-state", state);
    assert.deepEqual(
      [...first, ...(await tokensOf("--max", "5", "--restore-state", state))],
      whole,
    );
    const more = await tokensOf("--tokens", [1, 2, 3, ...first, 4].join(), "--max", "4");
    assert.deepEqual(await tokensOf("--tokens", "4", "--max", "4", "--restore-state", state), more);
  });
  it("compiles for CUDA into a folder of sources, and once more in its place", async () => {
    const folder = at("cuda");
    const words = ["compile", model, "--target", "cuda", "--arch", "sm_80,sm_90"];
    for (const [precision, type] of [
      ["f32", null],
      ["f16", "__half"],
      ["bf16", "__nv_bfloat16"],
    ] as const) {
      await done(...words, "--output", folder, "--precision", precision);
      const names = readdirSync(folder);
      for (const name of ["README.md", "Makefile", "CMakeLists.txt", "plan.cpp", "kernels"])
        assert.ok(names.includes(name), name);
      const text = readFileSync(at("cuda/kernels/prefill.cu"), "utf8");
      for (const half of ["__half", "__nv_bfloat16"])
        assert.equal(text.includes(half), half === type, `${half} in ${precision}`);
    }
  });
  it("evaluates a block, and a half after a half from its states gives the whole", async () => {
    const file = "test/reference/cases/rglru_t7.safetensors";
    const words = [
      "--item",
      "rg_lru",
      "--path",
      "layers.0.temporal_block.rg_lru",
      "--set",
      "blocks=4",
      "--executor",
      "evaluate",
    ];
    const summary: { name: string; shape: number[] }[] = await json("eval", "std", file, ...words);
    assert.deepEqual(
      summary.map((t) => [t.name, t.shape]),
      [
        ["y", [1, 7, 64]],
        ["layers.0.temporal_block.rg_lru.scan", [1, 64]],
        ["seen", [1]],
      ],
    );
    const golden = await openCheckpoint(file);
    const [x, position] = [await golden.read("input.x"), await golden.read("input.segment_pos")];
    await golden.close();
    const half = async (name: string, from: number, to: number, states: Tensors) => {
      const cut = ({ dtype, shape: [b = 1, , ...rest], data }: Tensor): Tensor => {
        const width = rest.reduce((product, size) => product * size, 1);
        return {
          dtype,
          shape: [b, to - from, ...rest],
          data: data.slice(from * width, to * width),
        };
      };
      await writeTensors(at(`${name}-in.safetensors`), {
        x: cut(x),
        position: cut(position),
        ...states,
      });
      await done(
        "eval",
        "std",
        at(`${name}-in.safetensors`),
        ...words,
        "--weights",
        file,
        "--output",
        at(`${name}.safetensors`),
      );
      return readTensors(at(`${name}.safetensors`));
    };
    const first = await half("first", 0, 4, {});
    const second = await half(
      "second",
      4,
      7,
      Object.fromEntries(Object.entries(first).filter(([name]) => name !== "y")),
    );
    const whole = await half("whole", 0, 7, {});
    assert.deepEqual(Object.keys(whole).toSorted(), summary.map((t) => t.name).toSorted());
    assertClose(
      [first.y, second.y].flatMap((t) => [...(t?.data ?? [])]),
      [...(whole.y?.data ?? [])],
    );
    assert.deepEqual([...(second.seen?.data ?? [])], [7]);
  });
  it("says the perplexity of tokens, the same for every chunk", async () => {
    const words = [
      "perplexity",
      model,
      "--weights",
      weights,
      "--executor",
      "evaluate",
      "--tokens",
      "1,2,3,4,5,6",
    ];
    const [a, b] = [
      await json(...words, "--chunk", "2"),
      await json(...words, "--chunk", "6", "--batch", "2"),
    ];
    assert.equal(a.tokens, 6);
    assert.ok(Math.abs(a.bitsPerToken - b.bitsPerToken) < 1e-5);
    assert.ok(Math.abs(a.perplexity - 2 ** a.bitsPerToken) < 1e-9);
  });
  it("compiles a bundle, dumps every stage, inspects all kinds of files", async () => {
    const compiled = await json("compile", model, "--output", at("bundle"), "--dump", at("stages"));
    assert.deepEqual(
      (compiled.entries as { entry: string }[]).map((e) => e.entry),
      ["prefill", "score", "decode"],
    );
    assert.ok(existsSync(at("stages/decode/60-kernels.wgsl")));
    assert.ok(readdirSync(at("bundle")).includes("manifest.json"));
    const names = async (path: string) =>
      ((await json("inspect", path)).tensors as { name: string }[]).map((t) => t.name).toSorted();
    assert.deepEqual(await names(at("bundle")), await names(model));
    assert.deepEqual(await names(weights), await names(model));
    assert.match(
      (await done("inspect", model)).out,
      /^model small\n {2}vocab = 11\n[\s\S]*\n\d+ tensors, [\d,]+ values\n$/,
    );
  });
  it("runs a bundle on a device as the compiler's own kernels run", async function () {
    await deviceOrSkip(this);
    for (const precision of ["f32", "bf16"]) {
      const stored = ["--precision", precision];
      await done("compile", model, "--output", at(precision), ...stored);
      const words = ["--weights", weights, "--tokens", "1,2,3", "--max", "4", "--json"];
      const [bundle, direct] = await Promise.all([
        startEyrie(["run", at(precision), ...words]),
        eyrie(...run, ...words.slice(2), ...stored),
      ]);
      assert.equal(bundle.code, 0, bundle.err);
      assert.deepEqual(JSON.parse(bundle.out).rows, JSON.parse(direct.out).rows);
    }
  });
  it("reads what it wrote without change", async () => {
    await done("init-weights", model, at("again.safetensors"), "--seed", "3");
    assert.deepEqual(readFileSync(at("again.safetensors")), readFileSync(weights));
  });
});

const stored = { f32: "F32", i32: "I32", u32: "U32" } as const;

function writeTensors(path: string, tensors: Tensors): Promise<void> {
  return writeSafetensors(
    path,
    Object.entries(tensors).map(([name, { dtype, shape, data }]) => ({
      name,
      shape,
      dtype: stored[dtype],
      read: async () => data,
    })),
  );
}

async function readTensors(path: string): Promise<Tensors> {
  const file = await openCheckpoint(path);
  const tensors = await Promise.all(
    [...file.tensors.keys()].map(async (name) => [name, await file.read(name)] as const),
  );
  await file.close();
  return Object.fromEntries(tensors);
}

function assertClose(got: readonly number[], want: readonly number[]): void {
  assert.equal(got.length, want.length);
  for (const [i, value] of got.entries())
    assert.ok(
      Math.abs(value - (want[i] ?? Number.NaN)) < 1e-6,
      `${i}: ${value}, expected ${want[i]}`,
    );
}
