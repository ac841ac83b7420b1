/** Says of a tensor that its shape is not the one that is needed, and shows both. */
import type { Span } from "../syntax.ts";
import { report } from "./frame.ts";
import { originsOf, shapeIn } from "./origins.ts";
import { shapeText } from "./text.ts";
import type { Frame, Poison, TensorValue } from "./values.ts";

/** `wanted` lists the dimensions that are needed; null for those that may have any name. */
export function reportShape(
  frame: Frame,
  span: Span,
  what: string,
  wanted: readonly (string | null)[],
  x: TensorValue,
): Poison {
  const dims = wanted.map((dim, i) => dim ?? x.dims[i] ?? "…");
  const shapes = { wanted: { text: "needed", dims, sizes: [] }, found: shapeIn(x, "given") };
  const facts = { what, expected: shapeText(dims), found: shapeText(x.dims), shapes };
  return report(frame, "E0302", span, facts, originsOf([x]));
}
