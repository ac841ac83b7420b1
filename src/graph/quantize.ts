/** Real numbers as whole numbers of few bits with a scale for each group, and back. Knows no storage and no file. */
import { UserError } from "./bug.ts";
import type { Grouping } from "./graph.ts";

/** Whole numbers and scales, both row-major. */
export type Quantized = { readonly values: Int8Array; readonly scales: Float32Array };

/** Numbers that share a scale. */
export const groupSize = 32;

/** The shape of the scales of numbers of this shape. */
export const scalesShape = (
  shape: readonly number[],
  { axis, group }: Pick<Grouping, "axis" | "group">,
): readonly number[] => shape.with(axis, Math.ceil(shape[axis]! / group));

/**
 * The nearest whole numbers, ties to even. 8 bits: the largest magnitude of a group becomes ±127. 4 bits: it becomes −8,
 * whichever sign it has, so that all sixteen numbers are used. Throws a UserError where `name` holds something infinite or NaN.
 */
export function quantize(
  numbers: Float32Array,
  shape: readonly number[],
  grouping: Grouping,
  name: string,
): Quantized {
  const values = new Int8Array(numbers.length);
  const scales = new Float32Array(scalesShape(shape, grouping).reduce((a, b) => a * b, 1));
  const [least, most] = grouping.bits === 8 ? [-127, 127] : [-8, 7];
  eachGroup(shape, grouping, (first, step, count, group) => {
    let extreme = 0;
    for (let i = 0, at = first; i < count; i++, at += step) {
      const x = numbers[at]!;
      if (!Number.isFinite(x))
        throw new UserError(
          `parameter "${name}" holds ${x}, which int${grouping.bits} cannot hold; give --precision bf16`,
        );
      if (Math.abs(x) > Math.abs(extreme)) extreme = x;
    }
    const scale = Math.fround(grouping.bits === 8 ? Math.abs(extreme) / 127 : extreme / -8);
    if (scale === 0) return;
    scales[group] = scale;
    for (let i = 0, at = first; i < count; i++, at += step)
      values[at] = Math.min(most, Math.max(least, nearestEven(numbers[at]! / scale)));
  });
  return { values, scales };
}

/** What they stand for, in f32. */
export function dequantize(
  { values, scales }: Quantized,
  shape: readonly number[],
  grouping: Grouping,
): Float32Array {
  const numbers = new Float32Array(values.length);
  eachGroup(shape, grouping, (first, step, count, group) => {
    const scale = scales[group]!;
    for (let i = 0, at = first; i < count; i++, at += step) numbers[at] = values[at]! * scale;
  });
  return numbers;
}

/** Calls `visit` with each group's first element, the way to the next, how many there are, and the group's own index. */
function eachGroup(
  shape: readonly number[],
  { axis, group }: Grouping,
  visit: (first: number, step: number, count: number, index: number) => void,
): void {
  const terms = shape[axis]!;
  const before = shape.slice(0, axis).reduce((a, b) => a * b, 1);
  const step = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const groups = Math.ceil(terms / group);
  for (let b = 0; b < before; b++)
    for (let n = 0; n < groups; n++)
      for (let inner = 0; inner < step; inner++)
        visit(
          (b * terms + n * group) * step + inner,
          step,
          Math.min(group, terms - n * group),
          (b * groups + n) * step + inner,
        );
}

/** To the nearest whole number, halves to the even one. */
function nearestEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return floor + (rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? 1 : 0);
}
