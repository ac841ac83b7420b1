/** How long the language's front end takes over a long file: parsing, then finding every mistake in every block and model. */
import { checkFile } from "../dsl/elaborate.ts";
import { parse } from "../dsl/parse.ts";
import { standardLibrary } from "../dsl/standard-node.ts";

export type FrontTimes = {
  readonly lines: number;
  /** Milliseconds of the first time in this process, and the median of the rest. */
  readonly first: number;
  readonly parse: number;
  readonly check: number;
};

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

const median = (times: readonly number[]): number =>
  [...times].sort((a, b) => a - b)[times.length >> 1]!;

/** Times `rounds` checks of a file of so many lines. */
export function benchFront(lines = 2_000, rounds = 21): FrontTimes {
  const standard = standardLibrary().map(({ file, text }) => parse(file, text).ast);
  const text = longFile(lines);
  const times = Array.from({ length: rounds }, () => {
    const started = performance.now();
    const { ast, diagnostics } = parse("long.eyrie", text);
    const parsed = performance.now();
    const found = [...diagnostics, ...checkFile([...standard, ast], [ast])];
    if (found.length > 0) throw new Error(`the long file is wrong: ${found[0]!.message}`);
    return [parsed - started, performance.now() - parsed] as const;
  });
  const [first, ...rest] = times;
  return {
    lines: text.split("\n").length,
    first: first![0] + first![1],
    parse: median(rest.map(([parsing]) => parsing)),
    check: median(rest.map(([, checking]) => checking)),
  };
}

/** The times as a sentence. */
export const frontLine = ({ lines, first, parse, check }: FrontTimes): string =>
  `A file of ${lines} lines: read in ${parse.toFixed(0)} ms and checked in ${check.toFixed(0)} ms, ${(parse + check).toFixed(0)} ms together (median); ${first.toFixed(0)} ms the first time in a process.`;
