import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openRun, saveRun } from "../../../../src/cli/saved-run.ts";
import type { OpenedAny } from "../../../../src/execute/open-any.ts";
import { writeWeights } from "../../../../src/weights/file.ts";
import { initialWeights } from "../../../../src/weights/initialize.ts";
import type { GenerateOptions } from "../../../../targets/calls.ts";
import type { Session } from "../../../../targets/executor.ts";
import { Stream } from "../../../../targets/stream.ts";
import {
  bytesModel,
  evaluate,
  makeWithKnownLibrary,
  mustRun,
  needsTools,
  onStandIn,
  run,
  temporaryFolder,
  writeFolder,
} from "./folder.ts";

type Option = string | number | readonly number[];

/** The program of a byte model with weights in bf16 on the stand-in, against the same model on the graph evaluator. */
describe("a CUDA folder's program", function () {
  this.timeout(240_000);
  const compiled = bytesModel({ precision: { parameters: "bf16" } });
  const { path: folder, remove } = temporaryFolder();
  const weights = join(folder, "weights.safetensors");
  let environment: Readonly<Record<string, string>> = {};
  let session: Session;
  after(remove);
  before(async function () {
    await needsTools(this, "nvcc", "g++", "make");
    writeFolder(compiled, folder);
    makeWithKnownLibrary(folder, "build/griffin");
    environment = await onStandIn(folder);
    session = await evaluate(compiled, 3);
    await writeWeights(
      weights,
      compiled.model.parameters,
      initialWeights(compiled.model.parameters, 3),
    );
  });

  const prompt = Array.from({ length: 37 }, (_, i) => 65 + ((i * 7) % 26));
  const call = (options: readonly Option[]) =>
    run(join(folder, "build", "griffin"), ["--weights", weights, ...options.map(String)], {
      environment,
    });
  /** The bytes of its text, without the newline at the end. */
  const tokensOf = (...options: readonly Option[]): number[] => {
    const { code, stdout, stderr } = call(options);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.equal(stdout.at(-1), "\n");
    return [...Buffer.from(stdout.slice(0, -1), "latin1")];
  };
  const expected = async (
    stream: Stream,
    options: Omit<GenerateOptions, "prompts">,
    from = prompt,
  ) => {
    const made: number[] = [];
    for await (const [token] of stream.generate({ ...options, prompts: [from] })) made.push(token!);
    return made;
  };
  const opened = () => ({ session, context: null, name: "griffin" }) as OpenedAny;

  it("says where it runs", () => {
    const { stdout } = call(["--info"]);
    assert.match(stdout, /weights {5}\d+ bytes \(own names\)\n.*kernels {5}PTX\n$/s);
  });

  it("takes the tokens that the graph evaluator takes", async () => {
    const wanted = await expected(Stream.open(session), { maxTokens: 24 });
    assert.deepEqual(tokensOf("--tokens", prompt, "--max", 24), wanted);
    const text = String.fromCharCode(...prompt);
    assert.deepEqual(tokensOf("--prompt", text, "--max", 24), [...prompt, ...wanted]);
  });

  it("draws the tokens that the graph evaluator draws", async () => {
    const sampling = { temperature: 0.9, topK: 40, topP: 0.9, seed: 11 };
    const wanted = await expected(Stream.open(session), { maxTokens: 24, ...sampling });
    const options = ["--temperature", 0.9, "--top-k", 40, "--top-p", 0.9, "--seed", 11];
    assert.deepEqual(tokensOf("--tokens", prompt, "--max", 24, ...options), wanted);
  });

  it("ends at a stop token, which is not shown", async () => {
    const [first, second, third] = await expected(Stream.open(session), { maxTokens: 3 });
    assert.notEqual(third, first);
    assert.deepEqual(tokensOf("--tokens", prompt, "--stop", third!), [first, second]);
  });

  it("goes on from its own state as if it had never stopped", () => {
    const state = join(folder, "own.state");
    const whole = tokensOf("--tokens", prompt, "--max", 20);
    const start = tokensOf("--tokens", prompt, "--max", 9, "--save-state", state);
    const rest = tokensOf("--restore-state", state, "--max", 11);
    assert.deepEqual([...start, ...rest], whole);
  });

  it("goes on from a state that eyrie saved", async () => {
    const state = join(folder, "eyrie.state");
    const stream = Stream.open(session);
    const start = await expected(stream, { maxTokens: 9 });
    await saveRun(state, stream, [start.slice(-1)], "griffin");
    const rest = tokensOf("--restore-state", state, "--max", 11);
    assert.deepEqual([...start, ...rest], await expected(Stream.open(session), { maxTokens: 20 }));
  });

  it("saves a state from which eyrie goes on", async () => {
    const state = join(folder, "folder.state");
    const start = tokensOf("--tokens", prompt, "--max", 9, "--save-state", state);
    const { stream, unfed } = await openRun(opened(), state);
    assert.deepEqual([...stream.seen], [prompt.length + 8]);
    const rest = await expected(stream, { maxTokens: 11 }, [...unfed[0]!]);
    assert.deepEqual([...start, ...rest], await expected(Stream.open(session), { maxTokens: 20 }));
  });

  const complains = (words: RegExp, ...options: readonly Option[]) => {
    const { code, stderr } = call(options);
    assert.deepEqual([code, stderr.trim().split("\n").length], [1, 1], stderr);
    assert.match(stderr, words);
  };

  it("says in one sentence what is wrong with tokens and states", () => {
    complains(/no tokens to go on from/);
    complains(/token 256 of row 0 is outside the vocabulary of 256/, "--tokens", "1,256");
    complains(/there is no device 1: the driver sees 1/, "--device", 1, "--tokens", 1);
    complains(
      /nowhere\/x cannot be written \(No such file/,
      "--tokens",
      1,
      "--max",
      1,
      "--save-state",
      "/nowhere/x",
    );
    complains(/is no saved state/, "--restore-state", weights);
    const state = join(folder, "own.state");
    const other = join(folder, "other.state");
    writeFileSync(other, readFileSync(state, "latin1").replace('"griffin"', '"gryphon"'), "latin1");
    complains(/holds the state of the model gryphon, not of griffin/, "--restore-state", other);
  });

  it("says what is wrong with weights", async () => {
    const path = join(folder, "wrong.safetensors");
    const { parameters } = compiled.model;
    const write = (of: typeof parameters) => writeWeights(path, of, initialWeights(of, 1));
    const wrong = (words: RegExp) => {
      const options = ["--weights", path, "--tokens", "1"];
      const { code, stderr } = run(join(folder, "build", "griffin"), options, { environment });
      assert.equal(code, 1);
      assert.match(stderr, words);
    };
    wrong(/wrong.safetensors does not exist; give a .safetensors file or a folder with one/);
    await write(parameters.slice(1));
    wrong(/lacks embedding; check the file/);
    await write(parameters.map((p, i) => (i === 0 ? { ...p, shape: [32, 256] } : p)));
    wrong(
      /"embedding" of shape \[32, 256\] does not fit: the parameter embedding has shape \[256, 32\]/,
    );
    writeFileSync(path, readFileSync(weights).subarray(0, -4));
    wrong(/it may be cut short/);
  });

  it("reads a checkpoint of several files, whose index must be true", async () => {
    const shards = join(folder, "shards");
    mkdirSync(shards);
    const { parameters } = compiled.model;
    const parts = [parameters.slice(0, 20), parameters.slice(20)];
    const map: Record<string, string> = {};
    for (const [i, part] of parts.entries()) {
      await writeWeights(join(shards, `${i}.safetensors`), part, initialWeights(part, 3));
      for (const { name } of part) map[name] = `${i}.safetensors`;
    }
    const index = (weight_map: Readonly<Record<string, string>>) =>
      writeFileSync(join(shards, "model.safetensors.index.json"), JSON.stringify({ weight_map }));
    const options = ["--tokens", prompt, "--max", 5];
    index(map);
    assert.deepEqual(tokensOf(...options, "--weights", shards), tokensOf(...options));
    const [name] = Object.keys(map) as [string];
    index({ ...map, [name]: "1.safetensors" });
    complains(
      /says that 1.safetensors holds ".*", but it does not/,
      ...options,
      "--weights",
      shards,
    );
    const { [name]: _, ...fewer } = map;
    index(fewer);
    complains(/does not place it there/, ...options, "--weights", shards);
    rmSync(join(shards, "model.safetensors.index.json"));
    complains(/holds neither model.safetensors nor/, ...options, "--weights", shards);
  });

  it("says what a device lacks", () => {
    const on = (options: Readonly<Record<string, string>>, words: RegExp) => {
      const { code, stderr } = run(
        join(folder, "build", "griffin"),
        ["--weights", weights, "--tokens", "1"],
        { environment: { ...environment, ...options } },
      );
      assert.deepEqual([code, stderr.trim().split("\n").length], [1, 1], stderr);
      assert.match(stderr, words);
    };
    on({ EYRIE_STAND_IN_DEVICES: "0" }, /CUDA_ERROR_NO_DEVICE.*check nvidia-smi/);
    on({ EYRIE_STAND_IN_CAPABILITY: "75" }, /compute capability 7.5, and the kernels need 8.0/);
    on(
      { EYRIE_STAND_IN_MEMORY: "100000" },
      /no room for .*: it takes \d+ bytes, and \d+ of 100000 are free/,
    );
    on(
      { EYRIE_STAND_IN_CAPABILITY: "90" },
      /CUDA_ERROR_NO_BINARY_FOR_GPU \([^)]*\): \S.*; update NVIDIA's driver/,
    );
    on(
      { EYRIE_STAND_IN_FAIL: "cuLaunchKernel:2:719" },
      /the launch of \w+ failed with CUDA_ERROR_LAUNCH_FAILED/,
    );
    on(
      { EYRIE_STAND_IN_FAIL: "cuGraphInstantiateWithFlags:1:2" },
      /cuGraphInstantiate failed with/,
    );
  });

  it("is the same program however threads and blocks take turns", () => {
    const options = ["--weights", weights, "--prompt", "In the", "--max", "6"];
    const text = (seed: string) =>
      mustRun(join(folder, "build", "griffin"), options, {
        environment: { ...environment, EYRIE_STAND_IN_SEED: seed },
      });
    assert.equal(text("7"), text("0"));
  });
});
