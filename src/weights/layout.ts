/** Decides how a stored tensor becomes a parameter (a part of it, axes of size one dropped, last two axes swapped) and does it. Knows shapes, not names. */
import { UserError } from "../graph/bug.ts";
import { elements, type StoredTensor } from "./safetensors.ts";
import type { Checkpoint } from "./tensors.ts";

/** Elements to read, and the [rows, columns] matrices among them to transpose (null: as they are). */
export type Layout = {
  readonly source: string;
  readonly from: number;
  readonly count: number;
  readonly swap: { readonly rows: number; readonly columns: number } | null;
};

type Request = {
  readonly parameter: string;
  readonly shape: readonly number[];
  readonly source: string;
  readonly stored: StoredTensor;
  readonly index: number | null;
  readonly transpose: boolean;
  readonly path: string;
};

/** Checks that the stored tensor is the parameter in another layout; an error names both shapes. */
export function layoutOf(request: Request): Layout {
  const { source, stored, index, transpose, shape } = request;
  if (["I32", "U32", "I8", "U8"].includes(stored.dtype))
    throw mismatch(request, `holds ${stored.dtype} integers`);
  const length = stored.shape[0] ?? 0;
  if (index !== null && index >= length) throw mismatch(request, `has no part [${index}]`);
  const taken = index === null ? stored.shape : stored.shape.slice(1);
  const count = elements(taken);
  // The shape as stored wins over the squeezed one: an axis of one block is not the axis of a convolution's channel.
  const place = (from: readonly number[]) => (transpose ? swapLast(from) : from);
  const dense = squeeze(taken);
  const axes = equal(place(taken), shape)
    ? taken
    : equal(place(dense), squeeze(shape))
      ? dense
      : undefined;
  if (axes === undefined) throw mismatch(request, "does not fit");
  const [rows, columns] = [axes.at(-2), axes.at(-1)];
  const moves = transpose && rows !== undefined && columns !== undefined && rows > 1 && columns > 1;
  return { source, from: (index ?? 0) * count, count, swap: moves ? { rows, columns } : null };
}

/** The parameter's values, f32, in the model's layout. */
export async function readInLayout(layout: Layout, checkpoint: Checkpoint): Promise<Float32Array> {
  const { source, from, count, swap } = layout;
  const { data } = await checkpoint.read(source, { from, count });
  const values = data as Float32Array;
  return swap === null ? values : transposed(values, swap.rows, swap.columns);
}

const squeeze = (shape: readonly number[]): number[] => shape.filter((size) => size !== 1);

const equal = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

function swapLast(shape: readonly number[]): readonly number[] {
  if (shape.length < 2) return shape;
  return [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!];
}

/** Each [rows, columns] matrix transposed, in tiles that stay in cache. */
function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(values.length);
  const tile = 32;
  for (let base = 0; base < values.length; base += rows * columns) {
    for (let row0 = 0; row0 < rows; row0 += tile) {
      for (let column0 = 0; column0 < columns; column0 += tile) {
        const [rowEnd, columnEnd] = [
          Math.min(rows, row0 + tile),
          Math.min(columns, column0 + tile),
        ];
        for (let row = row0; row < rowEnd; row++) {
          for (let column = column0; column < columnEnd; column++) {
            result[base + column * rows + row] = values[base + row * columns + column]!;
          }
        }
      }
    }
  }
  return result;
}

function mismatch(
  { parameter, shape, source, stored, index, transpose, path }: Request,
  what: string,
): UserError {
  const part = index === null ? "" : `[${index}]`;
  const how = transpose ? ", transposed," : "";
  return new UserError(
    `${path}: "${source}"${part} of shape [${stored.shape.join(", ")}]${how} ${what}: the parameter ${parameter} has shape [${shape.join(", ")}]; check the model's settings`,
  );
}
