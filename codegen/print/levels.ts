/** Which operators may stand inside which without parentheses. */
import type { ScalarName } from "../../src/graph/graph.ts";

/** What an operator may stand beside without parentheses. C and WGSL agree on these; WGSL forbids more, so all else is enclosed. */
export type Level = "product" | "sum" | "comparison" | "and" | "or" | "sign" | "bits";

/** Of each function, where it is spelled as an operator. */
export const levels = {
  mul: "product",
  div: "product",
  mod: "product",
  add: "sum",
  sub: "sum",
  lt: "comparison",
  le: "comparison",
  eq: "comparison",
  ne: "comparison",
  and: "and",
  or: "or",
  neg: "sign",
  not: "sign",
  bitand: "bits",
  bitor: "bits",
  bitxor: "bits",
  shl: "bits",
  shr: "bits",
} as const satisfies Partial<Record<ScalarName, Level>>;

/** What may stand on either side of an operator as it is. */
export const inside = {
  product: { left: ["product", "sign"], right: ["sign"] },
  sum: { left: ["product", "sum", "sign"], right: ["product", "sign"] },
  comparison: { left: ["product", "sum", "sign"], right: ["product", "sum", "sign"] },
  and: {
    left: ["product", "sum", "comparison", "and", "sign"],
    right: ["product", "sum", "comparison", "sign"],
  },
  or: {
    left: ["product", "sum", "comparison", "or", "sign"],
    right: ["product", "sum", "comparison", "sign"],
  },
  sign: { left: [], right: [] },
  bits: { left: [], right: [] },
} as const satisfies Record<Level, Record<"left" | "right", readonly Level[]>>;
