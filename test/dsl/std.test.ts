import assert from "node:assert/strict";
import { checkFile, elaborate, listConfigs } from "../../dsl/elaborate.ts";
import type { Settings } from "../../dsl/model.ts";
import { parse } from "../../dsl/parse.ts";
import { standardLibrary } from "../../dsl/standard-node.ts";
import { evaluate, type Value, valueFrom } from "../../src/graph/evaluate.ts";
import { openCheckpoint } from "../../src/weights/checkpoint.ts";
import { mapNames } from "../../src/weights/names.ts";
import {
  countParameters,
  describeDiagnostic,
  elaborateText,
  modelOf,
  readText,
  standard,
} from "./files.ts";

const sizes = { batch: 1, tokens: 1, chunk: 1, context: 64 };

describe("the standard library", () => {
  it("has no mistakes", () => {
    const parsed = standardLibrary().map((s) => parse(s.file, s.text));
    assert.deepEqual(
      parsed.flatMap((p) => p.diagnostics),
      [],
    );
    assert.deepEqual(checkFile(standard, standard), []);
  });
  it("names every parameter of RecurrentGemma in both kinds of checkpoint", () => {
    const { model } = elaborateText(
      readText("examples/recurrentgemma-2b.eyrie"),
      "recurrentgemma",
      sizes,
    );
    assert.deepEqual(
      model?.names.map((table) => table.name),
      ["huggingface", "deepmind"],
    );
    for (const table of model.names) {
      const known = new Set(table.rules.map((rule) => rule.path.text));
      const missing: readonly unknown[] = model.parameters.filter(
        ({ name }) => !known.has(name.replace(/\d+/, "{i}")),
      );
      assert.deepEqual(missing, [], table.name);
    }
  });
});

describe("the examples", () => {
  const millions = (text: string, model: string, config: string) => {
    const file = readText(`examples/${text}.eyrie`);
    return Math.round(countParameters(modelOf(file, model, { ...sizes, config }), false) / 1e6);
  };
  // Non-embedding parameters in millions. Hawk 3B comes to 2996.46; the shared notes say 2997.
  const paper = {
    griffin: {
      "100M": 89,
      "200M": 163,
      "400M": 355,
      "1.3B": 1243,
      "3B": 2835,
      "7B": 6790,
      "14B": 13764,
    },
    hawk: { "100M": 94, "200M": 174, "400M": 375, "1.3B": 1304, "3B": 2996, "7B": 7176 },
    mqa: { "100M": 80, "200M": 142, "400M": 316, "1.3B": 1120, "3B": 2511, "7B": 5940 },
  };
  for (const [name, counts] of Object.entries(paper))
    it(`give ${name} the sizes of the paper`, () => {
      const file = parse(`${name}.eyrie`, readText(`examples/${name}.eyrie`)).ast;
      assert.deepEqual(listConfigs([...standard, file], name), Object.keys(counts));
      for (const [config, count] of Object.entries(counts))
        assert.equal(millions(name, name, config), count, config);
    });
  it("give RecurrentGemma the sizes of its report", () => {
    const count = (size: string) =>
      countParameters(
        modelOf(readText(`examples/recurrentgemma-${size}.eyrie`), "recurrentgemma", sizes),
      );
    assert.equal(count("2b"), 2_682_862_080);
    assert.equal(count("9b"), 8_579_977_216);
  });
  it("have no mistakes", () => {
    for (const name of [
      "griffin",
      "hawk",
      "mqa",
      "recurrentgemma-2b",
      "recurrentgemma-9b",
      "models/kjv-bytes/kjv-bytes",
    ]) {
      const text = readText(`examples/${name}.eyrie`);
      const { ast, diagnostics } = parse(name, text);
      const found = [...diagnostics, ...checkFile([...standard, ast], [ast])];
      assert.deepEqual(
        found.map((d) => describeDiagnostic(d, text)),
        [],
        name,
      );
    }
  });
  it("say when attention without a window limits the stream", () => {
    assert.equal(
      modelOf(readText("examples/mqa.eyrie"), "mqa", { ...sizes, settings: { depth: 1 } }).context,
      64,
    );
    assert.equal(
      modelOf(readText("examples/griffin.eyrie"), "griffin", { ...sizes, settings: { depth: 3 } })
        .context,
      null,
    );
  });
});

describe("a standard block computes what the published implementation does", () => {
  const data = new URL("../reference/cases/", import.meta.url);
  const cases: readonly {
    name: string;
    block: string;
    path: string;
    settings: Settings;
    states: Readonly<Record<string, string>>;
  }[] = [
    {
      name: "rmsnorm",
      block: "rms_norm",
      path: "layers.0.temporal_pre_norm",
      settings: {},
      states: {},
    },
    {
      name: "conv1d_reset",
      block: "conv",
      path: "layers.0.temporal_block.conv_1d",
      settings: {},
      states: { past: "conv1d_state" },
    },
    {
      name: "rglru_t7",
      block: "rg_lru",
      path: "layers.0.temporal_block.rg_lru",
      settings: { blocks: 4 },
      states: { scan: "last_h" },
    },
  ];
  for (const { name, block, path, settings, states } of cases)
    it(`${block}, on ${name}`, async () => {
      const golden = await openCheckpoint(new URL(`${name}.safetensors`, data).pathname);
      const read = async (tensor: string): Promise<Value> => {
        const { dtype, shape, data: values } = await golden.read(tensor);
        return valueFrom({ dtype, shape }, values);
      };
      const x = await read("input.x");
      const [batch = 1, tokens = 1] = x.type.shape;
      const options = {
        batch,
        tokens,
        chunk: tokens,
        context: tokens,
        settings,
        path,
        inputs: { x: x.type.shape },
      };
      const { model } = elaborate(standard, block, options);
      assert.ok(model);
      const weights = mapNames(model.parameters, model.names, golden);
      const parameters: Record<string, Value> = {};
      for (const { name: parameter, shape } of model.parameters)
        parameters[parameter] = valueFrom({ dtype: "f32", shape }, await weights.read(parameter));
      const count = valueFrom({ dtype: "i32", shape: [batch] }, Array(batch).fill(tokens));
      const position = golden.tensors.has("input.segment_pos")
        ? { position: await read("input.segment_pos") }
        : {};
      const results = evaluate(model.graph, { parameters, inputs: { x, count, ...position } });
      close(results.outputs.y!, await read("expected.y"), 1e-6);
      for (const [state, expected] of Object.entries(states))
        close(results.states[`${path}.${state}`]!, await read(`expected.${expected}`), 1e-6);
      await golden.close();
    });
});

function close(got: Value, want: Value, tolerance: number): void {
  assert.equal(got.data.length, want.data.length);
  const error = got.data.reduce(
    (worst, value, i) => Math.max(worst, Math.abs(value - want.data[i]!)),
    0,
  );
  assert.ok(error <= tolerance, `off by ${error}`);
}
