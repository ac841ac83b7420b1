/** What is measured, as data: a new case is one line. Knows no peer and no kernel. */
import type { PrecisionName } from "../../src/passes/precision.ts";

export type Work =
  /** [rows, depth] × [depth, columns]. */
  | {
      readonly op: "product";
      readonly rows: number;
      readonly depth: number;
      readonly columns: number;
    }
  /** (gelu(x gate) · (x up)) down, without biases; gelu in its tanh form. */
  | { readonly op: "mlp"; readonly rows: number; readonly width: number; readonly hidden: number }
  /** Causal attention of `rows` new tokens, behind `past` others; every head has its own keys and values. */
  | {
      readonly op: "attention";
      readonly rows: number;
      readonly past: number;
      readonly heads: number;
      readonly headDim: number;
    }
  /** h = a · h + x. `gated`: a = exp(l), x = √(1 − exp(2 l)) · x with l = −8 softplus(rate) · r, and a given r. */
  | {
      readonly op: "scan";
      readonly rows: number;
      readonly channels: number;
      readonly gated: boolean;
    };

export type Case = {
  readonly name: string;
  readonly work: Work;
  /** What weights are stored as, with us and with those peers that have it. */
  readonly precision: PrecisionName;
  /** Most relative error (largest difference to largest value) against the same work in f32. */
  readonly tolerance: number;
  /** Works of ours to be timed in turn with this one. */
  readonly beside?: readonly Beside[];
};
type Beside = { readonly name: string; readonly work: Work; readonly precision: PrecisionName };

const gemv = { op: "product", rows: 1, depth: 2048, columns: 6144 } as const;
const mlp = { op: "mlp", width: 768, hidden: 2304 } as const;
const heads = { op: "attention", heads: 6, headDim: 128 } as const;
const scan = { op: "scan", rows: 2048, channels: 1024 } as const;
const f32 = { precision: "f32", tolerance: 1e-5 } as const;

const int8 = { precision: "int8", tolerance: 0.01 } as const;
const int4 = { precision: "int4", tolerance: 0.1 } as const;
const f32Gemv = { name: "GEMV 2048 → 6144", work: gemv, precision: "f32" } as const;
const plainScan = { name: "scan", work: { ...scan, gated: false }, precision: "f32" } as const;

export const cases: readonly Case[] = [
  {
    name: "GEMM 512 × 768 × 2304",
    work: { op: "product", rows: 512, depth: 768, columns: 2304 },
    ...f32,
  },
  { ...f32Gemv, ...f32 },
  { ...f32Gemv, ...int8, name: "GEMV 2048 → 6144, int8", beside: [f32Gemv] },
  { ...f32Gemv, ...int4, name: "GEMV 2048 → 6144, int4", beside: [f32Gemv] },
  { name: "gated MLP, 512 tokens", work: { ...mlp, rows: 512 }, ...f32 },
  { name: "gated MLP, 1 token", work: { ...mlp, rows: 1 }, ...f32 },
  { name: "attention, 512 tokens", work: { ...heads, rows: 512, past: 0 }, ...f32 },
  { name: "attention, 1 token at 1 023", work: { ...heads, rows: 1, past: 1023 }, ...f32 },
  { ...plainScan, ...f32 },
  { name: "gated scan", work: { ...scan, gated: true }, ...f32, beside: [plainScan] },
];

/** Sizes of the work's tensors by name, weights among them. */
export function shapesOf(work: Work): Readonly<Record<string, readonly number[]>> {
  switch (work.op) {
    case "product":
      return { x: [work.rows, work.depth], w: [work.depth, work.columns] };
    case "mlp": {
      const inwards = [work.width, work.hidden];
      return {
        x: [work.rows, work.width],
        gate: inwards,
        up: inwards,
        down: inwards.toReversed(),
      };
    }
    case "attention": {
      const { rows, past, heads, headDim } = work;
      const all = [past + rows, heads, headDim];
      return { q: [rows, heads, headDim], k: all, v: all };
    }
    case "scan": {
      const all = [work.rows, work.channels];
      return work.gated ? { r: all, x: all, rate: [work.channels] } : { decay: all, x: all };
    }
  }
}

export function resultShape(work: Work): readonly number[] {
  switch (work.op) {
    case "product":
      return [work.rows, work.columns];
    case "mlp":
      return [work.rows, work.width];
    case "attention":
      return [work.rows, work.heads, work.headDim];
    case "scan":
      return [work.rows, work.channels];
  }
}

/** Which tensors are weights: stored once, before any run. The others come with each run. */
export const weightNames: ReadonlySet<string> = new Set(["w", "gate", "up", "down", "rate"]);

/** Cells of a tensor. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
