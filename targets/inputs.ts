/** Checks the inputs of a call against the entry's list and fills in those that the host computes. Knows no executor. */
import { CompilerBug, UserError } from "../src/graph/bug.ts";
import type { DType } from "../src/graph/graph.ts";
import type { EntrySpec, InputSpec, TensorSpec } from "./executor.ts";
import { crossingType } from "./storage.ts";
import type { Tensor, TensorData, Tensors } from "./tensor.ts";

/** [B·T, dims]: cosines of dims / 2 angles, then their sines; angle j is position · theta^(−2j / dims). */
export function rotaryTable(
  dims: number,
  theta: number,
  position: ArrayLike<number>,
): Float32Array {
  const half = dims / 2;
  const table = new Float32Array(position.length * dims);
  for (let t = 0; t < position.length; t++) {
    for (let j = 0; j < half; j++) {
      const angle = position[t]! * theta ** ((-2 * j) / dims);
      table[t * dims + j] = Math.cos(angle);
      table[t * dims + half + j] = Math.sin(angle);
    }
  }
  return table;
}

/** Every input of the entry, in its order. */
export function completeInputs(
  entry: string,
  spec: EntrySpec,
  inputs: Tensors,
): Record<string, Tensor> {
  const complete: Record<string, Tensor> = {};
  for (const input of spec.inputs) {
    const given = inputs[input.name] ?? fromSource(input, inputs);
    if (!given)
      throw new UserError(
        `${entry} needs the input "${input.name}": give it as ${printSpec(input)}`,
      );
    checkTensor(`input "${input.name}" of ${entry}`, input, given);
    complete[input.name] = given;
  }
  return complete;
}

function fromSource(input: InputSpec, inputs: Tensors): Tensor | null {
  if (!input.source) return null;
  const { dims, theta } = input.source;
  const position = inputs.position;
  if (!position)
    throw new UserError(`"${input.name}" is computed from the input "position": give that as i32`);
  return { dtype: "f32", shape: input.shape, data: rotaryTable(dims, theta, position.data) };
}

/** Throws a UserError where the tensor is not what the specification says; `what` names it. */
export function checkTensor(what: string, spec: TensorSpec, tensor: Tensor): void {
  const dtype = crossingType(spec.dtype);
  const size = spec.shape.reduce((a, b) => a * b, 1);
  if (
    tensor.dtype === dtype &&
    tensor.shape.join() === spec.shape.join() &&
    tensor.data.length === size
  )
    return;
  const given = `${printSpec(tensor)} with ${tensor.data.length} elements`;
  throw new UserError(`${what} must be ${printSpec({ ...spec, dtype })}, not ${given}`);
}

const printSpec = ({
  dtype,
  shape,
}: {
  readonly dtype: DType;
  readonly shape: readonly number[];
}) => `${dtype} [${shape.join(", ")}]`;

/** What holds values that cross the border. */
export const arrays = { f32: Float32Array, i32: Int32Array, u32: Uint32Array } as const;

/** A tensor of the specification's shape from numbers, copied. */
export function tensorOf(
  spec: Pick<TensorSpec, "dtype" | "shape">,
  numbers: ArrayLike<number>,
): Tensor {
  const dtype = crossingType(spec.dtype);
  const data: TensorData = arrays[dtype].from(numbers);
  if (data.length !== spec.shape.reduce((a, b) => a * b, 1))
    throw new CompilerBug(`${data.length} numbers for ${printSpec(spec)}`);
  return { dtype, shape: spec.shape, data };
}
