/** Each work as ONNX models: the ways that onnxruntime has to do it. Weights and past keys are part of the model, so that they stay on its device. */
import type { Case, Work } from "../cases.ts";
import type { Given } from "../tensors.ts";
import { GraphBuilder } from "./graph.ts";
import { quantize } from "./quantize.ts";
import { oddAndEven, stepByStep } from "./scans.ts";

export type OnnxModel = {
  readonly way: string;
  readonly bytes: Uint8Array;
  /** What comes with each run; its result is called y. */
  readonly inputs: Readonly<Record<string, Given>>;
};

type Tensors = Readonly<Record<string, Given>>;

export function onnxModels({ work, precision }: Case, tensors: Tensors): readonly OnnxModel[] {
  switch (work.op) {
    case "product":
      return precision === "f32" || work.rows === 1 ? [product(work, precision, tensors)] : [];
    case "mlp":
      return precision === "f32" ? [mlp(work, tensors)] : [];
    case "attention":
      return precision === "f32" ? [plainAttention(work, tensors), fused(work, tensors)] : [];
    case "scan":
      return precision === "f32" ? [scan(work, tensors, true), scan(work, tensors, false)] : [];
  }
}

const input = (g: GraphBuilder, name: string, tensors: Tensors) =>
  g.input(name, tensors[name]!.shape);
const weight = (g: GraphBuilder, name: string, tensors: Tensors) =>
  g.constant(tensors[name]!.shape, tensors[name]!.data);

const pick = (tensors: Tensors, ...names: readonly string[]): Tensors =>
  Object.fromEntries(names.map((name) => [name, tensors[name]!]));

const bitsOf: Readonly<Record<string, number>> = { int8: 8, int4: 4 };

function product(
  work: Extract<Work, { op: "product" }>,
  precision: string,
  tensors: Tensors,
): OnnxModel {
  const g = new GraphBuilder();
  const { rows, depth: K, columns: N } = work;
  const x = input(g, "x", tensors);
  const bits = bitsOf[precision];
  const inputs = pick(tensors, "x");
  if (bits === undefined) {
    g.output("y", g.node("MatMul", [x, weight(g, "w", tensors)]), [rows, N]);
    return { way: "MatMul", bytes: g.bytes(), inputs };
  }
  const blockSize = 32;
  const { codes, scales } = quantize(tensors["w"]!.data, { depth: K, columns: N, bits, blockSize });
  const blocks = K / blockSize;
  const packed = g.constant([N, blocks, (blockSize * bits) / 8], codes);
  const scale = g.constant([N * blocks], scales);
  const attributes = { K, N, bits, block_size: blockSize };
  g.output("y", g.node("MatMulNBits", [x, packed, scale], attributes), [rows, N]);
  return { way: `MatMulNBits, ${bits} bits in blocks of ${blockSize}`, bytes: g.bytes(), inputs };
}

function mlp(work: Extract<Work, { op: "mlp" }>, tensors: Tensors): OnnxModel {
  const g = new GraphBuilder();
  const x = input(g, "x", tensors);
  const times = (a: string, w: string) => g.node("MatMul", [a, weight(g, w, tensors)]);
  const gate = g.node("Gelu", [times(x, "gate")], { approximate: "tanh" });
  const y = times(g.node("Mul", [gate, times(x, "up")]), "down");
  g.output("y", y, [work.rows, work.width]);
  return { way: "MatMul and Gelu", bytes: g.bytes(), inputs: pick(tensors, "x") };
}

type Attention = Extract<Work, { op: "attention" }>;

