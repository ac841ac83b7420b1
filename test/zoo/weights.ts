/** Gives references a model's parameters as nested arrays of float64, and remembers which were read. */
import type { ParameterSpec } from "../../dsl/model.ts";
import { cut, type Vector, type Weights } from "./reference/plain.ts";

export type ReadWeights = Weights & {
  /** Names of the parameters that nobody has asked for. */
  unread(): readonly string[];
};

export function readWeights(
  parameters: readonly ParameterSpec[],
  values: ReadonlyMap<string, Float32Array>,
): ReadWeights {
  const read = new Set<string>();
  const find = (name: string, rank: number): { shape: readonly number[]; data: Vector } => {
    const spec = parameters.find((p) => p.name === name);
    if (spec?.shape.length !== rank) {
      const beside = parameters.filter((p) => p.name.startsWith(name.replace(/[^.]+$/, "")));
      const known = beside.map((p) => `${p.name} [${p.shape.join()}]`).join(", ");
      throw new Error(`no parameter ${name} of ${rank} dimensions; beside it: ${known}`);
    }
    read.add(name);
    return { shape: spec.shape, data: Array.from(values.get(name)!) };
  };
  const under = (prefix: string): Weights => ({
    at: (path) => under(`${prefix}${path}.`),
    vector: (name) => find(prefix + name, 1).data,
    matrix: (name) => {
      const { shape, data } = find(prefix + name, 2);
      return cut(data, shape[0]!);
    },
    matrices: (name) => {
      const { shape, data } = find(prefix + name, 3);
      return cut(data, shape[0]!).map((part) => cut(part, shape[1]!));
    },
  });
  return {
    ...under(""),
    unread: () => parameters.map((p) => p.name).filter((name) => !read.has(name)),
  };
}
