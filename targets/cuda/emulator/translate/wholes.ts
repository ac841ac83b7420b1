/** Whole-number and bit instructions, by the PTX ISA manual 9.7.1, 9.7.2 and 9.7.8. */
import type { Rule, Rules } from "./rules.ts";
import { doubled, unsigned } from "./types.ts";

const wholes = ["u16", "s16", "u32", "s32", "u64", "s64"];
const narrow = ["u16", "s16", "u32", "s32"];
const signs = ["s16", "s32", "s64"];
const words = ["b16", "b32", "b64"];

/** Low bits are the same for both signs, and unsigned numbers wrap. */
const wraps = (count: number, write: (v: readonly string[]) => string, mode?: string): Rule => ({
  types: wholes,
  ...(mode ? { with: [mode] } : {}),
  count,
  operands: (t) => Array<string>(count).fill(unsigned(t)),
  result: unsigned,
  value: (v) => write(v),
});

const wide = (count: number, value: Rule["value"]): Rule => ({
  types: narrow,
  with: ["wide"],
  count,
  operands: (t) => [t, t, doubled(t)],
  result: doubled,
  value,
});

/** Results outside s32 become its ends. */
const saturating = (sign: string): Rule => ({
  types: ["s32"],
  with: ["sat"],
  count: 2,
  value: ([a, b]) =>
    `whole<s32>((f64)${a} ${sign} ${b}, -0x1p31, 0x1.fffffffcp30, (s32)0x80000000u, 0x7fffffff, 0)`,
});

const bitwise = (sign: string): Rule[] => [
  { types: words, count: 2, value: ([a, b]) => `${a} ${sign} ${b}` },
  { types: ["pred"], count: 2, value: ([a, b]) => `(bool)(${a} ${sign} ${b})` },
];

const chosen = (sign: string): Rule => ({
  types: wholes,
  count: 2,
  value: ([a, b]) => `${a} ${sign} ${b} ? ${a} : ${b}`,
});

const product = ([a, b]: readonly string[], type: string): string =>
  `(${doubled(type)})${a} * (${doubled(type)})${b}`;

/**
 * Sums of products of a word's parts of so many bits with bytes of another, the first of which is `first`; added to a third
 * word. Each word has a sign of its own, and the products fit into s32. Sums wrap, so the result's sign does not matter.
 */
const dotProduct = (bits: 8 | 16, first: number, mode: readonly string[]): readonly Rule[] =>
  (["u32", "s32"] as const).map((left) => ({
    types: ["u32", "s32"],
    with: [...mode, left],
    count: 3,
    operands: () => ["u32", "u32", "u32"],
    result: () => "u32",
    value: ([a, b, c], right) => {
      const products = Array.from({ length: 32 / bits }, (_, i) => {
        const byte = `(${right[0]}8)(${b} >> ${8 * (first + i)})`;
        return `(s32)(${left[0]}${bits})(${a} >> ${bits * i}) * (s32)${byte}`;
      });
      return `(u32)(${products.join(" + ")}) + ${c}`;
    },
  }));

