/** Operations along an axis that are no plain sums of products: reduce, scan, and the ring that attention remembers in. */
import {
  demand,
  type OpRule,
  operands,
  sameShape,
  sameType,
  sizeOf,
  split,
  without,
} from "./rule.ts";

/** The largest element of nothing is −∞, the sum 0. */
export const reduce: OpRule<"reduce"> = {
  type: (inputs, { axis }) => {
    const [x] = operands(inputs, 1);
    demand(axis >= 0 && axis < x.shape.length, `axis ${axis} is not one of ${x.shape.length}`);
    demand(x.dtype !== "bool", "elements are bool");
    return { dtype: x.dtype, shape: without(x.shape, axis) };
  },
  value: ([x], { fn, axis }, type) => {
    const { outer, size, inner } = split(x!.type.shape, axis);
    const data = new Float64Array(outer * inner).fill(fn === "sum" ? 0 : -Infinity);
    for (let o = 0; o < outer; o++)
      for (let k = 0; k < size; k++)
        for (let i = 0; i < inner; i++) {
          const element = x!.data[(o * size + k) * inner + i]!;
          const to = o * inner + i;
          data[to] = fn === "sum" ? data[to]! + element : Math.max(data[to]!, element);
        }
    return { type, data };
  },
};

export const scan: OpRule<"scan"> = {
  type: (inputs) => {
    demand(inputs.length === 3, `takes 3 inputs, not ${inputs.length}`);
    const [decay, input, initial] = inputs;
    demand(sameType(decay!, input!), "decay and input differ in type");
    demand(
      input!.shape.length >= 2 && sameShape(without(input!.shape, 1), initial!.shape),
      "the initial value does not fit",
    );
    demand(input!.dtype === "f32" && initial!.dtype === "f32", "a scan is f32");
    return input!;
  },
  value: ([decay, input, initial], { reverse }, type) => {
    const { outer, size, inner } = split(type.shape, 1);
    const data = new Float64Array(input!.data.length);
    for (let o = 0; o < outer; o++)
      for (let i = 0; i < inner; i++) {
        let h = initial!.data[o * inner + i]!;
        for (let step = 0; step < size; step++) {
          const at = (o * size + (reverse ? size - 1 - step : step)) * inner + i;
          h = decay!.data[at]! * h + input!.data[at]!;
          data[at] = h;
        }
      }
    return { type, data };
  },
};

export const ringWrite: OpRule<"ringWrite"> = {
  type: (inputs) => {
    demand(inputs.length === 4, `takes 4 inputs, not ${inputs.length}`);
    const [ring, values, start, count] = inputs;
    demand(
      ring!.shape.length >= 2 && ring!.dtype === values!.dtype,
      "ring and values differ in type",
    );
    demand(
      sameShape(without(ring!.shape, 1), without(values!.shape, 1)),
      "values do not fit the ring",
    );
    demand(values!.shape[1]! <= ring!.shape[1]!, "more values than slots");
    for (const t of [start!, count!])
      demand(
        t.dtype === "i32" && sameShape(t.shape, [ring!.shape[0]!]),
        "start and count are i32 [B]",
      );
    return ring!;
  },
  value: ([ring, values, start, count], _, type) => {
    const data = ring!.data.slice();
    const slots = type.shape[1]!;
    const tokens = values!.type.shape[1]!;
    const inner = sizeOf(type.shape.slice(2));
    for (let b = 0; b < type.shape[0]!; b++)
      for (let t = 0; t < Math.min(tokens, count!.data[b]!); t++) {
        const slot = (start!.data[b]! + t) % slots;
        const from = (b * tokens + t) * inner;
        data.set(values!.data.subarray(from, from + inner), (b * slots + slot) * inner);
      }
    return { type, data };
  },
};
