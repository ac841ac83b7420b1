import assert from "node:assert/strict";
import { cudaFolderOf, standaloneOf } from "../../../../src/cuda-folder.ts";
import { UserError } from "../../../../src/graph/bug.ts";
import { ptxFlags as runtimeFlags } from "../../../../targets/cuda/nvcc.ts";
import { fileName, ptxFlags } from "../../../../targets/cuda/standalone/options.ts";
import { planOf } from "../../../../targets/cuda/standalone/plan.ts";
import { quote } from "../../../../targets/cuda/standalone/print-plan.ts";
import { bytesModel, compileExample, rowsModel } from "./folder.ts";

const sentence = (text: RegExp) => (error: unknown) =>
  error instanceof UserError && text.test(error.message) && !error.message.includes("\n");

describe("the files of a CUDA folder", () => {
  const files = cudaFolderOf(bytesModel(), ["sm_80", "sm_90"]);

  it("are sources, kernels, tables and what builds them", () => {
    const paths = [...files.keys()].filter((path) => !path.startsWith("library/"));
    assert.deepEqual(paths.sort(), [
      ...["CMakeLists.txt", "Makefile", "README.md", "eyrie.h", "images.cpp"],
      ...["kernels/decode.cu", "kernels/prefill.cu", "main.cpp", "plan.cpp"],
    ]);
    assert.ok(files.has("library/api.cpp") && files.has("library/exports.map"));
  });

  it("are the same bytes from the same model, and hold no path of this machine", () => {
    assert.deepEqual([...cudaFolderOf(bytesModel(), ["sm_80", "sm_90"])], [...files]);
    for (const [path, text] of files) {
      assert.ok(!text.includes(process.cwd()), path);
      assert.ok(text.endsWith("\n") && !text.includes("\t\t"), path);
    }
  });

  it("build PTX as the compiler's own runtime does, but for line numbers", () => {
    const options = ptxFlags.split(" ").filter((flag) => !flag.startsWith("-arch="));
    assert.deepEqual(
      options,
      runtimeFlags.filter((flag) => flag !== "-lineinfo"),
    );
  });

  it("hold every source of the library in what builds it", () => {
    const sources = [...files.keys()].filter((path) => /^library\/.*\.cpp$/.test(path));
    for (const source of sources) {
      const name = source.slice("library/".length, -".cpp".length);
      assert.match(files.get("Makefile")!, new RegExp(`build/library/${name}\\.o`));
      assert.match(files.get("CMakeLists.txt")!, new RegExp(`library/${name}\\.cpp`));
    }
  });

  it("differ in name tables and sizes alone where the model differs in them alone", () => {
    const other = cudaFolderOf(rowsModel(), ["sm_80", "sm_90"]);
    for (const [path, text] of files)
      if (path.startsWith("library/") || path === "eyrie.h" || path === "main.cpp")
        assert.equal(other.get(path), text);
  });
});

describe("the tables of a CUDA folder", () => {
  const plan = planOf(standaloneOf(rowsModel()));

  it("hold each weight once, in pieces where the device's bindings are small", () => {
    const keys = plan.weights.map(({ parameter, type, piece }) =>
      JSON.stringify([parameter, type, piece]),
    );
    assert.equal(new Set(keys).size, keys.length);
    assert.ok(plan.weights.some(({ piece }) => piece !== null));
    assert.ok(plan.weights.some(({ type }) => type === "f16"));
    const other = planOf(standaloneOf(bytesModel({ precision: { parameters: "bf16" } })));
    assert.deepEqual([...new Set(other.weights.map(({ type }) => type))].toSorted(), [
      "bf16",
      "f32",
    ]);
  });

  it("give both programs the same states and slots", () => {
    assert.deepEqual(
      plan.states.map(({ name }) => name),
      ["layers.0.attention.keys", "layers.0.attention.values", "seen"],
    );
    for (const { steps } of Object.values(plan.programs))
      for (const { place, index } of steps.flatMap((step) => step.bindings))
        if (place === "slot") assert.ok(index < plan.slots.length);
  });

  it("place inputs of a program where device memory may begin", () => {
    for (const { inputs, inputBytes } of Object.values(plan.programs)) {
      assert.ok(inputs.every(({ offset }) => offset % 256 === 0 && offset < inputBytes));
      assert.equal(new Set(inputs.map(({ offset }) => offset)).size, inputs.length);
    }
  });

  it("know a row's tokens of a call, the vocabulary and the batch", () => {
    const { batch, vocabulary, tokens, programs } = plan;
    assert.deepEqual(
      {
        batch,
        vocabulary,
        tokens,
        prefill: programs.prefill.length,
        decode: programs.decode.length,
      },
      { batch: 2, vocabulary: 300, tokens: 300, prefill: 8, decode: 1 },
    );
  });

  it("spell text as C++ does, and a model's name as a file's", () => {
    assert.equal(quote('a "b" \\ \n é'), '"a \\"b\\" \\\\ \\012 é"');
    assert.equal(fileName("My Model/2B"), "my_model_2b");
    assert.equal(fileName("--"), "model");
  });
});

describe("a model that is no folder of CUDA", () => {
  it("reads more than tokens", () => {
    const compiled = compileExample("zoo/classifier.eyrie", { chunk: 8 });
    assert.throws(
      () => cudaFolderOf(compiled, ["sm_80"]),
      sentence(/reads more than tokens \(features\), and a CUDA folder generates tokens/),
    );
  });

  it("was compiled without decode", () => {
    const compiled = bytesModel({ entries: ["prefill"] });
    assert.throws(() => cudaFolderOf(compiled, ["sm_80"]), sentence(/without decode/));
  });

  it("names no architecture, or one that there is not", () => {
    assert.throws(() => cudaFolderOf(bytesModel(), []), sentence(/give --arch/));
    assert.throws(() => cudaFolderOf(bytesModel(), ["sm_70"]), sentence(/sm_70/));
  });
});