/** Products and a softmax. All keys and values of a single query are constants; those of a prefill come with each run. */
function plainAttention(work: Attention, tensors: Tensors): OnnxModel {
  const { rows, past, heads, headDim } = work;
  const g = new GraphBuilder();
  const kept = past > 0;
  const of = (name: string) => (kept ? weight(g, name, tensors) : input(g, name, tensors));
  const q = g.node("Transpose", [input(g, "q", tensors)], { perm: [1, 0, 2] });
  const k = g.node("Transpose", [of("k")], { perm: [1, 2, 0] });
  const v = g.node("Transpose", [of("v")], { perm: [1, 0, 2] });
  const scaled = g.node("Mul", [g.node("MatMul", [q, k]), g.number(1 / Math.sqrt(headDim))]);
  const mask = Float32Array.from({ length: rows * rows }, (_, i) =>
    i % rows > Math.floor(i / rows) ? -1e9 : 0,
  );
  const seen = rows === 1 ? scaled : g.node("Add", [scaled, g.constant([1, rows, rows], mask)]);
  const mixed = g.node("MatMul", [g.node("Softmax", [seen], { axis: -1 }), v]);
  g.output("y", g.node("Transpose", [mixed], { perm: [1, 0, 2] }), [rows, heads, headDim]);
  const inputs = kept ? pick(tensors, "q") : pick(tensors, "q", "k", "v");
  return { way: "MatMul and Softmax", bytes: g.bytes(), inputs };
}

/** onnxruntime's own operator; past keys and values are constants. */
function fused(work: Attention, tensors: Tensors): OnnxModel {
  const { rows, past, heads, headDim } = work;
  const g = new GraphBuilder();
  const flat = [1, rows, heads * headDim];
  const last = (name: string) => {
    const data = tensors[name]!.data.slice(past * heads * headDim);
    return { shape: flat, data };
  };
  const before = (name: string) =>
    past === 0
      ? ""
      : g.constant([1, heads, past, headDim], headsFirst(tensors[name]!.data, past, work));
  const given = { q: g.input("q", flat), k: g.input("k", flat), v: g.input("v", flat) };
  const total = past + rows;
  const [y = ""] = g.nodes(
    "GroupQueryAttention",
    [
      ...[given.q, given.k, given.v, before("k"), before("v")],
      // The operator counts from 0: the place of the last token, then how many there are.
      g.constant([1], Int32Array.of(total - 1)),
      g.constant([], Int32Array.of(total)),
    ],
    { num_heads: heads, kv_num_heads: heads },
    3,
  );
  g.output("y", y, flat);
  const inputs = { q: { shape: flat, data: tensors["q"]!.data }, k: last("k"), v: last("v") };
  return { way: "GroupQueryAttention", bytes: g.bytes(), inputs };
}

/** The first rows of [rows, heads, headDim] as [heads, rows, headDim]. */
function headsFirst(data: Float32Array, rows: number, { heads, headDim }: Attention): Float32Array {
  const turned = new Float32Array(rows * heads * headDim);
  for (let t = 0; t < rows; t++)
    for (let h = 0; h < heads; h++) {
      const from = (t * heads + h) * headDim;
      turned.set(data.subarray(from, from + headDim), (h * rows + t) * headDim);
    }
  return turned;
}

function scan(work: Extract<Work, { op: "scan" }>, tensors: Tensors, byStep: boolean): OnnxModel {
  const g = new GraphBuilder();
  const { rows, channels, gated } = work;
  const x = input(g, "x", tensors);
  const [decay, added] = gated ? gates(g, x, tensors) : [input(g, "decay", tensors), x];
  const size = { rows, channels };
  const y = byStep ? stepByStep(g, decay, added, size) : oddAndEven(g, decay, added, size);
  g.output("y", y, [rows, channels]);
  const inputs = gated ? pick(tensors, "r", "x") : pick(tensors, "decay", "x");
  return { way: byStep ? "Scan" : "odd and even", bytes: g.bytes(), inputs };
}

/** The opset has no expm1: 1 − exp(2 l) loses digits near l = 0, which the tolerance allows. */
function gates(g: GraphBuilder, x: string, tensors: Tensors): readonly [string, string] {
  const rate = g.node("Softplus", [weight(g, "rate", tensors)]);
  const r = input(g, "r", tensors);
  const l = g.node("Mul", [g.node("Mul", [rate, g.number(-8)]), r]);
  const squared = g.node("Exp", [g.node("Mul", [l, g.number(2)])]);
  const m = g.node("Sqrt", [g.node("Sub", [g.number(1), squared])]);
  return [g.node("Exp", [l]), g.node("Mul", [m, x])];
}
