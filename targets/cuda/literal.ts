/** Numbers as CUDA literals: the shortest text that reads back as the same number; infinities and NaN from their bits. */
import { roundBf16, roundF16 } from "../../codegen/interpret/spell.ts";
import type { Scalar } from "../../codegen/kernel.ts";
import { shortest } from "../shortest.ts";

export function printLiteral(value: number, scalar: Scalar): string {
  switch (scalar) {
    case "bool":
      return value ? "true" : "false";
    case "u32":
      return `${value >>> 0}u`;
    case "i32":
      // The literal after a minus sign must itself fit, and 2147483648 does not.
      return value === -(2 ** 31) ? "int(2147483648u)" : String(value | 0);
    case "f32":
      return printFloat(Math.fround(value));
    case "f16":
      return `__half(${printFloat(roundF16(value))})`;
    case "bf16":
      return `__nv_bfloat16(${printFloat(roundBf16(Math.fround(value)))})`;
  }
}

function printFloat(value: number): string {
  if (Number.isNaN(value)) return "__uint_as_float(0x7fc00000u)";
  if (value === Infinity) return "__uint_as_float(0x7f800000u)";
  if (value === -Infinity) return "__uint_as_float(0xff800000u)";
  if (Object.is(value, -0)) return "-0.0f";
  const text = shortest(value);
  return /[.e]/.test(text) ? `${text}f` : `${text}.0f`;
}
