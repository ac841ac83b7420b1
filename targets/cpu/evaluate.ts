/** Runs graphs as a Session by the evaluator: double precision, no kernels. What every other executor is compared with. */
import { UserError } from "../../src/graph/bug.ts";
import { evaluate, type Value } from "../../src/graph/evaluate.ts";
import type { Graph, QuantizedPart, Type } from "../../src/graph/graph.ts";
import { quantize } from "../../src/graph/quantize.ts";
import { rootsOf, topological } from "../../src/graph/walk.ts";
import type { EntrySpec, Session, TensorSpec, Weights } from "../executor.ts";
import { completeInputs, tensorOf } from "../inputs.ts";
import type { Tensor, Tensors } from "../tensor.ts";
import { keepStates } from "./carried.ts";

const typeOf = ({ dtype, shape }: TensorSpec): Type => ({ dtype, shape });
const makeValue = (type: Type, numbers: ArrayLike<number>): Value => ({
  type,
  data: Float64Array.from(numbers),
});

/** One graph an entry; parameters are read once and shared. */
export async function loadEvaluator(
  graphs: Readonly<Record<string, Graph>>,
  entries: Readonly<Record<string, EntrySpec>>,
  weights: Weights,
): Promise<Session> {
  const parameters = await readParameters(graphs, weights);
  const { valuesOf, ...states } = keepStates<Value>(entries, {
    fresh: (spec) =>
      makeValue(typeOf(spec), new Float64Array(spec.shape.reduce((a, b) => a * b, 1))),
    copy: (value) => makeValue(value.type, value.data),
    toTensor: (spec, value) => tensorOf(spec, value.data),
    fromTensor: (spec, tensor) => makeValue(typeOf(spec), tensor.data),
  });
  return {
    executor: "evaluate",
    entries,
    ...states,
    run: async (entry, inputs, state, outputs) => {
      const [graph, spec] = [graphs[entry], entries[entry]];
      if (!graph || !spec)
        throw new UserError(
          `there is no entry "${entry}"; the entries are ${Object.keys(graphs).join(", ")}`,
        );
      const values = valuesOf(state);
      const given = {
        parameters: (name: string) => parameters.get(entry)!.get(name)!,
        inputs: inputValues(entry, spec, inputs),
        states: Object.fromEntries(values),
      };
      const results = evaluate(graph, given);
      for (const [name, value] of Object.entries(results.states)) values.set(name, value);
      return readOutputs(entry, results.outputs, outputs);
    },
    release: async () => parameters.clear(),
  };
}

function inputValues(entry: string, spec: EntrySpec, inputs: Tensors): Record<string, Value> {
  const complete = completeInputs(entry, spec, inputs);
  return Object.fromEntries(
    spec.inputs.map((s) => [s.name, makeValue(typeOf(s), complete[s.name]!.data)]),
  );
}

function readOutputs(
  entry: string,
  values: Readonly<Record<string, Value>>,
  names: readonly string[],
): Record<string, Tensor> {
  return Object.fromEntries(
    names.map((name) => {
      const value = values[name];
      if (!value)
        throw new UserError(
          `${entry} has no output "${name}"; it has ${Object.keys(values).join(", ")}`,
        );
      return [name, tensorOf(value.type, value.data)];
    }),
  );
}

async function readParameters(
  graphs: Readonly<Record<string, Graph>>,
  weights: Weights,
): Promise<Map<string, ReadonlyMap<string, Value>>> {
  const read = new Map<string, Value>();
  const byEntry = new Map<string, ReadonlyMap<string, Value>>();
  for (const [entry, graph] of Object.entries(graphs)) {
    const own = new Map<string, Value>();
    for (const node of topological(rootsOf(graph))) {
      if (node.op !== "parameter") continue;
      const { name, quantized } = node.attrs;
      const key = `${node.type.dtype} ${name}`;
      const numbers = async () =>
        quantized ? readPart(weights, node.type.shape, quantized) : weights.read(name);
      const value = read.get(key) ?? makeValue(node.type, await numbers());
      read.set(key, value);
      own.set(name, value);
    }
    byEntry.set(entry, own);
  }
  return byEntry;
}

/** The whole numbers or the scales of a parameter. */
async function readPart(
  weights: Weights,
  shape: readonly number[],
  part: QuantizedPart,
): Promise<ArrayLike<number>> {
  const ready = await weights.readQuantized?.(part.of, part);
  const whole = shape.with(part.axis, part.terms);
  const made = ready ?? quantize(await weights.read(part.of), whole, part, part.of);
  return made[part.part];
}
