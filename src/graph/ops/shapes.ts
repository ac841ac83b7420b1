/** Operations that only move elements: reshape, transpose, broadcast, slice, concat, gather. */
import {
  demand,
  fill,
  type OpRule,
  operands,
  printType,
  sameShape,
  sizeOf,
  split,
  strided,
  stridesOf,
  without,
} from "./rule.ts";

export const reshape: OpRule<"reshape"> = {
  type: (inputs, { shape }) => {
    const [x] = operands(inputs, 1);
    demand(
      sizeOf(x.shape) === sizeOf(shape),
      `${sizeOf(x.shape)} elements do not fill [${shape.join(",")}]`,
    );
    return { dtype: x.dtype, shape };
  },
  value: ([x], _, type) => ({ type, data: x!.data }),
};

export const transpose: OpRule<"transpose"> = {
  type: (inputs, { order }) => {
    const [x] = operands(inputs, 1);
    const sorted = [...order].sort((a, b) => a - b);
    demand(
      sorted.length === x.shape.length && sorted.every((axis, i) => axis === i),
      `[${order.join(",")}] is no order of the axes`,
    );
    return { dtype: x.dtype, shape: order.map((axis) => x.shape[axis]!) };
  },
  value: ([x], { order }, type) => {
    const strides = stridesOf(x!.type.shape);
    return strided(
      x!,
      type,
      order.map((axis) => strides[axis]!),
    );
  },
};

export const broadcast: OpRule<"broadcast"> = {
  type: (inputs, { shape, axes }) => {
    const [x] = operands(inputs, 1);
    demand(axes.length === x.shape.length, `${axes.length} axes named for ${x.shape.length}`);
    demand(
      axes.every((axis, i) => axis > (axes[i - 1] ?? -1)),
      "axes do not ascend",
    );
    demand(
      axes.every((axis, i) => shape[axis] === x.shape[i]),
      `axes do not keep their sizes in [${shape.join(",")}]`,
    );
    return { dtype: x.dtype, shape };
  },
  value: ([x], { axes }, type) => {
    const strides = stridesOf(x!.type.shape);
    const steps = type.shape.map(() => 0);
    axes.forEach((axis, i) => {
      steps[axis] = strides[i]!;
    });
    return strided(x!, type, steps);
  },
};

export const slice: OpRule<"slice"> = {
  type: (inputs, { axis, start, size }) => {
    const [x] = operands(inputs, 1);
    demand(axis >= 0 && axis < x.shape.length, `axis ${axis} is not one of ${x.shape.length}`);
    demand(
      start >= 0 && size >= 0 && start + size <= x.shape[axis]!,
      `${start}…${start + size} is outside of axis ${axis}`,
    );
    return { dtype: x.dtype, shape: x.shape.map((n, i) => (i === axis ? size : n)) };
  },
  value: ([x], { axis, start }, type) => {
    const strides = stridesOf(x!.type.shape);
    return strided(x!, type, strides, start * strides[axis]!);
  },
};

export const concat: OpRule<"concat"> = {
  type: (inputs, { axis }) => {
    const first = inputs[0];
    demand(first !== undefined, "concat of nothing");
    demand(
      axis >= 0 && axis < first.shape.length,
      `axis ${axis} is not one of ${first.shape.length}`,
    );
    const others = without(first.shape, axis);
    for (const t of inputs)
      demand(
        t.dtype === first.dtype &&
          t.shape.length === first.shape.length &&
          sameShape(without(t.shape, axis), others),
        `${printType(t)} does not continue ${printType(first)} along axis ${axis}`,
      );
    const size = inputs.reduce((sum, t) => sum + t.shape[axis]!, 0);
    return { dtype: first.dtype, shape: first.shape.map((n, i) => (i === axis ? size : n)) };
  },
  value: (inputs, { axis }, type) => {
    const { outer, size, inner } = split(type.shape, axis);
    const data = new Float64Array(outer * size * inner);
    let start = 0;
    for (const x of inputs) {
      const run = x.type.shape[axis]! * inner;
      for (let o = 0; o < outer; o++)
        data.set(x.data.subarray(o * run, (o + 1) * run), o * size * inner + start);
      start += run;
    }
    return { type, data };
  },
};

/** Indices outside of the table pick its nearest row. */
export const gather: OpRule<"gather"> = {
  type: (inputs, { batch }) => {
    const [table, indices] = operands(inputs, 2);
    demand(indices.dtype === "i32" || indices.dtype === "u32", "indices are not integers");
    demand(
      batch < table.shape.length && batch <= indices.shape.length,
      `${batch} shared axes are too many`,
    );
    demand(
      sameShape(table.shape.slice(0, batch), indices.shape.slice(0, batch)),
      "shared axes differ in size",
    );
    return { dtype: table.dtype, shape: [...indices.shape, ...table.shape.slice(batch + 1)] };
  },
  value: ([table, indices], { batch }, type) => {
    const { size, inner } = split(table!.type.shape, batch);
    const picks = sizeOf(indices!.type.shape.slice(batch));
    return fill(type, (i) => {
      const pick = Math.floor(i / inner);
      const row = Math.min(size - 1, Math.max(0, indices!.data[pick]!));
      return table!.data[(Math.floor(pick / picks) * size + row) * inner + (i % inner)]!;
    });
  },
};
