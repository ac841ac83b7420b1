/** Which model text, settings and parameter path compute a kind of case. */
import { readFileSync } from "node:fs";
import type { Settings } from "../../dsl/model.ts";
import type { Source } from "../../src/compile.ts";
import type { Case, Config } from "./cases.ts";

export type CaseTarget = {
  readonly source: Source;
  readonly target: string;
  readonly settings: Settings;
  /** Prefix of the parameters' names. */
  readonly path?: string;
  /** The tensor that flows in: a block's `x`, or a model's tokens. */
  readonly input: "x" | "tokens";
  readonly output: "y" | "logits";
};

const number = (config: Config, name: string): number => {
  const value = config[name];
  if (typeof value !== "number") throw new Error(`the case's config has no number ${name}`);
  return value;
};

/** Settings that a case gives only where they differ from the published ones, which are our defaults. */
function given(
  c: Config,
  names: Readonly<Record<string, string>>,
): Readonly<Record<string, number>> {
  const pairs = Object.entries(names).filter(([, name]) => typeof c[name] === "number");
  return Object.fromEntries(pairs.map(([setting, name]) => [setting, number(c, name)]));
}

const gateBlocks = (c: Config) => number(c, "gate_blocks" in c ? "gate_blocks" : "num_heads");

const attention = (c: Config): Readonly<Record<string, number>> => ({
  heads: number(c, "num_heads"),
  head_dim: number(c, "head_dim"),
  window: number(c, "attention_window_size"),
  depth: 1,
  ...given(c, {
    kv_heads: "num_kv_heads",
    rotary: "partial_rotary_factor",
    theta: "rope_theta",
  }),
});

const recurrent = (c: Config): Readonly<Record<string, number>> => ({
  rnn: number(c, "lru_width"),
  gate_blocks: gateBlocks(c),
  depth: 1,
  ...given(c, { taps: "conv1d_width", c: "rg_lru_c" }),
});

const nothing: Source = { file: "case.eyrie", text: "" };
const block = (target: string, path: string, settings: Settings): CaseTarget => ({
  source: nothing,
  target,
  path,
  settings,
  input: "x",
  output: "y",
});

export function targetOf(c: Case): CaseTarget {
  const { config } = c;
  switch (c.kind) {
    case "rms_norm":
      return block("rms_norm", "layers.0.temporal_pre_norm", { eps: number(config, "eps") });
    case "mlp":
      return block("gated_mlp", "layers.0.mlp_block", {
        hidden: number(config, "mlp_expanded_width"),
        depth: 1,
      });
    case "conv1d":
      return block("conv", "layers.0.temporal_block.conv_1d", {
        taps: number(config, "temporal_width"),
      });
    case "rg_lru":
      return block("rg_lru", "layers.0.temporal_block.rg_lru", {
        blocks: gateBlocks(config),
        ...given(config, { c: "c" }),
      });
    case "attention":
      return block("attention_block", "layers.0.temporal_block", attention(config));
    case "residual_block":
      return { ...block("case_block", "", {}), source: residual(config) };
    case "model_prefill":
    case "model_decode":
    case "model_padded":
    case "model_activations":
      return {
        source: griffin,
        target: "griffin",
        settings: model(config),
        input: "tokens",
        output: "logits",
      };
  }
}

/** One residual block of a stack, so that its parameters are named layers.0.…. */
function residual(c: Config): Source {
  const isRecurrent = c.block_type === "recurrent";
  const settings = Object.entries(isRecurrent ? recurrent(c) : attention(c));
  const given = settings.map(([name, value]) => `${name}: ${value}`).join(", ");
  const mix = `${isRecurrent ? "recurrent_block" : "attention_block"}(${given})`;
  const text = `block case_block(x: [B, T, D]) -> [B, T, D] {
  only = residual(mix: ${mix}, hidden: ${number(c, "mlp_expanded_width")}, depth: 1)
  stack(x, 1, [only]) as layers
}
`;
  return { file: "case.eyrie", text };
}

const griffin: Source = {
  file: "examples/griffin.eyrie",
  text: readFileSync(new URL("../../examples/griffin.eyrie", import.meta.url), "utf8"),
};

function model(c: Config): Settings {
  const pattern = c.block_types as readonly string[];
  return {
    vocab: number(c, "vocab_size"),
    width: number(c, "width"),
    rnn_width: number(c, "lru_width"),
    depth: pattern.length,
    heads: number(c, "num_heads"),
    head_dim: number(c, "head_dim"),
    kv_heads: number(c, "num_kv_heads"),
    gate_blocks: gateBlocks(c),
    hidden: number(c, "mlp_expanded_width"),
    window: number(c, "attention_window_size"),
    taps: number(c, "conv1d_width"),
    scale_embedding: c.embeddings_scale_by_sqrt_dim === true,
    cap: number(c, "logits_soft_cap"),
    eps: number(c, "rms_norm_eps"),
    rotary: number(c, "partial_rotary_factor"),
    theta: number(c, "rope_theta"),
    pattern,
  };
}