export const wholeRules: Rules = {
  add: [wraps(2, ([a, b]) => `${a} + ${b}`), saturating("+")],
  sub: [wraps(2, ([a, b]) => `${a} - ${b}`), saturating("-")],
  mul: [
    wraps(2, ([a, b]) => `1u * ${a} * ${b}`, "lo"),
    wide(2, product),
    { types: wholes, with: ["hi"], count: 2, value: ([a, b]) => `high(${a}, ${b})` },
  ],
  mad: [
    wraps(3, ([a, b, c]) => `1u * ${a} * ${b} + ${c}`, "lo"),
    wide(3, ([a, b, c], t) => `${product([a!, b!], t)} + ${c}`),
    { types: wholes, with: ["hi"], count: 3, value: ([a, b, c]) => `high(${a}, ${b}) + ${c}` },
  ],
  div: [{ types: wholes, count: 2, value: ([a, b]) => `divide(${a}, ${b})` }],
  rem: [{ types: wholes, count: 2, value: ([a, b]) => `remainder(${a}, ${b})` }],
  neg: [{ types: signs, count: 1, value: ([a]) => `-${a}` }],
  abs: [{ types: signs, count: 1, value: ([a]) => `${a} < 0 ? -${a} : ${a}` }],
  min: [chosen("<")],
  max: [chosen(">")],
  dp2a: [...dotProduct(16, 0, ["lo"]), ...dotProduct(16, 2, ["hi"])],
  dp4a: dotProduct(8, 0, []),
  sad: [
    {
      types: wholes,
      count: 3,
      value: ([a, b, c]) => `${c} + (${a} < ${b} ? ${b} - ${a} : ${a} - ${b})`,
    },
  ],
  and: bitwise("&"),
  or: bitwise("|"),
  xor: bitwise("^"),
  not: [
    { types: words, count: 1, value: ([a]) => `~${a}` },
    { types: ["pred"], count: 1, value: ([a]) => `!${a}` },
  ],
  cnot: [{ types: words, count: 1, value: ([a]) => `${a} == 0` }],
  shl: [
    {
      types: words,
      count: 2,
      operands: (t) => [t, "u32"],
      value: ([a, b], t) => `shift_left<${unsigned(t)}>(${a}, ${b})`,
    },
  ],
  shr: [
    {
      types: words,
      count: 2,
      operands: (t) => [t, "u32"],
      value: ([a, b], t) => `shift_right<${unsigned(t)}>(${a}, ${b})`,
    },
    {
      types: wholes,
      count: 2,
      operands: (t) => [t, "u32"],
      value: ([a, b], t) => `shift_right<${t}>(${a}, ${b})`,
    },
  ],
  shf: (["l", "r"] as const).flatMap((way) =>
    (["wrap", "clamp"] as const).map((mode) => ({
      types: ["b32"],
      with: [way, mode],
      count: 3,
      value: ([a, b, c]: readonly string[]) => {
        const by = mode === "wrap" ? `(${c} & 31)` : `(${c} > 32 ? 32 : ${c})`;
        return `funnel_${way === "l" ? "left" : "right"}(${a}, ${b}, ${by})`;
      },
    })),
  ),
  bfi: [
    {
      types: ["b32", "b64"],
      count: 4,
      operands: (t) => [t, t, "u32", "u32"],
      value: ([a, b, c, d]) => `insert_bits(${a}, ${b}, ${c}, ${d})`,
    },
  ],
  bfe: [
    {
      types: ["u32", "s32", "u64", "s64"],
      count: 3,
      operands: (t) => [t, "u32", "u32"],
      value: ([a, b, c], t) => `(extract_bits<${t}, ${unsigned(t)}>(${a}, ${b}, ${c}))`,
    },
  ],
  bfind: [
    {
      types: ["u32", "s32", "u64", "s64"],
      count: 1,
      result: () => "u32",
      value: ([a], t) =>
        `highest_bit(${t[0] === "s" ? `(${unsigned(t)})(${a} < 0 ? ~${a} : ${a})` : a})`,
    },
  ],
  brev: [{ types: ["b32", "b64"], count: 1, value: ([a]) => `reverse_bits(${a})` }],
  clz: [
    { types: ["b32", "b64"], count: 1, result: () => "u32", value: ([a]) => `leading_zeros(${a})` },
  ],
  popc: [
    {
      types: ["b32", "b64"],
      count: 1,
      result: () => "u32",
      value: ([a]) => `__builtin_popcountll(${a})`,
    },
  ],
  fns: [
    {
      types: ["b32"],
      count: 3,
      operands: () => ["u32", "u32", "s32"],
      value: ([a, b, c]) => `find_set(${a}, ${b}, ${c})`,
    },
  ],
  prmt: [{ types: ["b32"], count: 3, value: ([a, b, c]) => `permute(${a}, ${b}, ${c})` }],
  selp: [
    ...[...words, ...wholes, "f32", "f64"].map((t) => ({
      types: [t],
      count: 3,
      operands: () => [t, t, "pred"],
      value: ([a, b, c]: readonly string[]) => `${c} ? ${a} : ${b}`,
    })),
  ],
};
