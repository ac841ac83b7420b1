/** Parameters as programs store them: which buffers hold the same values, and their bytes from f32. Knows no device. */
import type { BufferPlan, Program } from "../codegen/program.ts";
import { UserError } from "../src/graph/bug.ts";
import { slicePiece } from "./cpu/piece.ts";
import { toHalf } from "./half.ts";

export type ParameterPlan = BufferPlan & { readonly kind: "parameter" };
export type Stored = Float32Array | Int32Array | Uint16Array | Uint32Array;

/** The same for all buffers that hold the same values in the same way. */
export function parameterKey({ name, dtype, piece }: ParameterPlan): string {
  return [name, dtype, ...(piece ? [piece.axis, piece.start, piece.size] : [])].join("|");
}

/** For each parameter, its distinct buffers by key. */
export function plansByName(
  programs: readonly Program<unknown>[],
): ReadonlyMap<string, ReadonlyMap<string, ParameterPlan>> {
  const names = new Map<string, Map<string, ParameterPlan>>();
  for (const plan of programs.flatMap((p) => p.buffers)) {
    if (plan.kind !== "parameter") continue;
    const plans = names.get(plan.name) ?? new Map<string, ParameterPlan>();
    names.set(plan.name, plans.set(parameterKey(plan), plan));
  }
  return names;
}

/** What the plan's buffer holds: its piece of the whole parameter in its type; an odd number of f16 gets one 0 more. */
export function storedValues(whole: Float32Array, plan: ParameterPlan): Stored {
  const stored = convert(slicePiece(checked(whole, plan), plan.shape, plan.piece), plan);
  if (stored.byteLength % 4 === 0) return stored;
  const even = new Uint16Array(stored.length + 1);
  even.set(stored);
  return even;
}

function checked(values: Float32Array, { name, shape, piece }: ParameterPlan): Float32Array {
  const expected = shape.reduce((product, size) => product * size, 1);
  if (piece || values.length === expected) return values;
  throw new UserError(
    `parameter "${name}" holds ${expected} values (${shape.join("×")}), but the weights give ${values.length}`,
  );
}

function convert(values: Float32Array, { dtype }: ParameterPlan): Stored {
  switch (dtype) {
    case "f32":
      return values;
    case "f16":
      return toHalf(values);
    case "i32":
      return Int32Array.from(values);
    case "u32":
      return Uint32Array.from(values);
    case "bool":
      return Uint32Array.from(values, (v) => (v === 0 ? 0 : 1));
    case "bf16":
      throw new UserError("this target stores no bf16; choose f32 or f16");
  }
}
