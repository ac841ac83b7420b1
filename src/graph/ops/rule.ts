/** What an operation's rule is: its type from its inputs' types, and its meaning in double precision. */
import type { OpName, Ops, Type } from "../graph.ts";

/** A tensor of doubles, row-major; integers and bool as the numbers they are. */
export type Value = { readonly type: Type; readonly data: Float64Array };

export type OpRule<K extends OpName> = {
  /** The result's type; throws Inconsistent. */
  readonly type: (inputs: readonly Type[], attrs: Ops[K]) => Type;
  /** "given": handed in by name from outside. "defined": what the composite's definition computes. */
  readonly value:
    | "given"
    | "defined"
    | ((inputs: readonly Value[], attrs: Ops[K], type: Type) => Value);
};

/** Why an operation has no type; whoever knows the node turns it into a CompilerBug. */
export class Inconsistent extends Error {}

export function demand(ok: boolean, why: string): asserts ok {
  if (!ok) throw new Inconsistent(why);
}

/** Exactly N inputs. */
export function operands<N extends number>(
  inputs: readonly Type[],
  count: N,
): N extends 1 ? [Type] : N extends 2 ? [Type, Type] : Type[] {
  demand(inputs.length === count, `takes ${count} inputs, not ${inputs.length}`);
  return inputs as N extends 1 ? [Type] : N extends 2 ? [Type, Type] : Type[];
}

export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((product, n) => product * n, 1);

/** Row-major strides. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  for (let axis = shape.length - 1, stride = 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

export const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((n, axis) => n === b[axis]);

export const sameType = (a: Type, b: Type): boolean =>
  a === b || (a.dtype === b.dtype && sameShape(a.shape, b.shape));

export const printType = (type: Type): string => `${type.dtype}[${type.shape.join(",")}]`;

export const without = (shape: readonly number[], axis: number): number[] =>
  shape.filter((_, i) => i !== axis);

/** Axis `axis` of a tensor as three nested loops: everything before, the axis, everything after. */
export function split(
  shape: readonly number[],
  axis: number,
): { outer: number; size: number; inner: number } {
  return {
    outer: sizeOf(shape.slice(0, axis)),
    size: shape[axis]!,
    inner: sizeOf(shape.slice(axis + 1)),
  };
}

/** A new value filled in by index. */
export function fill(type: Type, at: (index: number) => number): Value {
  const data = new Float64Array(sizeOf(type.shape));
  for (let i = 0; i < data.length; i++) data[i] = at(i);
  return { type, data };
}

/** A new value whose element at index i is x at Σ index(axis) · steps(axis) + start. */
export function strided(x: Value, type: Type, steps: readonly number[], start = 0): Value {
  const { shape } = type;
  const data = new Float64Array(sizeOf(shape));
  const rank = shape.length;
  const index = new Array<number>(rank).fill(0);
  let from = start;
  for (let to = 0; to < data.length; to++) {
    data[to] = x.data[from]!;
    for (let axis = rank - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= steps[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return { type, data };
}
