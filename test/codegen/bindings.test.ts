import assert from "node:assert/strict";
import { Project, ts } from "ts-morph";
import { type BindingsSource, writeBindings } from "../../codegen/bindings.ts";

const source: BindingsSource = {
  model: "small_griffin-2b",
  settings: { vocab: 256, cap: 30.5, tied: true, pattern: ["recurrent", "attention"] },
  parameters: [
    { name: "embedding", shape: [256, 16] },
    { name: "layers.0.norm.scale", shape: [16] },
  ],
  context: null,
  chunk: 16,
  batch: 2,
  entries: { prefill: {}, decode: {}, score: {} },
  signature: {
    batch: 2,
    tokens: { below: 256 },
    inputs: [],
    outputs: [{ name: "logits", dtype: "f32", shape: [256] }],
    vocabulary: 256,
  },
};

/** The same with inputs and several outputs of its own. */
const rich: BindingsSource = {
  ...source,
  model: "rich",
  signature: {
    ...source.signature,
    inputs: [
      { name: "image", dtype: "f32", shape: [2, 3] },
      { name: "kind", dtype: "i32", shape: [] },
    ],
    outputs: [...source.signature.outputs, { name: "value", dtype: "f32", shape: [] }],
  },
};
/** Reads inputs alone, and gives one thing that is no logits. */
const classifier: BindingsSource = {
  ...rich,
  model: "classifier",
  signature: {
    ...rich.signature,
    tokens: null,
    outputs: [{ name: "classes", dtype: "f32", shape: [9] }],
    vocabulary: 0,
  },
};

/** Type errors of modules that stand in the project's root, where "eyrie/runtime" is the project's own. */
function errorsOf(modules: Readonly<Record<string, string>>): string[] {
  const { options } = ts.convertCompilerOptionsFromJson(
    {
      target: "es2022",
      lib: ["es2023", "dom"],
      module: "esnext",
      moduleResolution: "bundler",
      strict: true,
      noUnusedLocals: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      verbatimModuleSyntax: true,
      allowImportingTsExtensions: true,
      resolveJsonModule: true,
      skipLibCheck: true,
      noEmit: true,
      types: ["node", "@webgpu/types"],
      paths: { "eyrie/runtime": ["./src/runtime.ts"] },
    },
    process.cwd(),
  );
  const project = new Project({ compilerOptions: options });
  const files = Object.entries(modules).map(([name, text]) => project.createSourceFile(name, text));
  return files.flatMap((file) =>
    file
      .getPreEmitDiagnostics()
      .map((error) => ts.flattenDiagnosticMessageText(error.compilerObject.messageText, "\n")),
  );
}

const user = `
import { batch, config, type Entry, type ParameterName, parameterShapes, SmallGriffin2b } from "./generated.ts";
const name: ParameterName = "layers.0.norm.scale";
const vocabulary: 256 = config.vocab;
const size: 16 = parameterShapes[name][0];
const entry: Entry = "decode";
const rows: 2 = batch;
export async function run(): Promise<unknown> {
  const model = await SmallGriffin2b.load({ weights: "w.safetensors" });
  const logits = await model.prefill([[1, 2], [3]]);
  await model.decode([1, null], { positions: [[0], []] });
  for await (const tokens of model.generate({ prompts: [[1], [2]], maxTokens: 3, temperature: 0.5, seed: [1, 2] })) {
    const first: number | null | undefined = tokens[0];
    console.log(first);
  }
  for await (const { counts } of model.score([[1, 2], []])) console.log(counts);
  const { bitsPerToken } = await model.perplexity([1, 2, 3]);
  await model.release();
  return { logits: logits.data, bitsPerToken, vocabulary, size, entry, rows };
}
`;

