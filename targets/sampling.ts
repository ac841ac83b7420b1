/** Turns sampling options into a program's inputs, and joins rows of outputs that come from different calls. */
import { UserError } from "../src/graph/bug.ts";
import type { Tensor, TensorData, Tensors } from "./tensor.ts";

export type Sampling = {
  /** 0, the default, takes the most likely token. */
  readonly temperature?: number;
  /** Keep the k most likely tokens; 0, the default, keeps all. */
  readonly topK?: number;
  /** Keep the most likely tokens that together hold this probability; 1, the default, keeps all. */
  readonly topP?: number;
  /** One for all rows (row r then draws with seed + r), or one per row; 0 when left out. */
  readonly seed?: number | readonly number[];
};

/** Inputs of the `sample` step. A draw is numbered by the tokens its row has seen, so that chunking changes nothing. */
export function samplingInputs(sampling: Sampling, seen: readonly number[]): Tensors {
  const { temperature = 0, topK = 0, topP = 1, seed = 0 } = sampling;
  if (!(temperature >= 0 && Number.isFinite(temperature)))
    throw new UserError(`temperature ${temperature} must be 0 or more`);
  if (!(topP > 0 && topP <= 1)) throw new UserError(`topP ${topP} must be above 0 and at most 1`);
  if (!Number.isInteger(topK) || topK < 0)
    throw new UserError(`topK ${topK} must be a whole number, 0 or more`);
  if (typeof seed !== "number" && seed.length !== seen.length) {
    throw new UserError(
      `${seed.length} seeds were given to a batch of ${seen.length}; give one, or one per row`,
    );
  }
  const shape = [seen.length];
  return {
    temperature: { dtype: "f32", shape, data: new Float32Array(seen.length).fill(temperature) },
    topP: { dtype: "f32", shape, data: new Float32Array(seen.length).fill(topP) },
    topK: { dtype: "u32", shape, data: new Uint32Array(seen.length).fill(topK) },
    seed: {
      dtype: "u32",
      shape,
      data: Uint32Array.from(seen, (_, row) =>
        typeof seed === "number" ? seed + row : seed[row]!,
      ),
    },
    draw: { dtype: "u32", shape, data: Uint32Array.from(seen) },
  };
}

/** `into` with the chosen rows of `from`; the first call's tensor where there is none yet. */
export function gatherRows(
  into: Tensor | undefined,
  from: Tensor,
  rows: readonly boolean[],
): Tensor {
  if (into === undefined) return from;
  const data: TensorData = into.data.slice();
  const width = data.length / rows.length;
  for (const [row, chosen] of rows.entries()) {
    if (chosen) data.set(from.data.subarray(row * width, (row + 1) * width), row * width);
  }
  return { ...into, data };
}
