/** How each primitive is written, for hints where one is called in another way. */

const elementwise =
  "exp log sqrt rsqrt tanh abs floor sin cos sigmoid softplus gelu silu expm1 log1p";

/** By name, a call that is right. */
export const usages: Readonly<Record<string, string>> = {
  ...Object.fromEntries(elementwise.split(" ").map((name) => [name, `${name}(x)`])),
  max: "max(a, b)",
  min: "min(a, b)",
  round_bf16: "round_bf16(n)",
  float: "float(x)",
  pow: "pow(a, b)",
  sum: "sum(x, over: D)",
  mean: "mean(x, over: D)",
  maximum: "maximum(x, over: D)",
  minimum: "minimum(x, over: D)",
  softmax: "softmax(x, over: D)",
  contract: "contract(a, b, over: D)",
  outer: "outer(a, b)",
  split: "split(x, D, [H, K])",
  merge: "merge(x, [H, K], D)",
  transpose: "transpose(x, [B, T, K, H])",
  spread: "spread(x, [B, T, D, N])",
  index: "index(n)",
  gather: "gather(table, indices)",
  slice: "slice(x, D, K, from: 0)",
  concat: "concat([a, b], [K, J], D)",
  scan: "scan(decay, input)",
  conv1d: "conv1d(x, w)",
  shift: "shift(x, by: 1)",
  attend: "attend(q, k, v)",
  rotary: "rotary(x, part: 1)",
  stack: "stack(x, n, pattern)",
  share: "share(block(hidden: 64)) as core",
  normal: "normal(variance)",
  uniform: "uniform(low, high)",
};