const richUser = `
import { type Inputs, inputShapes, type OutputName, outputShapes, Rich } from "./rich.ts";
import { Classifier } from "./classifier.ts";
const pixels: 3 = inputShapes.image[1];
const vocabulary: 256 = outputShapes.logits[0];
const name: OutputName = "value";
const inputs: Inputs = { image: [new Float32Array(12), []], kind: [[1, 2], Int32Array.of()] };
const one = { image: [new Float32Array(6), []], kind: [[1], []] };
export async function run(): Promise<unknown> {
  const model = await Rich.load({ weights: "w.safetensors" });
  const { logits, value } = await model.prefill([[1, 2], []], inputs);
  const chosen = await model.decode([1, null], one, { outputs: ["value"] });
  const data = chosen.value.data;
  for await (const { outputs, logits: all } of model.score([[1, 2], []], inputs)) console.log(outputs.value, all);
  for await (const { outputs } of model.score([[1, 2], []], inputs, { outputs: ["value"] })) console.log(outputs.value);
  for await (const [token] of model.generate({ prompts: [[1], [2]], maxTokens: 3, inputs: one })) console.log(token);
  const { bits } = await model.perplexity([1, 2], { image: [], kind: [1, 2] });
  const other = new Classifier(model.session);
  const classes = (await other.prefill(inputs)).data;
  await other.decode(one, { positions: [[0], []] });
  for await (const { outputs } of other.score(inputs)) console.log(outputs.classes.shape);
  return { logits: logits.data, value, data, bits, classes, pixels, vocabulary, name };
}
`;

describe("bindings", () => {
  it("are a module that type-checks, and gives its user the model's own types", function () {
    this.timeout(120000);
    const wrong =
      'import type { ParameterName } from "./generated.ts";\nexport const name: ParameterName = "layers.1";\n';
    const errors = errorsOf({
      "generated.ts": writeBindings(source),
      "user.ts": user,
      "wrong.ts": wrong,
    });
    assert.equal(errors.length, 1, errors.join("\n"));
    assert.match(
      errors[0]!,
      /"layers.1"' is not assignable to type '"embedding" \| "layers.0.norm.scale"'/,
    );
  });

  it("type the inputs and outputs of a model by name", function () {
    this.timeout(120000);
    // biome-ignore format: a mistake a line
    const mistakes = [
      ["model.prefill([[1]], { image: [] })", /'kind' is missing/],
      ["model.prefill([[1]])", /Expected 2-3 arguments/],
      ['(await model.prefill([[1]], none, { outputs: ["value"] })).logits', /'logits' does not exist/],
      ['model.prefill([[1]], none, { outputs: ["values"] })', /"values"' is not assignable/],
      ["other.generate({ prompts: [], maxTokens: 1 })", /'generate' does not exist/],
      ["other.perplexity([1])", /'perplexity' does not exist/],
    ] as const;
    const wrong = mistakes.map(
      ([line], i) =>
        `export const wrong${i} = async (model: Rich, other: Classifier) => [model, other, ${line}];`,
    );
    const errors = errorsOf({
      "rich.ts": writeBindings(rich),
      "classifier.ts": writeBindings(classifier),
      "user.ts": richUser,
      "wrong.ts": `import { Classifier } from "./classifier.ts";\nimport { Rich } from "./rich.ts";\nconst none = { image: [], kind: [] };\n${wrong.join("\n")}\n`,
    });
    assert.equal(errors.length, mistakes.length, errors.join("\n"));
    for (const [i, [, message]] of mistakes.entries()) assert.match(errors[i]!, message);
  });

  it("offer only what the entries allow", () => {
    const decodeOnly = writeBindings({ ...source, entries: { decode: {} } });
    assert.match(decodeOnly, /export type Entry = "decode";/);
    assert.match(decodeOnly, /async decode\(/);
    assert.doesNotMatch(decodeOnly, /prefill\(|generate\(|score\(|type Rows/);
    assert.match(writeBindings({ ...source, model: "2b" }), /export class Model2b \{/);
  });

  it("open with what the model is", () => {
    const text = writeBindings(source);
    assert.match(text, /^\/\*\* The model small_griffin-2b, compiled/);
    assert.match(
      text,
      /export const config = \{\n {2}vocab: 256,\n {2}cap: 30.5,\n {2}tied: true,\n {2}pattern: \["recurrent", "attention"\],\n\} as const;/,
    );
    assert.match(text, /"layers.0.norm.scale": \[16\],/);
    assert.match(text, /export const context = null;/);
  });
});
