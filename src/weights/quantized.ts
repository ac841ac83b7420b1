/** Quantised weights in a safetensors file: how they are laid out there, written, and read as a model's weights. Knows no device. */
import type { Weights } from "../../targets/executor.ts";
import { UserError } from "../graph/bug.ts";
import type { Grouping } from "../graph/graph.ts";
import { dequantize, type groupSize, quantize, scalesShape } from "../graph/quantize.ts";
import schema from "../schemas/quantization.schema.json" with { type: "json" };
import { checkOf, parseJson } from "../schemas/validate.ts";
import type { TensorToWrite } from "./file.ts";
import { elements } from "./safetensors.ts";
import type { Checkpoint } from "./tensors.ts";

export type QuantizedPrecision = "int8" | "int4";
type Parameter = { readonly name: string; readonly shape: readonly number[] };

/** What the file's metadata says under `quantization`. */
export type Quantization = {
  readonly precision: QuantizedPrecision;
  readonly group: typeof groupSize;
  /** By name of each quantised parameter, the axis along which groups run. */
  readonly axes: Readonly<Record<string, number>>;
};

/** How far the quantised numbers of a parameter are from what they stand for: sums of squares. */
export type Errors = { readonly name: string; readonly error: number; readonly power: number };

const metadataKey = "quantization";
const checkQuantization = checkOf<Quantization>(schema, "write it again with eyrie quantize");

const groupingOf = ({ precision, group, axes }: Quantization, name: string): Grouping => ({
  ...{ axis: axes[name]!, group, bits: precision === "int8" ? 8 : 4 },
});

/** The name of a parameter's scales. */
const scalesName = (name: string): string => `${name}.scales`;

/** What a checkpoint says of itself; null where it is not quantised. */
export function quantizationOf(checkpoint: Checkpoint): Quantization | null {
  const text = checkpoint.metadata[metadataKey];
  if (text === undefined) return null;
  const where = `${checkpoint.path}, metadata "${metadataKey}"`;
  return checkQuantization(parseJson(text, where), where);
}

/** What a file says of its quantisation. */
export const quantizationMetadata = (quantization: Quantization): Record<string, string> => ({
  [metadataKey]: JSON.stringify(quantization),
});

/** A model's tensors under its own names: whole numbers and scales of what is quantised, f32 of the rest. `onErrors` hears once of each quantised parameter. */
export function quantizedTensors(
  parameters: readonly Parameter[],
  quantization: Quantization,
  weights: Weights,
  onErrors: (errors: Errors) => void,
): readonly TensorToWrite[] {
  return parameters.flatMap(({ name, shape }): readonly TensorToWrite[] => {
    if (quantization.axes[name] === undefined)
      return [{ name, shape, dtype: "F32", read: () => weights.read(name) }];
    const grouping = groupingOf(quantization, name);
    const packed = grouping.bits === 4;
    const scales = async () => {
      const whole = await weights.read(name);
      const made = quantize(whole, shape, grouping, name);
      onErrors({ name, ...errorsOf(whole, dequantize(made, shape, grouping)) });
      return made.scales;
    };
    const values = async () => {
      const made = quantize(await weights.read(name), shape, grouping, name);
      return packed ? pairs(made.values, shape) : made.values;
    };
    return [
      { name: scalesName(name), shape: scalesShape(shape, grouping), dtype: "F32", read: scales },
      packed
        ? { name, shape: pairsShape(shape), dtype: "U8", read: values }
        : { name, shape, dtype: "I8", read: values },
    ];
  });
}

function errorsOf(whole: Float32Array, rounded: Float32Array): Omit<Errors, "name"> {
  let [error, power] = [0, 0];
  for (let i = 0; i < whole.length; i++) {
    error += (rounded[i]! - whole[i]!) ** 2;
    power += whole[i]! ** 2;
  }
  return { error, power };
}

/** A model's weights from a quantised checkpoint, which has the model's own names; throws a UserError where something is missing. */
export function quantizedWeights(
  parameters: readonly Parameter[],
  quantization: Quantization,
  checkpoint: Checkpoint,
): Weights {
  const { precision } = quantization;
  const shapes = new Map(parameters.map(({ name, shape }) => [name, shape]));
  for (const parameter of parameters) requireTensors(parameter, quantization, checkpoint);
  const refuse = () =>
    new UserError(
      `${checkpoint.path} holds weights in ${precision}; give --precision ${precision}, or the checkpoint that it was made from`,
    );
  return {
    read: async (name) => {
      if (quantization.axes[name] !== undefined) throw refuse();
      return (await checkpoint.read(name)).data as Float32Array;
    },
    readQuantized: async (name, { axis, bits, group }) => {
      const shape = shapes.get(name);
      if (!shape || quantization.axes[name] === undefined) return null;
      const own = groupingOf(quantization, name);
      if (own.axis !== axis || own.bits !== bits || own.group !== group) throw refuse();
      const { data: values } = await checkpoint.read(name);
      const { data: scales } = await checkpoint.read(scalesName(name));
      return {
        values: bits === 4 ? unpair(values, shape) : Int8Array.from(values),
        scales: scales as Float32Array,
      };
    },
  };
}

/** Every tensor of a parameter is there with its type and shape. */
function requireTensors(
  { name, shape }: Parameter,
  quantization: Quantization,
  { tensors, path }: Checkpoint,
): void {
  const require = (tensor: string, dtype: string, wanted: readonly number[]) => {
    const found = tensors.get(tensor);
    const is = found ? `${found.dtype} [${found.shape.join(", ")}]` : "missing";
    const should = `${dtype} [${wanted.join(", ")}]`;
    if (is !== should)
      throw new UserError(
        `${path}: "${tensor}" is ${is} and must be ${should}; check the model's settings, or write the file again with eyrie quantize`,
      );
  };
  const axis = quantization.axes[name];
  if (axis === undefined) {
    require(name, "F32", shape);
    return;
  }
  if (axis >= shape.length)
    throw new UserError(
      `${path}: "${name}" has groups along axis ${axis}, but ${shape.length} axes; write the file again with eyrie quantize`,
    );
  require(scalesName(name), "F32", scalesShape(shape, groupingOf(quantization, name)));
  if (quantization.precision === "int8") require(name, "I8", shape);
  else require(name, "U8", pairsShape(shape));
}

/** Two numbers a byte along the last axis. */
const pairsShape = (shape: readonly number[]): readonly number[] =>
  shape.with(-1, Math.ceil(shape.at(-1)! / 2));

/** Two's complement half bytes, the earlier number in the lower half; the last of an odd row has 0 above it. */
function pairs(values: Int8Array, shape: readonly number[]): Uint8Array {
  const row = shape.at(-1)!;
  const bytes = new Uint8Array(elements(pairsShape(shape)));
  const inRow = Math.ceil(row / 2);
  for (let i = 0; i < values.length; i++) {
    const column = i % row;
    bytes[Math.floor(i / row) * inRow + (column >> 1)]! |= (values[i]! & 15) << (4 * (column & 1));
  }
  return bytes;
}

function unpair(bytes: ArrayLike<number>, shape: readonly number[]): Int8Array {
  const row = shape.at(-1)!;
  const values = new Int8Array(elements(shape));
  const inRow = Math.ceil(row / 2);
  for (let i = 0; i < values.length; i++) {
    const column = i % row;
    const byte = bytes[Math.floor(i / row) * inRow + (column >> 1)]!;
    values[i] = (byte << (28 - 4 * (column & 1))) >> 28;
  }
  return values;
}
