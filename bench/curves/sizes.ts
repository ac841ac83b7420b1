/** Three models of one size, and what the paper says of their curves. Pure. */
import type { Settings } from "../../dsl/model.ts";

export const models = ["mqa", "hawk", "griffin"] as const;
export type ModelName = (typeof models)[number];

const headDim = 64;
const vocab = 1024;
/** Two turns of Griffin's pattern: two recurrent layers, then one of attention. */
const depth = 6;
export const window = 1024;

/**
 * Settings of equal parameter counts. The paper gives recurrent blocks a width of 4/3 of the model's; ours is 3/2, which divides well.
 * What an attention block has less than a recurrent one goes to the MLPs, so that all models read as many weights a token.
 */
export function settingsOf(model: ModelName, width: number): Settings {
  const rnn = (3 * width) / 2;
  const gateBlocks = rnn / 48;
  const recurrent = 3 * width * rnn + (2 * rnn * rnn) / gateBlocks;
  const attention = 2 * width * width + 2 * width * headDim;
  const attentionLayers = { mqa: depth, hawk: 0, griffin: depth / 3 }[model];
  const missing = (attentionLayers * (recurrent - attention)) / depth;
  const hidden = 4 * Math.round((3 * width + missing / (3 * width)) / 4);
  const heads = { heads: width / headDim, head_dim: headDim };
  const rest = { vocab, width, depth, hidden };
  if (model === "mqa") return { ...rest, ...heads };
  const gates = { rnn_width: rnn, gate_blocks: gateBlocks };
  return model === "hawk" ? { ...rest, ...gates } : { ...rest, ...gates, ...heads, window };
}

/** Milliseconds by context or length. */
export type Curve = readonly (readonly [number, number])[];

export type Curves = {
  /** A step of one row. */
  readonly latency: Readonly<Record<ModelName, Curve>>;
  /** A step of all rows of the batch. */
  readonly batched: Readonly<Record<ModelName, Curve>>;
  readonly prefill: Readonly<Record<ModelName, Curve>>;
};

const at = (curve: Curve, x: number): number =>
  curve.find(([place]) => place === x)?.[1] ?? Number.NaN;

/** The line a + b x with the least relative errors, and the largest of them. */
export function lineThrough(curve: Curve): { readonly off: number; readonly slope: number } {
  // Weights 1 / y² make the errors relative.
  const sum = (f: (x: number, y: number) => number) =>
    curve.reduce((total, [x, y]) => total + f(x, y) / (y * y), 0);
  const [n, x, y] = [sum(() => 1), sum((a) => a), sum((_, b) => b)];
  const [xx, xy] = [sum((a) => a * a), sum((a, b) => a * b)];
  const slope = (n * xy - x * y) / (n * xx - x * x);
  const start = (y - slope * x) / n;
  const off = Math.max(...curve.map(([a, b]) => Math.abs((start + slope * a) / b - 1)));
  return { off, slope };
}

export type Check = {
  readonly text: string;
  readonly found: number;
  readonly most: number;
  readonly reached: boolean;
};

const check = (text: string, found: number, most: number): Check => ({
  ...{ text, found, most },
  reached: found <= most,
});

/** What issue 5 asks of them. Griffin's attention has all it ever sees from `window` tokens on. */
export function checksOf({ latency, prefill }: Curves): readonly Check[] {
  const last = Math.max(...latency.hawk.map(([x]) => x));
  const beyond = latency.griffin.map(([x]) => x).find((x) => x > window) ?? last;
  const ratio = (curve: Curve, from: number) => at(curve, last) / at(curve, from);
  const first = Math.min(...latency.hawk.map(([x]) => x));
  const named = (n: number) => `${n / 1024} k`;
  const grows = ratio(latency.mqa, first);
  return [
    check(`Hawk's step at ${named(last)} over ${named(first)}`, ratio(latency.hawk, first), 1.05),
    check(
      `Griffin's step at ${named(last)} over ${named(beyond)}, beyond its window`,
      ratio(latency.griffin, beyond),
      1.05,
    ),
    { text: `MQA's step grows, ${named(last)} over ${named(first)} (above 1)`, ...growth(grows) },
    check("Hawk's prefill off a straight line", lineThrough(prefill.hawk).off, 0.1),
    check("Griffin's prefill off a straight line", lineThrough(prefill.griffin).off, 0.1),
  ];
}

const growth = (found: number) => ({ found, most: Number.POSITIVE_INFINITY, reached: found > 1 });

/** Powers of two from `from` to `to`. */
export const doublings = (from: number, to: number): readonly number[] =>
  Array.from({ length: Math.log2(to / from) + 1 }, (_, i) => from * 2 ** i);
