/** Operations without inputs: what is given from outside, constants and indices. */
import type { Type } from "../graph.ts";
import { demand, fill, type OpRule, operands, sizeOf, split } from "./rule.ts";

const given = {
  type: (inputs: readonly unknown[], attrs: { readonly type: Type }) => {
    demand(inputs.length === 0, "takes no inputs");
    return attrs.type;
  },
  value: "given",
} as const;

export const parameter: OpRule<"parameter"> = given;
export const input: OpRule<"input"> = given;
export const state: OpRule<"state"> = given;

export const constant: OpRule<"constant"> = {
  type: given.type,
  value: (_, { value }, type) => ({ type, data: new Float64Array(sizeOf(type.shape)).fill(value) }),
};

export const iota: OpRule<"iota"> = {
  type: (inputs, { axis, shape }) => {
    operands(inputs, 0);
    demand(axis >= 0 && axis < shape.length, `axis ${axis} is not one of ${shape.length}`);
    return { dtype: "i32", shape };
  },
  value: (_, { axis }, type) => {
    const { size, inner } = split(type.shape, axis);
    return fill(type, (i) => Math.floor(i / inner) % size);
  },
};
