/** The recipes in the order in which they are asked; the first that accepts a region writes its kernels. */
import type { CompositeName, NodeOf } from "../src/graph/graph.ts";
import type { Recipe } from "./recipe.ts";
import { attention } from "./recipes/attention.ts";
import { conv1d } from "./recipes/conv1d.ts";
import { elementwise } from "./recipes/elementwise.ts";
import { gemv } from "./recipes/gemv.ts";
import { matmul } from "./recipes/matmul.ts";
import { ring } from "./recipes/ring.ts";
import { rowwise } from "./recipes/rowwise.ts";
import { sample } from "./recipes/sample.ts";
import { scan } from "./recipes/scan.ts";

export const recipes: readonly Recipe[] = [
  sample,
  ring,
  attention,
  conv1d,
  scan,
  gemv,
  matmul,
  rowwise,
  elementwise,
];

/** Which recipe computes a composite as a whole; null: it is replaced by its definition; "read": where its numbers are read. */
const claimedBy = { conv1d, attend: attention, dequantize: "read" } satisfies Record<
  CompositeName,
  Recipe | "read" | null
>;

/** Whether some recipe computes this composite as a whole. One token's convolution is better a few maps, which fuse. */
export function claims({ attrs, type }: NodeOf<"composite">): boolean {
  if (attrs.name === "conv1d" && type.shape[1] === 1) return false;
  return claimedBy[attrs.name] !== null;
}
