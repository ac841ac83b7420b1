/** One set of tensors by name over one or many safetensors sources. Knows neither files nor models. */
import type { Tensor } from "../../targets/tensor.ts";
import { UserError } from "../graph/bug.ts";
import { readTensor, type Safetensors, type StoredTensor } from "./safetensors.ts";

/** Tensors by name from one or many files; values are read when asked for. */
export type Checkpoint = {
  readonly path: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** All values of a tensor, or `count` elements from element `from`. */
  read(name: string, part?: { readonly from: number; readonly count: number }): Promise<Tensor>;
  close(): Promise<void>;
};

/** A checkpoint from the source that each tensor is in. */
export function joinTensors(
  path: string,
  homes: ReadonlyMap<string, Safetensors>,
  close: () => Promise<void> = async () => {},
): Checkpoint {
  const tensors = new Map([...homes].map(([name, shard]) => [name, shard.tensors.get(name)!]));
  const metadata = Object.assign({}, ...[...homes.values()].map((shard) => shard.metadata));
  return {
    path,
    metadata,
    tensors,
    read: async (name, part) => {
      const shard = homes.get(name);
      if (shard === undefined) throw new UserError(`${path} has no tensor "${name}"`);
      return readTensor(shard, name, part);
    },
    close,
  };
}
