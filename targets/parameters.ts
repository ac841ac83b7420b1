/** Parameters as programs store them: which buffers hold the same values, and their bytes from f32. Knows no device. */
import type { BufferPlan, Program } from "../codegen/program.ts";
import { UserError } from "../src/graph/bug.ts";
import type { QuantizedPart } from "../src/graph/graph.ts";
import { type Quantized, quantize } from "../src/graph/quantize.ts";
import { slicePiece } from "./cpu/piece.ts";
import type { Weights } from "./executor.ts";
import { packScales, packValues } from "./packed.ts";
import { type Stored, store } from "./storage.ts";
import { inStrips } from "./strips.ts";

export type ParameterPlan = BufferPlan & { readonly kind: "parameter" };
type QuantizedPlan = ParameterPlan & { readonly quantized: QuantizedPart };

const isQuantized = (plan: ParameterPlan): plan is QuantizedPlan => plan.quantized !== undefined;

/** A parameter that was read. */
export type ReadParameter = {
  /** The numbers of a plan's piece in the order in which its buffer holds them, of a plan that is not quantised. */
  readonly numbers: (plan: ParameterPlan) => Float32Array;
  /** What the plan's buffer holds: its piece in its type. f32 numbers are not copied. */
  readonly stored: (plan: ParameterPlan) => Stored | Float32Array;
};

/** The same for all buffers that hold the same values in the same way. */
export function parameterKey({ name, dtype, piece, quantized, strip }: ParameterPlan): string {
  const { axis, column, group, bits } = quantized ?? {};
  return [
    ...[name, dtype, ...(piece ? [piece.axis, piece.start, piece.size] : [])],
    ...(quantized ? ["packed", axis, column, group, bits] : []),
    ...(strip ? ["strips", strip] : []),
  ].join("|");
}

/** For each parameter of the model, its distinct buffers by key. */
export function plansByName(
  programs: readonly Program<unknown>[],
): ReadonlyMap<string, ReadonlyMap<string, ParameterPlan>> {
  const names = new Map<string, Map<string, ParameterPlan>>();
  for (const plan of programs.flatMap((p) => p.buffers)) {
    if (plan.kind !== "parameter") continue;
    const name = plan.quantized?.of ?? plan.name;
    const plans = names.get(name) ?? new Map<string, ParameterPlan>();
    names.set(name, plans.set(parameterKey(plan), plan));
  }
  return names;
}

/** Reads a parameter once, for all plans of it: f32 where one asks for that, and quantised where one does. */
export async function readParameter(
  weights: Weights,
  name: string,
  plans: Iterable<ParameterPlan>,
): Promise<ReadParameter> {
  const all = [...plans];
  const asked = all.filter(isQuantized);
  const ready = asked[0] ? await weights.readQuantized?.(name, asked[0].quantized) : undefined;
  const same = ({ axis, bits, group }: QuantizedPart) =>
    keyOf({ axis, bits, group }) === keyOf(asked[0]!.quantized);
  const isReady = ready && asked.length === all.length && asked.every((p) => same(p.quantized));
  const whole = isReady ? null : await weights.read(name);
  const quantized = new Map<string, Quantized>();
  if (isReady) quantized.set(keyOf(asked[0]!.quantized), ready);
  const numbers = (plan: ParameterPlan) => {
    const own = slicePiece(checked(whole!, plan), plan.shape, plan.piece);
    return plan.strip ? inStrips(own, plan.shape, plan.strip) : own;
  };
  return {
    numbers,
    stored: (plan) => {
      if (!isQuantized(plan))
        return plan.dtype === "f32" ? numbers(plan) : store(plan.dtype, numbers(plan));
      const key = keyOf(plan.quantized);
      const made = quantized.get(key) ?? quantizeWhole(whole!, plan);
      quantized.set(key, made);
      return storedPart(made, plan);
    },
  };
}

const keyOf = ({ axis, bits, group }: Pick<QuantizedPart, "axis" | "bits" | "group">): string =>
  `${axis} ${bits} ${group}`;

function quantizeWhole(whole: Float32Array, plan: QuantizedPlan): Quantized {
  const { quantized, piece } = plan;
  const part = plan.shape.with(quantized.axis, quantized.terms);
  const perRow = piece ? product(part) / piece.size : 1;
  const shape = piece ? part.with(piece.axis, whole.length / perRow) : part;
  checked(whole, { ...plan, name: quantized.of, shape });
  return quantize(whole, shape, quantized, quantized.of);
}

function storedPart(
  { values, scales }: Quantized,
  { shape, quantized, piece }: QuantizedPlan,
): Stored {
  const part = { shape, quantized };
  return quantized.part === "values"
    ? packValues(slicePiece(values, shape, piece), part)
    : packScales(slicePiece(scales, shape, piece), part);
}

const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function checked(values: Float32Array, { name, shape, piece }: ParameterPlan): Float32Array {
  const expected = product(shape);
  if (piece || values.length === expected) return values;
  throw new UserError(
    `parameter "${name}" holds ${expected} values (${shape.join("×")}), but the weights give ${values.length}`,
  );
}
