/** Where the published model's intermediate activations stand in ours: golden name → path of an instance or of a named value. */
import type { Case } from "./cases.ts";
import type { CaseTarget } from "./targets.ts";

/** Values inside one layer, by the published name. */
const inLayer: Readonly<Record<string, string>> = {
  temporal_pre_norm: "temporal_pre_norm",
  linear_x: "temporal_block.linear_x",
  linear_y: "temporal_block.linear_y",
  conv_1d: "temporal_block.conv_1d",
  rg_lru: "temporal_block.rg_lru",
  q_proj: "temporal_block.proj_q",
  k_proj: "temporal_block.proj_k",
  v_proj: "temporal_block.proj_v",
  attn_encoded: "temporal_block.o",
  temporal_block: "temporal_block",
  channel_pre_norm: "channel_pre_norm",
  mlp_block: "mlp_block",
};
const inModel: Readonly<Record<string, string>> = { embed: "x", final_norm: "final_norm" };
const inRecurrence: Readonly<Record<string, string>> = {
  input_gate: "i",
  recurrence_gate: "r",
  log_a: "log_a",
  multiplier: "m",
};

/** Expected outputs that are intermediate values, with the path of each; those we do not compute as such are left out. */
export function tapsOf(c: Case, target: CaseTarget): ReadonlyMap<string, string> {
  const taps = new Map<string, string>();
  for (const name of Object.keys(c.outputs)) {
    const act = /^expected\.act\.(.+)$/.exec(name)?.[1];
    if (act === undefined) continue;
    const [, layer, inside] = /^layers\.(\d+)\.(.+)$/.exec(act) ?? [];
    const path =
      inside === undefined
        ? (inModel[act] ?? (inRecurrence[act] && `${target.path}.${inRecurrence[act]}`))
        : inside === "out"
          ? `layers.${layer}`
          : inLayer[inside] && `layers.${layer}.${inLayer[inside]}`;
    if (path) taps.set(name, path);
  }
  return taps;
}
