/** Published checkpoints fit the zoo's name tables: their config.json, and every tensor's name and shape. */
import assert from "node:assert/strict";
import { mapNames } from "../../src/weights/checkpoint.ts";
import { settingsOf } from "../../src/weights/config.ts";
import type { Checkpoint } from "../../src/weights/tensors.ts";
import { compileZoo } from "./zoo.ts";

type Shapes = Readonly<Record<string, readonly [number] | readonly [number, number]>>;
type Published = {
  readonly config: Readonly<Record<string, number>>;
  readonly whole: Shapes;
  readonly layer: Shapes;
};

const llama: Published = {
  config: {
    vocab_size: 32_000,
    hidden_size: 4096,
    intermediate_size: 11_008,
    num_hidden_layers: 32,
    num_attention_heads: 32,
    num_key_value_heads: 32,
  },
  whole: {
    "model.embed_tokens.weight": [32_000, 4096],
    "model.norm.weight": [4096],
    "lm_head.weight": [32_000, 4096],
  },
  layer: {
    "input_layernorm.weight": [4096],
    "self_attn.q_proj.weight": [4096, 4096],
    "self_attn.k_proj.weight": [4096, 4096],
    "self_attn.v_proj.weight": [4096, 4096],
    "self_attn.o_proj.weight": [4096, 4096],
    "post_attention_layernorm.weight": [4096],
    "mlp.gate_proj.weight": [11_008, 4096],
    "mlp.up_proj.weight": [11_008, 4096],
    "mlp.down_proj.weight": [4096, 11_008],
  },
};
const gemma: Published = {
  config: {
    vocab_size: 256_000,
    hidden_size: 2304,
    intermediate_size: 9216,
    num_hidden_layers: 26,
    num_attention_heads: 8,
    num_key_value_heads: 4,
    head_dim: 256,
    query_pre_attn_scalar: 256,
    sliding_window: 4096,
  },
  whole: { "model.embed_tokens.weight": [256_000, 2304], "model.norm.weight": [2304] },
  layer: {
    "input_layernorm.weight": [2304],
    "self_attn.q_proj.weight": [2048, 2304],
    "self_attn.k_proj.weight": [1024, 2304],
    "self_attn.v_proj.weight": [1024, 2304],
    "self_attn.o_proj.weight": [2304, 2048],
    "post_attention_layernorm.weight": [2304],
    "pre_feedforward_layernorm.weight": [2304],
    "mlp.gate_proj.weight": [9216, 2304],
    "mlp.up_proj.weight": [9216, 2304],
    "mlp.down_proj.weight": [2304, 9216],
    "post_feedforward_layernorm.weight": [2304],
  },
};

/** The tensors of a checkpoint, without their values. */
function checkpointOf({ config, whole, layer }: Published): Checkpoint {
  const layers = Array.from({ length: config["num_hidden_layers"]! }, (_, i) =>
    Object.entries(layer).map(([name, shape]) => [`model.layers.${i}.${name}`, shape] as const),
  );
  const tensors = [...Object.entries(whole), ...layers.flat()].map(
    ([name, shape]) => [name, { dtype: "BF16", shape, offset: 0 }] as const,
  );
  const read = () => Promise.reject(new Error("nothing is read"));
  return { path: "model", metadata: {}, tensors: new Map(tensors), read, close: async () => {} };
}

describe("the zoo's name tables", () => {
  for (const [name, published] of Object.entries({ llama2: llama, gemma2: gemma }))
    it(`fit ${name}'s released checkpoint`, () => {
      const { model } = compileZoo(name, { chunk: 1, entries: ["decode"] });
      const tables = model.names;
      const settings = settingsOf(published.config, tables, Object.keys(model.settings));
      const { vocab } = settings;
      assert.deepEqual({ ...model.settings, ...settings }, { ...model.settings, vocab });
      const released = compileZoo(name, { settings, chunk: 1, entries: ["decode"] }).model;
      const { table, unused } = mapNames(released.parameters, tables, checkpointOf(published));
      assert.deepEqual([table, unused], ["huggingface", []]);
    });
});
