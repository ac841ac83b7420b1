/** Saved stream values by row: every tensor's first axis is the batch. Knows no session. */
import { CompilerBug, UserError } from "../src/graph/bug.ts";
import type { Tensor, TensorData, Tensors } from "./tensor.ts";

/** The saved tensor beside the session's own: tokens seen and the position of the next one, i32 [B, 2]. */
export const progressName = "stream.progress";

/** One row of saved values, as a batch of one. */
export function takeRow(values: Tensors, row: number): Tensors {
  return mapTensors(values, (tensor) => {
    const batch = tensor.shape[0] ?? 0;
    if (!Number.isInteger(row) || row < 0 || row >= batch) {
      throw new UserError(`the saved state has rows 0 to ${batch - 1}, not ${row}`);
    }
    const width = tensor.data.length / batch;
    return {
      ...tensor,
      shape: [1, ...tensor.shape.slice(1)],
      data: tensor.data.slice(row * width, (row + 1) * width),
    };
  });
}

/** Saved values side by side as one batch. */
export function stackRows(parts: readonly Tensors[]): Tensors {
  const [first] = parts;
  if (first === undefined)
    throw new UserError("no saved states were given to stack; give at least one");
  return mapTensors(first, (tensor, name) => {
    const pieces = parts.map((part) => part[name]);
    const same = pieces.every((piece) => piece !== undefined && fits(piece, tensor));
    if (!same || parts.some((part) => Object.keys(part).length !== Object.keys(first).length)) {
      throw new UserError(
        `the saved states differ in "${name}"; only states of one model and setting stack`,
      );
    }
    return concatenate(pieces as readonly Tensor[]);
  });
}

function mapTensors(values: Tensors, f: (tensor: Tensor, name: string) => Tensor): Tensors {
  return Object.fromEntries(
    Object.entries(values).map(([name, tensor]) => [name, f(tensor, name)]),
  );
}

const fits = (a: Tensor, b: Tensor): boolean =>
  a.dtype === b.dtype && a.shape.slice(1).join() === b.shape.slice(1).join();

function concatenate(pieces: readonly Tensor[]): Tensor {
  const [first] = pieces;
  if (first === undefined) throw new CompilerBug("no tensors to join");
  const length = pieces.reduce((sum, { data }) => sum + data.length, 0);
  const data = new (first.data.constructor as new (length: number) => TensorData)(length);
  let at = 0;
  for (const piece of pieces) {
    data.set(piece.data, at);
    at += piece.data.length;
  }
  return {
    ...first,
    shape: [pieces.reduce((sum, { shape }) => sum + shape[0]!, 0), ...first.shape.slice(1)],
    data,
  };
}
