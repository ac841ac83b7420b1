/** Parameters as programs store them: which buffers hold the same values, and their bytes from f32. Knows no device. */
import type { BufferPlan, Program } from "../codegen/program.ts";
import { UserError } from "../src/graph/bug.ts";
import { slicePiece } from "./cpu/piece.ts";
import { type Stored, store } from "./storage.ts";

export type ParameterPlan = BufferPlan & { readonly kind: "parameter" };

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

/** What the plan's buffer holds: its piece of the whole parameter in its type. f32 values are not copied. */
export function storedValues(whole: Float32Array, plan: ParameterPlan): Stored | Float32Array {
  const values = slicePiece(checked(whole, plan), plan.shape, plan.piece);
  return plan.dtype === "f32" ? values : store(plan.dtype, values);
}

function checked(values: Float32Array, { name, shape, piece }: ParameterPlan): Float32Array {
  const expected = shape.reduce((product, size) => product * size, 1);
  if (piece || values.length === expected) return values;
  throw new UserError(
    `parameter "${name}" holds ${expected} values (${shape.join("×")}), but the weights give ${values.length}`,
  );
}
