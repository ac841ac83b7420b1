/** A text as long as one wants, with no mistakes in it. */

/** Blocks, a recurrence, a layer and a model, each with names of its own, until there are `lines` lines. */
export function longFile(lines: number): string {
  const parts: string[] = [];
  for (let i = 0, have = 0; have < lines; i++) {
    const part = `/// The recurrence of model ${i}.
block memory_${i}(x: [B, T, L], blocks: size, c: number = 8) -> [B, T, L] {
  param rate: [L] = log(expm1(-0.5 * log(uniform(0.81, 0.998001))))
  i = sigmoid(block_linear(x, blocks: blocks) as input_gate)
  r = sigmoid(block_linear(x, blocks: blocks) as a_gate)
  log_a = -c * softplus(rate) * r
  first = position == 0
  a = if first then 0 else exp(log_a)
  m = if first then 1 else sqrt(-expm1(2 * log_a))
  scan(a, m * (i * x))
}

/// Two branches of width \`rnn\`.
block mixer_${i}(x: [B, T, D], rnn: size, depth: size, taps: size = 4) -> [B, T, D] {
  y = gelu(linear(x, out: rnn) as linear_y)
  u = conv(linear(x, out: rnn) as linear_x, taps: taps) as conv_1d
  h = memory_${i}(u, blocks: 4)
  linear(h * y, out: D, variance: 2 / (depth * rnn)) as linear_out
}

model net_${i}(vocab: size = 256, width: size = 64, rnn: size = 96, depth: size = 4) {
  param embedding: [vocab, width] = normal(1 / width)
  mix = mixer_${i}(rnn: rnn, depth: depth)
  layer = residual(mix: mix, hidden: 2 * width, depth: depth)
  x = stack(gather(embedding, tokens), depth, [layer]) as layers
  contract(rms_norm(x) as final_norm, embedding, over: width)
}
`;
    parts.push(part);
    have += part.split("\n").length;
  }
  return parts.join("\n");
}
