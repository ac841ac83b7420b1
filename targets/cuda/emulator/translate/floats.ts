/** f32 and f64 instructions, by the PTX ISA manual 9.7.3: rounding, flushing and saturation are wrapped around an expression. */
import type { Rule, Rules } from "./rules.ts";

type Value = Rule["value"];

const flushes = ["ftz"];

/** Subnormal operands and results become zeros where .ftz is said; results go into [0, 1] where .sat is. */
const shaped =
  (value: Value): Value =>
  (operands, type, has) => {
    const inputs = has("ftz") ? operands.map((o) => `flush(${o})`) : operands;
    const exact = value(inputs, type, has);
    const flushed = has("ftz") ? `flush(${exact})` : exact;
    return has("sat") ? `saturate(${flushed})` : flushed;
  };

const directions = ["rz", "rm", "rp"] as const;

/** The forms of one arithmetic operation: to nearest as an expression, directed by the runtime's function of that name. */
const rounding = (
  count: number,
  name: string,
  nearest: (v: readonly string[], type: string) => string,
): Rule[] => [
  { types: ["f32"], may: ["rn", "ftz", "sat"], count, value: shaped((v, t) => nearest(v, t)) },
  { types: ["f64"], may: ["rn"], count, value: (v, t) => nearest(v, t) },
  ...directions.map((direction, mode) => ({
    types: ["f32"],
    with: [direction],
    may: ["ftz", "sat"],
    count,
    value: shaped((v) => `${name}_directed(${v.join(", ")}, ${mode})`),
  })),
];

const fused = (v: readonly string[], type: string): string =>
  `__builtin_fma${type === "f32" ? "f" : ""}(${v.join(", ")})`;

/** To nearest for both types, and the approximate form of f32. */
const nearestOr = (count: number, exact: Value, approximate: string): Rule[] => [
  { types: ["f32"], with: ["rn"], may: flushes, count, value: shaped(exact) },
  { types: ["f64"], with: ["rn"], count, value: exact },
  ...approximation(count, approximate),
];

const approximation = (count: number, name: string): Rule[] => [
  {
    types: ["f32"],
    with: ["approx"],
    may: flushes,
    count,
    value: shaped((v) => `${name}(${v.join(", ")})`),
  },
];

const root: Value = ([a], type) => `__builtin_sqrt${type === "f32" ? "f" : ""}(${a})`;

const extreme = (name: string): Rule[] => [
  { types: ["f32"], may: flushes, count: 2, value: shaped((v) => `${name}(${v.join(", ")})`) },
  { types: ["f64"], count: 2, value: (v) => `${name}(${v.join(", ")})` },
  {
    types: ["f32"],
    with: ["NaN"],
    may: flushes,
    count: 2,
    value: shaped((v) => `${name}_nan(${v.join(", ")})`),
  },
];

/** These change a sign and no more, so NaNs keep their payload; .ftz flushes. */
const signed = (value: Value): Rule[] => [
  { types: ["f32"], may: flushes, count: 1, value: shaped(value) },
  { types: ["f64"], count: 1, value },
];

const classes: Record<string, string> = {
  finite: "__builtin_isfinite(A)",
  infinite: "__builtin_isinf(A)",
  number: "A == A",
  notanumber: "A != A",
  normal: "__builtin_isnormal(A)",
  subnormal: "A != 0 && __builtin_isfinite(A) && !__builtin_isnormal(A)",
};

export const floatRules: Rules = {
  add: rounding(2, "add", ([a, b]) => `${a} + ${b}`),
  sub: rounding(2, "sub", ([a, b]) => `${a} - ${b}`),
  mul: rounding(2, "mul", ([a, b]) => `${a} * ${b}`),
  fma: rounding(3, "fma", fused),
  mad: rounding(3, "fma", fused),
  div: [
    ...nearestOr(2, ([a, b]) => `${a} / ${b}`, "eyrie_divide_approximately"),
    {
      types: ["f32"],
      with: ["full"],
      may: flushes,
      count: 2,
      value: shaped((v) => `eyrie_divide_full(${v.join(", ")})`),
    },
  ],
  rcp: nearestOr(1, ([a], t) => `(${t})1 / ${a}`, "eyrie_reciprocal"),
  sqrt: nearestOr(1, root, "eyrie_square_root"),
  rsqrt: approximation(1, "eyrie_reciprocal_root"),
  ex2: approximation(1, "eyrie_exp2"),
  lg2: approximation(1, "eyrie_log2"),
  sin: approximation(1, "eyrie_sin"),
  cos: approximation(1, "eyrie_cos"),
  // Subnormal values pass tanh.approx.f32 as they are, so there is no .ftz form.
  tanh: [{ types: ["f32"], with: ["approx"], count: 1, value: ([a]) => `eyrie_tanh(${a})` }],
  neg: signed(([a]) => `-${a}`),
  abs: signed(([a], t) => `__builtin_fabs${t === "f32" ? "f" : ""}(${a})`),
  min: extreme("minimum"),
  max: extreme("maximum"),
  copysign: [
    // The sign is the first operand's, the size the second's.
    { types: ["f32"], count: 2, value: ([a, b]) => `__builtin_copysignf(${b}, ${a})` },
    { types: ["f64"], count: 2, value: ([a, b]) => `__builtin_copysign(${b}, ${a})` },
  ],
  testp: Object.entries(classes).map(([name, test]) => ({
    types: ["f32", "f64"],
    with: [name],
    count: 1,
    result: () => "pred",
    value: ([a]) => test.replaceAll("A", a!),
  })),
};
