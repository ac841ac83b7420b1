/** How long the language takes: a long file read and checked; the 26 layers of RecurrentGemma 2B from text to kernels. */
import { readFileSync } from "node:fs";
import { minimumCaps } from "../codegen/kernel.ts";
import { checkFile } from "../dsl/elaborate.ts";
import { parse } from "../dsl/parse.ts";
import { standardLibrary } from "../dsl/standard-node.ts";
import { compile } from "../src/compile.ts";

export type FrontTimes = {
  readonly lines: number;
  /** Milliseconds of the first time in this process, and the median of the rest. */
  readonly first: number;
  readonly parse: number;
  readonly check: number;
  /** The model's prefill and decode, likewise, and how many kernels these have. */
  readonly compileFirst: number;
  readonly compile: number;
  readonly kernels: readonly number[];
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

const modelFile = "examples/recurrentgemma-2b.eyrie";

/** For a GPU that binds sixteen buffers; the kernel language, not yet a target's text. */
function benchCompile(rounds: number): Pick<FrontTimes, "compileFirst" | "compile" | "kernels"> {
  const text = readFileSync(new URL(`../${modelFile}`, import.meta.url), "utf8");
  const standard = standardLibrary();
  let kernels: readonly number[] = [];
  const [first, ...rest] = Array.from({ length: rounds }, () => {
    const started = performance.now();
    const { compiled } = compile([{ file: modelFile, text }], {
      ...{ standard, chunk: 512, entries: ["prefill", "decode"] },
      caps: { ...minimumCaps, maxBuffersPerKernel: 16 },
    });
    const took = performance.now() - started;
    if (!compiled) throw new Error(`${modelFile} does not compile`);
    kernels = Object.values(compiled.entries).map(({ program }) => program.kernels.length);
    return took;
  });
  return { compileFirst: first!, compile: median(rest), kernels };
}

/** Times `rounds` checks of a file of so many lines, and as many compilations. */
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
  const model = benchCompile(rounds);
  return {
    ...model,
    lines: text.split("\n").length,
    first: first![0] + first![1],
    parse: median(rest.map(([parsing]) => parsing)),
    check: median(rest.map(([, checking]) => checking)),
  };
}

/** The times as sentences. */
export function frontLine(times: FrontTimes): string {
  const { lines, first, parse, check, compileFirst, compile, kernels } = times;
  const ms = (time: number) => `${time.toFixed(0)} ms`;
  return [
    `A file of ${lines} lines: read in ${ms(parse)} and checked in ${ms(check)}, ${ms(parse + check)} together (median); ${ms(first)} the first time in a process.`,
    `RecurrentGemma 2B, 26 layers, from text to the kernels of prefill and decode (${kernels.join(" and ")}): ${ms(compile)} (median); ${ms(compileFirst)} the first time in a process.`,
  ].join("\n\n");
}
