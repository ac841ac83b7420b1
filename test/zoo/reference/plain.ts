/** The arithmetic of the references: vectors of float64, one obvious loop each. Knows nothing of our compiler. */

export type Vector = readonly number[];
/** Rows first: `matrix[i][j]`. */
export type Matrix = readonly Vector[];

export const zeros = (length: number): number[] => new Array<number>(length).fill(0);
export const zeroMatrix = (rows: number, columns: number): number[][] =>
  Array.from({ length: rows }, () => zeros(columns));
/** 0, 1, … length − 1. */
export const range = (length: number): number[] => Array.from({ length }, (_, i) => i);

/** Element by element over vectors of one length. */
export function zip(f: (...values: number[]) => number, ...vectors: readonly Vector[]): number[] {
  const length = vectors[0]?.length ?? 0;
  if (vectors.some((v) => v.length !== length))
    throw new Error(`vectors of ${vectors.map((v) => v.length).join(" and ")} elements`);
  return range(length).map((i) => f(...vectors.map((v) => v[i]!)));
}
export const add = (...vectors: readonly Vector[]): number[] =>
  zip((...values) => values.reduce((a, b) => a + b), ...vectors);
export const multiply = (...vectors: readonly Vector[]): number[] =>
  zip((...values) => values.reduce((a, b) => a * b), ...vectors);
export const scale = (x: Vector, by: number): number[] => x.map((v) => v * by);
/** (1 − t) a + t b. */
export const lerp = (a: Vector, b: Vector, t: Vector): number[] =>
  zip((from, to, part) => from + (to - from) * part, a, b, t);

export const sum = (x: Vector): number => x.reduce((a, b) => a + b, 0);
export const mean = (x: Vector): number => sum(x) / x.length;
export const dot = (a: Vector, b: Vector): number => sum(multiply(a, b));
/** a bᵀ: as many rows as `a` has elements. */
export const outer = (a: Vector, b: Vector): number[][] => a.map((v) => scale(b, v));

/** x W, for a matrix [in, out]. */
export function times(x: Vector, w: Matrix): number[] {
  if (x.length !== w.length) throw new Error(`${x.length} elements times ${w.length} rows`);
  const y = zeros(w[0]!.length);
  for (let i = 0; i < x.length; i++) for (let o = 0; o < y.length; o++) y[o]! += x[i]! * w[i]![o]!;
  return y;
}
/** W x, for a matrix [out, in]: every row's dot product with x. */
export const rowsTimes = (w: Matrix, x: Vector): number[] => w.map((row) => dot(row, x));

/** Cuts a vector into equal parts, as heads are; `parts.flat()` joins them. */
export const cut = (x: Vector, parts: number): number[][] => {
  const length = x.length / parts;
  if (!Number.isInteger(length)) throw new Error(`${x.length} elements in ${parts} parts`);
  return range(parts).map((part) => x.slice(part * length, (part + 1) * length));
};

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
export const silu = (x: number): number => x * sigmoid(x);
export const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
export const relu = (x: number): number => Math.max(x, 0);
/** Hendrycks and Gimpel 2016 (arXiv 1606.08415), section 2: the tanh form. */
export const gelu = (x: number): number =>
  0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

export function softmax(x: Vector): number[] {
  const largest = Math.max(...x);
  const exps = x.map((v) => Math.exp(v - largest));
  return scale(exps, 1 / sum(exps));
}

/** Zhang and Sennrich 2019 (arXiv 1910.07467), equation 4, with eps inside the root. */
export const rmsNorm = (x: Vector, gain: Vector, eps: number): number[] =>
  multiply(scale(x, 1 / Math.sqrt(mean(multiply(x, x)) + eps)), gain);

/** (x − mean) / √(variance + eps): layer norm, and group norm of one group, before gain and bias. */
export function standardize(x: Vector, eps: number): number[] {
  const centred = x.map((v) => v - mean(x));
  return scale(centred, 1 / Math.sqrt(mean(multiply(centred, centred)) + eps));
}

/** Ba et al. 2016 (arXiv 1607.06450), equation 4. */
export const layerNorm = (x: Vector, gain: Vector, bias: Vector, eps: number): number[] =>
  add(multiply(standardize(x, eps), gain), bias);

/**
 * RoFormer (arXiv 2104.09864), section 3.2.2: the first `dims` elements turn by position · theta^(−2j / dims).
 * Element j pairs with element j + dims / 2, the order of the published models.
 */
export function rotate(x: Vector, position: number, theta: number, dims = x.length): number[] {
  const y = [...x];
  const half = dims / 2;
  for (let j = 0; j < half; j++) {
    const angle = position * theta ** ((-2 * j) / dims);
    y[j] = x[j]! * Math.cos(angle) - x[j + half]! * Math.sin(angle);
    y[j + half] = x[j]! * Math.sin(angle) + x[j + half]! * Math.cos(angle);
  }
  return y;
}

/** One query over keys and values of the same document: softmax(cap(q kᵀ · scale)) v. */
export function attend(
  q: Vector,
  keys: Matrix,
  values: Matrix,
  { scale: by = q.length ** -0.5, cap = 0 } = {},
): number[] {
  const scores = keys.map((k) => dot(q, k) * by);
  const capped = cap > 0 ? scores.map((s) => cap * Math.tanh(s / cap)) : scores;
  return times(softmax(capped), values);
}

/** Parameters by the paths that our language gives them. */
export type Weights = {
  /** Those below a path: `weights.at("layers.0").matrix("query.w")`. */
  at(path: string): Weights;
  vector(name: string): Vector;
  matrix(name: string): Matrix;
  /** A parameter of three dimensions: its first one's matrices. */
  matrices(name: string): readonly Matrix[];
};
