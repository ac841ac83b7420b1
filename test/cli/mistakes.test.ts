import assert from "node:assert/strict";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { eyrie, smallModel, temporaryFolder } from "./eyrie.ts";

const kjv = "examples/models/kjv-bytes";

describe("a mistake on the command line is one clear sentence, never a trace", function () {
  this.timeout(120_000);
  const at = temporaryFolder();
  const model = at("small.eyrie");
  const weights = at("w.safetensors");
  const evaluate = ["--executor", "evaluate"];
  const run = ["run", model, "--weights", weights, ...evaluate];
  const bundle = at("bundle");
  const files: Readonly<Record<string, string | Uint8Array>> = {
    "empty.eyrie": "// nothing\n",
    "binary.eyrie": Uint8Array.of(0, 1, 2, 255),
    "broken.json": "{",
    "list.json": "[]",
    "type.json": '{"hidden_size": "wide"}',
    "other.json": '{"model_type": "gpt2", "n_embd": 768}',
    "blocks.json": '{"block_types": ["recurrent", "mamba"]}',
    "text.txt": "hello",
    "cut.safetensors": readFileSync(`${kjv}/model.safetensors`).subarray(0, 100_000),
    "none.safetensors": "",
  };
  before(async () => {
    for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content);
    writeFileSync(model, smallModel);
    mkdirSync(at("folder.eyrie"));
    for (const words of [
      ["init-weights", model, weights],
      ["init-weights", model, at("wide.safetensors"), "--config", "wide"],
      [
        "quantize",
        model,
        "--weights",
        weights,
        "--precision",
        "int8",
        "--output",
        at("int8.safetensors"),
      ],
      ["compile", model, "--output", bundle],
      [...run, "--tokens", "1", "--max", "2", "--save-state", at("state.safetensors")],
    ])
      assert.equal((await eyrie(...words)).code, 0, words.join(" "));
  });

  type Case = readonly [what: string, words: readonly string[], message: RegExp, code?: 1 | 2];
  // biome-ignore format: a case a line
  const cases: Readonly<Record<string, readonly Case[]>> = {
    "a model file": [
      ["missing", ["check", at("no.eyrie")], /no\.eyrie cannot be read \(ENOENT\); give the path of an \.eyrie file$/],
      ["a folder", ["compile", at("folder.eyrie")], /folder\.eyrie cannot be read \(EISDIR\); give/],
      ["binary", ["check", at("binary.eyrie")], /binary\.eyrie is not text; give the path of an \.eyrie file$/],
      ["weights", ["check", weights], /w\.safetensors is not text; give/],
      ["without a model", ["compile", at("empty.eyrie")], /empty\.eyrie defines no model; write one, or give --item the name of a block$/],
      ["without this model", ["compile", model, "--item", "smal"], /hint: did you mean `small`\?$/],
      ["with a block alone", ["compile", model, "--item", "rms_norm"], /hint: .*`eyrie eval` runs a block on tensors from a file$/],
    ],
    "eyrie quantize": [
      ["with no precision", ["quantize", model, "--weights", weights, "--output", at("q.safetensors")], /required option '--precision <name>' not specified$/, 2],
      ["with another precision", ["quantize", model, "--weights", weights, "--output", at("q.safetensors"), "--precision", "f16"], /Allowed choices are int8, int4\.$/, 2],
      ["into a folder", ["quantize", model, "--weights", weights, "--output", at("."), "--precision", "int8"], /is a folder; give the name of a file to write$/],
      ["of what is quantised already", ["quantize", model, "--weights", at("int8.safetensors"), "--output", at("q.safetensors"), "--precision", "int4"], /int8\.safetensors holds weights in int8; give --precision int8, or the checkpoint that it was made from$/],
      ["of other weights", ["quantize", model, "--weights", at("wide.safetensors"), "--output", at("q.safetensors"), "--precision", "int8"], /the parameter .* has shape .*; check the model's settings$/],
    ],
    "quantised weights": [
      ["without their precision", ["run", model, "--weights", at("int8.safetensors"), ...evaluate, "--tokens", "1"], /int8\.safetensors holds weights in int8; give --precision int8, or/],
      ["with another", ["run", model, "--weights", at("int8.safetensors"), ...evaluate, "--tokens", "1", "--precision", "int4"], /int8\.safetensors holds weights in int8; give --precision int8, or/],
    ],
    "--config": [
      ["an unknown title", ["compile", model, "--config", "wid"], /E0215.*`small` has no configuration `wid`[\s\S]*did you mean `wide`\?$/],
      ["a missing file", ["compile", model, "--config", at("no.json")], /no\.json cannot be read \(ENOENT\); check the path$/],
      ["no JSON", ["compile", model, "--config", at("broken.json")], /broken\.json is not JSON: .*$/],
      ["a list", ["compile", model, "--config", at("list.json")], /list\.json: the top level must be object; give the config\.json that came with the checkpoint$/],
      ["a wrong type", ["compile", model, "--config", at("type.json")], /type\.json: "hidden_size" must be integer; give the config\.json/],
      ["of another kind of model", ["compile", model, "--config", at("other.json")], /other\.json gives none of this model's settings; give the config\.json of a checkpoint that fits it$/],
      ["with other layers", ["compile", model, "--config", at("blocks.json")], /E0208.*the pattern names `mamba`/],
    ],
    "--set": [
      ["an unknown name", ["compile", model, "--set", "wdith=8"], /E0401.*has no setting `wdith`[\s\S]*did you mean `width`\?$/],
      ["a size of 0", ["compile", model, "--set", "width=0"], /E0407.*`width` is 0, which is not a size/],
      ["a size of 1e18", ["compile", model, "--set", "width=1e18"], /E0407.*[\s\S]*whole numbers from 1 to 2147483648$/],
      ["a size too large together", ["compile", model, "--set", "width=1e9"], /E0416.*\[vocab, width\] would have 11000000000 elements/],
      ["a word for a size", ["compile", model, "--set", "width=abc"], /E0404.*`width` is a size, but this is the pattern \[abc\]/],
      ["a number for a flag", ["compile", model, "--set", "scaled=3"], /E0404.*`scaled` is a flag, but this is the number 3/],
      ["a number for a pattern", ["compile", model, "--set", "pattern=3"], /E0404.*`pattern` is a pattern/],
      ["no finite number", ["compile", model, "--set", "gain=Infinity"], /E0411.*`Infinity` cannot be computed: it is not a finite number/],
      ["no value", ["compile", model, "--set", "pattern="], /write name=value, as in width=512$/, 2],
      ["half a size", ["compile", model, "--set", "heads=0.5"], /E0407/],
    ],
    weights: [
      ["missing", ["run", model, "--weights", at("no.safetensors"), "--tokens", "1", ...evaluate], /no\.safetensors does not exist; give a \.safetensors file or a folder with one$/],
      ["of other sizes", ["run", model, "--weights", at("wide.safetensors"), "--tokens", "1", ...evaluate], /"embedding" of shape \[11, 8\] does not fit: the parameter embedding has shape \[11, 6\]; check the model's settings$/],
      ["of another model", ["run", model, "--weights", `${kjv}/model.safetensors`, "--tokens", "1", ...evaluate], /under the names "huggingface" it lacks model\.layers\.1\.\S+ \(near: \S+\).*; check the file and the model's settings$/],
      ["cut short", ["run", model, "--weights", at("cut.safetensors"), "--tokens", "1", ...evaluate], /ends at byte 131072 of the data, but the file holds only 86440; it may be cut short$/],
      ["empty", ["run", model, "--weights", at("none.safetensors"), "--tokens", "1", ...evaluate], /it is not a whole safetensors file$/],
      ["of another format", ["run", model, "--weights", at("text.txt"), "--tokens", "1", ...evaluate], /convert the checkpoint to safetensors first$/],
    ],
    "a prompt": [
      ["absent", run, /there are no tokens to feed; give --prompt, --prompt-file or --tokens$/],
      ["empty", ["run", `${kjv}/kjv-bytes.eyrie`, "--weights", "x", "--prompt", ""], /there are no tokens to feed; give --prompt/],
      ["in a missing file", [...run, "--prompt-file", at("no.txt")], /no\.txt cannot be read \(ENOENT\); check the path$/],
      ["given twice", [...run, "--prompt", "a", "--tokens", "1"], /give one of a text, a file with it and --tokens, not several$/],
      ["of text for a model without a tokenizer", [...run, "--prompt", "hello"], /this model has 11 tokens and no tokenizer; give token numbers with --tokens 2,651,9456$/],
      ["out of the vocabulary", [...run, "--tokens", "1,11"], /token 11 is outside this model's vocabulary; its tokens are 0 to 10$/],
      ["of no numbers", [...run, "--tokens", "1,x"], /give token numbers, as in 2,651,9456$/, 2],
    ],
    "options of run": [
      ["--stop with no number", [...run, "--tokens", "1", "--stop", "x"], /give token numbers/, 2],
      ["--stop out of the vocabulary", [...run, "--tokens", "1", "--stop", "99"], /token 99 is outside/],
      ["--max 0", [...run, "--tokens", "1", "--max", "0"], /give a whole number from 1$/, 2],
      ["--chunk 0", [...run, "--tokens", "1", "--chunk", "0"], /give a whole number from 1$/, 2],
      ["--temperature below 0", [...run, "--tokens", "1", "--temperature", "-1"], /give a number from 0 to 1000$/, 2],
      ["--top-p above 1", [...run, "--tokens", "1", "--top-p", "2"], /give a number from 0\.000001 to 1$/, 2],
      ["--seed beyond 32 bits", [...run, "--tokens", "1", "--seed", "4294967296"], /from 0 to 4294967295$/, 2],
      ["--adapter of no kind", [...run, "--tokens", "1", "--adapter", "nvidia"], /Allowed choices are auto, gpu, lavapipe, swiftshader\.$/, 2],
      ["--precision of no kind", [...run, "--tokens", "1", "--precision", "int3"], /'int3' is invalid\. Allowed choices are f32, f16, bf16, int8, int4\.$/, 2],
      ["--executor of no kind", ["run", model, "--executor", "metal"], /Allowed choices are wgsl, cuda, cuda-cpu, interpret, evaluate\.$/, 2],
      ["a state of no run", [...run, "--tokens", "1", "--restore-state", weights], /is not a saved stream state; give a file that saveState or run --save-state wrote$/],
      ["a state of another model", ["run", `${kjv}/kjv-bytes.eyrie`, "--weights", `${kjv}/model.safetensors`, ...evaluate, "--restore-state", at("state.safetensors")], /holds the state of the model small, not of kjv_bytes; load that model or start fresh$/],
      ["a state of other rows", [...run, "--batch", "2", "--restore-state", at("state.safetensors")], /holds 1 rows, and 2 run side by side here; give --batch 1$/],
      ["a state of other layers", ["run", model, "--weights", at("one.safetensors"), "--set", "pattern=attention", ...evaluate, "--restore-state", at("state.safetensors")], /lack the state "layers\.0\.temporal_block\.keys"/],
      ["a state to nowhere", [...run, "--tokens", "1", "--save-state", at("no/state.safetensors")], /there is no folder .*no; make it first$/],
    ],
    "eval and perplexity": [
      ["a model without tokens", ["eval", model, weights, ...evaluate], /holds no input "tokens", int \[batch, tokens\]$/],
      ["a missing block", ["eval", "std", "test/reference/cases/rmsnorm.safetensors", "--item", "rms_nrm", ...evaluate], /did you mean `rms_norm`\?$/],
      ["no block named", ["eval", "std", "test/reference/cases/rmsnorm.safetensors", ...evaluate], /std defines no model; write one, or give --item/],
      ["parameters under other names", ["eval", "std", "test/reference/cases/rmsnorm.safetensors", "--item", "rms_norm", ...evaluate], /it lacks scale/],
      ["no text", ["perplexity", model, "--weights", weights, ...evaluate], /give a file with a text, or --tokens$/],
      ["one token", ["perplexity", model, "--weights", weights, ...evaluate, "--tokens", "1"], /perplexity needs at least two tokens/],
    ],
    "places to write": [
      ["weights into a missing folder", ["init-weights", model, at("no/w.safetensors")], /there is no folder .*no; make it first$/],
      ["weights onto a folder", ["init-weights", model, at("folder.eyrie")], /is a folder; give the name of a file to write$/],
      ["architectures without CUDA", ["compile", model, "--arch", "sm_80"], /--arch names NVIDIA architectures; give --target cuda with it$/],
      ["an architecture too old", ["compile", model, "--target", "cuda", "--arch", "sm_70"], /GPUs before Ampere cannot run these kernels; --arch takes sm_80, .*, not "sm_70"$/],
      ["a WebGPU device for CUDA", ["compile", model, "--target", "cuda", "--device", "apple"], /--device and --adapter name WebGPU devices; for CUDA give --arch$/],
      ["CUDA sources among other files", ["compile", model, "--target", "cuda", "--output", at(".")], /holds other files; choose a new folder for CUDA sources$/],
      ["a bundle onto a file", ["compile", model, "--output", at("text.txt")], /text\.txt cannot be the folder of a bundle \(ENOTDIR\); choose another name$/],
      ["a bundle among other files", ["compile", model, "--output", at(".")], /holds other files; choose a new folder for a bundle$/],
      ["a bundle where nothing can be", ["compile", model, "--output", "/proc/bundle"], /\/proc\/bundle cannot be written \(\w+\); choose another folder$/],
      ["stages onto a file", ["compile", model, "--dump", at("text.txt")], /text\.txt cannot be written \(\w+\); choose another folder$/],
    ],
    "a bundle": [
      ["with --precision", ["run", bundle, "--weights", weights, "--tokens", "1", "--precision", "bf16"], /a bundle is compiled already; leave --precision out, or give the \.eyrie file$/],
      ["with --set", ["inspect", bundle, "--set", "width=8"], /a bundle is compiled already; leave --set out, or give the \.eyrie file$/],
      ["on the evaluator", ["run", bundle, "--weights", weights, "--tokens", "1", ...evaluate], /a bundle holds kernels for WebGPU only; leave --executor out$/],
      ["that is no bundle", ["run", at("folder.eyrie"), "--weights", weights, "--tokens", "1"], /manifest\.json cannot be read \(ENOENT\); compile the model again$/],
      ["that is nothing", ["inspect", at("nothing")], /nothing does not exist/],
    ],
  };
  for (const [about, listed] of Object.entries(cases))
    describe(about, () => {
      for (const [what, words, message, code = 1] of listed)
        it(what, async () => {
          if (words.includes(at("one.safetensors")))
            await eyrie("init-weights", model, at("one.safetensors"), "--set", "pattern=attention");
          const said = await eyrie(...words);
          const text = said.err.trimEnd();
          const shown = said.out + text;
          assert.match(text, message);
          assert.equal(said.code, code, shown);
          assert.doesNotMatch(shown, /^\s+at |node:|compiler bug/m);
        });
    });

  it("a damaged bundle says what to do", async () => {
    const manifest = readFileSync(`${bundle}/manifest.json`, "utf8");
    const damaged = async (change: (folder: string) => void): Promise<string> => {
      const folder = at("damaged");
      rmSync(folder, { recursive: true, force: true });
      cpSync(bundle, folder, { recursive: true });
      change(folder);
      const { code, err } = await eyrie("inspect", folder);
      assert.equal(code, 1, err);
      return err.trimEnd();
    };
    const write = (text: string) => (folder: string) =>
      writeFileSync(`${folder}/manifest.json`, text);
    assert.match(await damaged(write(manifest.slice(0, 1000))), /manifest\.json is not JSON: /);
    assert.match(
      await damaged(write(manifest.replace('"format": 1', '"format": 9'))),
      /has format 9, and this version reads 1; compile the model again$/,
    );
    assert.match(
      await damaged(write(manifest.replace('"chunk": 128', '"chunk": "x"'))),
      /"chunk" must be integer; compile the model again$/,
    );
    const lost = await damaged((folder) =>
      rmSync(`${folder}/kernels/${readdirSync(`${folder}/kernels`)[0]}`),
    );
    assert.match(lost, /kernels\/.*\.wgsl cannot be read \(ENOENT\); compile the model again$/);
  });
  it("leaves nothing half-written behind", async () => {
    const before = readdirSync(at("."));
    await eyrie("init-weights", model, at("folder.eyrie"));
    await eyrie("compile", model, "--output", at("text.txt"));
    await eyrie("compile", at("empty.eyrie"), "--output", at("new"), "--dump", at("stages"));
    await eyrie(
      "eval",
      "std",
      "test/reference/cases/rmsnorm.safetensors",
      "--item",
      "rms_norm",
      "--output",
      at("y.safetensors"),
      ...evaluate,
    );
    assert.deepEqual(readdirSync(at(".")), before);
  });
});
