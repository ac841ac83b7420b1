/** Cuts a part along one axis out of a row-major tensor, as one contiguous copy. */

import type { Piece } from "../../codegen/program.ts";
import { CompilerBug } from "../../src/graph/bug.ts";

/** `shape` is the part's own; without a piece the whole is returned as it is. */
export function slicePiece<T extends Float32Array | Int8Array>(
  whole: T,
  shape: readonly number[],
  piece: Piece | undefined,
): T {
  if (!piece) return whole;
  const { axis, start, size } = piece;
  const before = shape.slice(0, axis).reduce((a, b) => a * b, 1);
  const after = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const full = whole.length / (before * after);
  if (shape[axis] !== size || !Number.isInteger(full) || start + size > full) {
    throw new CompilerBug(
      `a piece ${start}+${size} of axis ${axis} of ${full}, stored as [${shape.join(", ")}]`,
    );
  }
  const length = before * size * after;
  const part = whole instanceof Int8Array ? new Int8Array(length) : new Float32Array(length);
  for (let b = 0; b < before; b++) {
    const from = (b * full + start) * after;
    part.set(whole.subarray(from, from + size * after), b * size * after);
  }
  return part as T;
}
