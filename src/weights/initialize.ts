/** Draws a model's first weights from its initialisers and a seed. The same parameter gets the same values whatever is drawn before it. */
import type { Initializer, ParameterSpec } from "../../dsl/model.ts";
import type { Weights } from "../../targets/executor.ts";
import { CompilerBug, UserError } from "../graph/bug.ts";
import type { ScalarName } from "../graph/graph.ts";
import { scalars } from "../graph/scalars.ts";
import { generator } from "./random.ts";
import { elements } from "./safetensors.ts";

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** Functions beyond the scalar operations that an initialiser may call, in double precision. */
const functions: Readonly<Record<string, (...n: number[]) => number>> = {
  expm1: Math.expm1,
  log1p: Math.log1p,
  sigmoid,
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  silu: (x) => x * sigmoid(x),
  gelu: (x) => x * sigmoid(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)),
};

const blockLength = 4096;

/** Weights by seed: each read draws one parameter. */
export function initialWeights(parameters: readonly ParameterSpec[], seed: number): Weights {
  const specs = new Map(parameters.map((spec) => [spec.name, spec]));
  return {
    read: async (name) => {
      const spec = specs.get(name);
      if (spec === undefined) throw new UserError(`the model has no parameter "${name}"`);
      return draw(spec, seed);
    },
  };
}

function draw({ name, shape, initializer }: ParameterSpec, seed: number): Float32Array {
  const values = new Float32Array(elements(shape));
  for (let from = 0; from < values.length; from += blockLength) {
    const length = Math.min(blockLength, values.length - from);
    const random = generator(seed, name, from / blockLength);
    values.set(block(initializer, length, random), from);
  }
  return values;
}

/** The values of a whole block, part of the expression by part: every draw in it is independent. */
function block(initializer: Initializer, length: number, random: () => number): Float64Array {
  switch (initializer.kind) {
    case "number":
      return new Float64Array(length).fill(initializer.value);
    case "uniform": {
      const { low, high } = initializer;
      return new Float64Array(length).map(() => low + (high - low) * random());
    }
    case "normal":
      return normals(length, Math.sqrt(initializer.variance), random);
    case "call": {
      const apply = functionNamed(initializer.fn);
      const args = initializer.args.map((arg) => block(arg, length, random));
      return new Float64Array(length).map((_, at) => apply(...args.map((arg) => arg[at]!)));
    }
  }
}

/** Box and Muller: two uniform draws give two normal ones. */
function normals(length: number, deviation: number, random: () => number): Float64Array {
  const values = new Float64Array(length);
  for (let at = 0; at < length; at += 2) {
    const radius = deviation * Math.sqrt(-2 * Math.log(random()));
    const angle = 2 * Math.PI * random();
    values[at] = radius * Math.cos(angle);
    if (at + 1 < length) values[at + 1] = radius * Math.sin(angle);
  }
  return values;
}

function functionNamed(name: string): (...n: number[]) => number {
  if (Object.hasOwn(functions, name)) return functions[name]!;
  if (Object.hasOwn(scalars, name)) return scalars[name as ScalarName].value;
  throw new CompilerBug(`an initialiser calls ${name}, which is not a scalar function`);
}
