/** Numbers as WGSL literals: the shortest text that reads back as the same number. Knows no infinity and no NaN. */

import type { Scalar } from "../../codegen/kernel.ts";
import { CompilerBug } from "../../src/graph/bug.ts";
import { shortest } from "../shortest.ts";

export function printLiteral(value: number, scalar: Scalar): string {
  switch (scalar) {
    case "bool":
      return value ? "true" : "false";
    case "u32":
      return `${value >>> 0}u`;
    case "i32":
      // The literal after a minus sign must itself fit, and 2147483648i does not.
      return value === -(2 ** 31) ? "i32(-2147483648)" : `${value | 0}i`;
    case "f32":
      return printFloat(value);
    case "f16":
      return `${printFloat(value)}h`;
    case "bf16":
      throw new CompilerBug("bf16 reached WGSL, which has none");
  }
}

/** Beyond this, the shortest text may lie above the largest f32, which WGSL rejects even where it would round down. */
const nearLargest = 3.4028234e38;

function printFloat(value: number): string {
  if (!Number.isFinite(value)) throw new CompilerBug(`${value} reached WGSL as a literal`);
  const rounded = Math.fround(value);
  if (Object.is(rounded, -0)) return "-0.0";
  const text = Math.abs(rounded) > nearLargest ? String(rounded) : shortest(rounded);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
