/** One editor for all tests of a run: starting the server is what takes time. */
import { Client } from "./client.ts";

let started: Promise<Client> | null = null;

/** A client whose server is ready. */
export function editor(): Promise<Client> {
  started ??= (async () => {
    const client = new Client();
    await client.initialize();
    return client;
  })();
  return started;
}

/** A model with every kind of definition; the comment before it holds characters of two UTF-16 units and of none. */
export const sample = `// 🦅🦅 é́ 漢字: what stands before a position counts in UTF-16 units.
constant least = 1e-6

/// Leaves x without its mean.
function center(x, D) { x - mean(x, over: D) }

/// Two views of one tensor.
block views(x: [B, T, D], hidden: size = 2 * D) -> { kept: [B, T, D], wide: [B, T, hidden] } {
  size K = hidden / 2
  param gain: [D] = ones
  g = /* 🦅 */ linear(x, out: hidden) as up
  parts = split(g, hidden, [2, K])
  h = merge(parts, [2, K], hidden)
  { kept: center(x, D) * gain, wide: h }
}

/// Remembers, and forgets with its decay.
block memory(x: [B, T, D]) -> [B, T, D] {
  param decay: [D] = uniform(1, 4)
  scan(sigmoid(decay), linear(x, out: D) as write)
}

/// Small, and complete.
model tiny(
  vocab: size = 256, width: size = 32, depth: size = 2, pattern: pattern = [layer, other],
) {
  param embedding: [vocab, width] = normal(1 / width)
  layer = residual(mix: memory(), hidden: 2 * width, depth: depth)
  other = residual(mix: memory(), hidden: width, depth: depth)
  x = stack(gather(embedding, tokens), depth, pattern) as layers
  both = views(x, hidden: 64)
  contract(rms_norm(both.kept, eps: least) as final_norm, embedding, over: width)
}

config tiny "wide" { width = 64, pattern = [layer] }

names mine {
  config { vocab = vocab_size, width = hidden_size / 2 }
  embedding = "wte.weight"
  layers.{i}.temporal_block.decay = "h.{i}.decay"
  layers.{i}.temporal_block.write.w = transpose "h.{i}.weight"
  views.gain = "gain"
}
`.replace("/* 🦅 */ ", "");
