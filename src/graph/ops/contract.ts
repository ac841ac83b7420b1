/** Sums of products over named axes: every matrix product there is. */
import { demand, type OpRule, operands, sizeOf, stridesOf, type Value } from "./rule.ts";

/** Sizes of all labels; operands agree on what they share. */
function sizesOf(parts: readonly (readonly [string, readonly number[]])[]): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const [labels, shape] of parts) {
    demand(labels.length === shape.length, `"${labels}" does not label [${shape.join(",")}]`);
    demand(new Set(labels).size === labels.length, `"${labels}" repeats a label`);
    for (const [axis, label] of [...labels].entries()) {
      const known = sizes.get(label) ?? shape[axis]!;
      demand(known === shape[axis], `label ${label} is ${known} and ${shape[axis]}`);
      sizes.set(label, known);
    }
  }
  return sizes;
}

/** For each of `labels`, how far a step along it moves in an operand; 0 where the operand lacks it. */
function stepsOf(labels: readonly string[], operand: string, shape: readonly number[]): number[] {
  const strides = stridesOf(shape);
  return labels.map((label) => (operand.includes(label) ? strides[operand.indexOf(label)]! : 0));
}

/** Offsets of all index combinations of `labels` in an operand, first label outermost. */
function offsetsOf(
  labels: readonly string[],
  sizes: readonly number[],
  operand: string,
  shape: readonly number[],
): Int32Array {
  const steps = stepsOf(labels, operand, shape);
  let offsets = new Int32Array([0]);
  for (const [axis, size] of sizes.entries()) {
    const wider = new Int32Array(offsets.length * size);
    for (let i = 0; i < offsets.length; i++)
      for (let k = 0; k < size; k++) wider[i * size + k] = offsets[i]! + k * steps[axis]!;
    offsets = wider;
  }
  return offsets;
}

/** Σ over `terms` of products, with offset tables; contiguous terms need no table. */
function dot(
  a: Float64Array,
  b: Float64Array,
  fromA: number,
  fromB: number,
  overA: Int32Array,
  overB: Int32Array,
): number {
  let sum = 0;
  for (let k = 0; k < overA.length; k++) sum += a[fromA + overA[k]!]! * b[fromB + overB[k]!]!;
  return sum;
}

function contractValues(
  [a, b]: readonly Value[],
  left: string,
  right: string,
  out: string,
  value: Float64Array,
): void {
  const sizes = sizesOf([
    [left, a!.type.shape],
    [right, b!.type.shape],
  ]);
  const only = (keep: (label: string) => boolean) => [...sizes.keys()].filter(keep);
  const groups = {
    shared: only((l) => left.includes(l) && right.includes(l) && out.includes(l)),
    left: only((l) => left.includes(l) && !right.includes(l) && out.includes(l)),
    right: only((l) => !left.includes(l) && right.includes(l) && out.includes(l)),
    summed: only((l) => !out.includes(l)),
  };
  const outShape = [...out].map((l) => sizes.get(l)!);
  const offsets = (labels: readonly string[], operand: string, shape: readonly number[]) =>
    offsetsOf(
      labels,
      labels.map((l) => sizes.get(l)!),
      operand,
      shape,
    );
  const inA = (labels: readonly string[]) => offsets(labels, left, a!.type.shape);
  const inB = (labels: readonly string[]) => offsets(labels, right, b!.type.shape);
  const inOut = (labels: readonly string[]) => offsets(labels, out, outShape);
  const table = (labels: readonly string[]) => ({
    a: inA(labels),
    b: inB(labels),
    out: inOut(labels),
  });
  multiplyGroups(a!.data, b!.data, value, {
    shared: table(groups.shared),
    left: table(groups.left),
    right: table(groups.right),
    summed: table(groups.summed),
  });
}

type Offsets = { readonly a: Int32Array; readonly b: Int32Array; readonly out: Int32Array };
type Groups = Readonly<Record<"shared" | "left" | "right" | "summed", Offsets>>;

/** Rows of b that lie side by side are added up one after another (axpy); otherwise one dot product an element. */
function multiplyGroups(a: Float64Array, b: Float64Array, value: Float64Array, by: Groups): void {
  const { shared, left, right, summed } = by;
  const columns = right.b.length;
  const rowWise =
    columns > 1 && right.b[columns - 1] === columns - 1 && right.out[columns - 1] === columns - 1;
  for (let s = 0; s < shared.a.length; s++)
    for (let m = 0; m < left.a.length; m++) {
      const fromA = shared.a[s]! + left.a[m]!;
      const to = shared.out[s]! + left.out[m]!;
      if (rowWise) addRows(a, b, value, fromA, shared.b[s]!, to, summed, columns);
      else
        for (let n = 0; n < columns; n++)
          value[to + right.out[n]!] = dot(
            a,
            b,
            fromA,
            shared.b[s]! + right.b[n]!,
            summed.a,
            summed.b,
          );
    }
}

function addRows(
  a: Float64Array,
  b: Float64Array,
  value: Float64Array,
  fromA: number,
  fromB: number,
  to: number,
  summed: Offsets,
  columns: number,
): void {
  for (let k = 0; k < summed.a.length; k++) {
    const factor = a[fromA + summed.a[k]!]!;
    const row = fromB + summed.b[k]!;
    for (let n = 0; n < columns; n++) value[to + n]! += factor * b[row + n]!;
  }
}

export const contract: OpRule<"contract"> = {
  type: (inputs, { left, right, out }) => {
    const [a, b] = operands(inputs, 2);
    demand(a.dtype === b.dtype, `operands are ${a.dtype} and ${b.dtype}`);
    const sizes = sizesOf([
      [left, a.shape],
      [right, b.shape],
    ]);
    demand(new Set(out).size === out.length, `"${out}" repeats a label`);
    const shape = [...out].map((label) => {
      const size = sizes.get(label);
      demand(size !== undefined, `label ${label} of the result is in no operand`);
      return size;
    });
    return { dtype: a.dtype, shape };
  },
  value: (inputs, { left, right, out }, type) => {
    const data = new Float64Array(sizeOf(type.shape));
    contractValues(inputs, left, right, out, data);
    return { type, data };
  },
};
