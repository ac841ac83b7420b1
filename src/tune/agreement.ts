/** Says where two programs that should compute the same do not. */
import type { Tensor, Tensors } from "../../targets/tensor.ts";

/** Of the largest number of a tensor. */
export const tolerance = 1e-4;

/** One phrase about the first tensor that differs; null where all agree. */
export function differenceOf(got: Tensors, want: Tensors): string | null {
  for (const [name, tensor] of Object.entries(want)) {
    const other = got[name];
    if (!other) return `it has no ${name}`;
    const why = tensorDifference(other, tensor);
    if (why) return `its ${name} ${why}`;
  }
  return null;
}

/** Whole numbers must be equal; others may differ by a part of the largest, and what is no number must be so in both. */
function tensorDifference({ data: got }: Tensor, { data: want, dtype }: Tensor): string | null {
  if (got.length !== want.length) return `holds ${got.length} numbers instead of ${want.length}`;
  const most = dtype === "f32" ? tolerance * largest(want) : 0;
  for (let i = 0; i < want.length; i++) {
    const [a, b] = [got[i]!, want[i]!];
    if (Object.is(a, b) || Math.abs(a - b) <= most) continue;
    return `differs: ${a} instead of ${b} at ${i}`;
  }
  return null;
}

function largest(data: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < data.length; i++) {
    const size = Math.abs(data[i]!);
    if (size > most && size < Number.POSITIVE_INFINITY) most = size;
  }
  return most;
}
