/** f16 and bf16 instructions, single and in pairs, by the PTX ISA manual 9.7.4: the runtime's functions round once. */
import type { Rule, Rules } from "./rules.ts";

/** The element type of a pair, or the type itself. */
const element = (type: string): string => type.replace(/x2$/, "");
const isPair = (type: string): boolean => type.endsWith("x2");

/** One call, or one for each half. */
const each = (name: string, type: string, operands: readonly string[]): string =>
  isPair(type)
    ? `EYRIE_PAIR${operands.length}(${name}, ${operands.join(", ")})`
    : `${name}(${operands.join(", ")})`;

const halves = ["f16", "f16x2", "bf16", "bf16x2"];

const arithmetic = (name: string, count: number): Rule => ({
  types: halves,
  may: ["rn", "sat", "relu"],
  count,
  value: (operands, type, has) => {
    const e = element(type);
    const exact = each(`${name}_${e}`, type, operands);
    // An exact result is limited before nothing else: both limits are halves themselves.
    if (has("sat")) return each(`saturate_${e}`, type, [exact]);
    return has("relu") ? each(`relu_${e}`, type, [exact]) : exact;
  },
});

const simple = (name: string, count: number): Rule => ({
  types: halves,
  count,
  value: (operands, type) => each(`${name}_${element(type)}`, type, operands),
});

const withNaN = (name: string): Rule => ({
  types: halves,
  with: ["NaN"],
  count: 2,
  value: (operands, type) => each(`${name}_nan_${element(type)}`, type, operands),
});

/** .ftz has no effect where the result has no subnormals of f16's kind: bf16 forms must say it, f16 forms may not. */
const approximate = (name: string): Rule[] => [
  {
    types: ["f16", "f16x2"],
    with: ["approx"],
    count: 1,
    value: (v, t) => each(`eyrie_${name}_f16`, t, v),
  },
  {
    types: ["bf16", "bf16x2"],
    with: ["approx"],
    may: name === "exp2" ? ["ftz"] : [],
    count: 1,
    value: (v, t, has) =>
      has("ftz")
        ? each("flush_bf16", t, [each(`eyrie_${name}_bf16`, t, [each("flush_bf16", t, v)])])
        : each(`eyrie_${name}_bf16`, t, v),
  },
];

export const halfRules: Rules = {
  add: [arithmetic("add", 2)],
  sub: [arithmetic("sub", 2)],
  mul: [arithmetic("mul", 2)],
  fma: [arithmetic("fma", 3)],
  min: [simple("min", 2), withNaN("min")],
  max: [simple("max", 2), withNaN("max")],
  neg: [simple("neg", 1)],
  abs: [simple("abs", 1)],
  ex2: approximate("exp2"),
  tanh: approximate("tanh"),
};
