/** Cuts ragged rows of what a stream is fed into calls of one fixed length, with positions and counts. Pure arithmetic. */
import { arrays } from "./inputs.ts";
import { type TokenSpec, widthOf } from "./signature.ts";
import { crossingType } from "./storage.ts";
import type { Tensor, TensorData, Tensors } from "./tensor.ts";

/** One list per row of the batch. */
export type Rows = readonly (readonly number[])[];

/** By name of an input: one array per row of the batch, its tokens one after another, each as many numbers as the model reads of it. */
export type InputRows = Readonly<Record<string, readonly ArrayLike<number>[]>>;

/** What rows are fed, checked; `lengths` are their tokens. */
export type Fed = {
  readonly lengths: readonly number[];
  /** null where the model reads none. */
  readonly tokens: Rows | null;
  readonly positions: Rows;
  readonly inputs: readonly FedInput[];
};
export type FedInput = { readonly spec: TokenSpec; readonly rows: readonly ArrayLike<number>[] };

/** One call: tokens and positions [B, T], inputs [B, T, …], count [B]; rows that ended earlier have count 0. */
export type Part = {
  /** Index of the call's first token within the rows. */
  readonly from: number;
  readonly counts: readonly number[];
  /** Position of each row's last real token of the call; −1 where it has none. */
  readonly lastPositions: readonly number[];
  readonly inputs: Tensors;
};

/** Positions that go on from each row's next one. */
export function positionsOf(lengths: readonly number[], next: readonly number[]): Rows {
  return lengths.map((length, row) => Array.from({ length }, (_, at) => next[row]! + at));
}

/** Calls of `length` tokens that together feed every row; padding has token 0, position −1 and inputs of 0. */
export function chunksOf(fed: Fed, length: number): readonly Part[] {
  const { lengths, tokens, positions, inputs } = fed;
  const longest = Math.max(0, ...lengths);
  const parts: Part[] = [];
  for (let from = 0; from < longest; from += length) {
    const counts = lengths.map((whole) => Math.min(length, Math.max(0, whole - from)));
    const lastPositions = positions.map((row, index) =>
      counts[index]! > 0 ? row[from + counts[index]! - 1]! : -1,
    );
    const window = { from, length };
    const own = inputs.map(({ spec, rows }) => [spec.name, fill(rows, spec, window, 0)] as const);
    parts.push({
      from,
      counts,
      lastPositions,
      inputs: {
        ...(tokens ? { tokens: fill(tokens, whole, window, 0) } : {}),
        ...Object.fromEntries(own),
        position: fill(positions, whole, window, -1),
        count: { dtype: "i32", shape: [lengths.length], data: Int32Array.from(counts) },
      },
    });
  }
  return parts;
}

const whole = { dtype: "i32", shape: [] } as const;

/** [B, T, …]: what rows of values have within a window of tokens. */
function fill(
  rows: readonly ArrayLike<number>[],
  spec: Pick<TokenSpec, "dtype" | "shape">,
  { from, length }: { readonly from: number; readonly length: number },
  padding: number,
): Tensor {
  const width = widthOf(spec);
  const dtype = crossingType(spec.dtype);
  const data: TensorData = new arrays[dtype](rows.length * length * width).fill(padding);
  for (const [row, values] of rows.entries()) {
    const until = Math.min(values.length, (from + length) * width);
    for (let i = from * width; i < until; i++) data[(row * length - from) * width + i] = values[i]!;
  }
  return { dtype, shape: [rows.length, length, ...spec.shape], data };
}
