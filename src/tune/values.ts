/** What a region or an entry is measured on: small random numbers, and whole numbers within their range. The same for the same names. */
import type { EntrySpec, TensorSpec, Weights } from "../../targets/executor.ts";
import { arrays } from "../../targets/inputs.ts";
import { crossingType } from "../../targets/storage.ts";
import type { Tensors } from "../../targets/tensor.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { topological } from "../graph/walk.ts";
import type { Region } from "../passes/regions.ts";
import { generator } from "../weights/random.ts";
import type { Alone } from "./alone.ts";

export type Values = {
  readonly weights: Weights;
  readonly inputs: Tensors;
  readonly states: Tensors;
};

/** Whether numbers have signs. Some functions of negative numbers are not numbers. */
export type Signs = "signed" | "positive";

/** Sums of products with such weights stay near 1. */
const weightSize = 0.1;

export function valuesFor(
  region: Region,
  { program, spec }: Alone,
  tokens: number,
  signs: Signs,
): Values {
  const seen = seenBefore(region.body, tokens);
  const rows = rowsPicked(region);
  const tensors = (specs: EntrySpec["inputs"]): Tensors =>
    tensorsFor(specs, ({ name }) => ({ seen, tokens, below: rows.get(name) ?? 2, signs }));
  const sizes = new Map(
    program.buffers.flatMap((b) =>
      b.kind !== "parameter" || b.quantized?.part === "scales"
        ? []
        : [[b.quantized?.of ?? b.name, lengthOf(b)] as const],
    ),
  );
  const drawn = new Map<string, Float32Array>();
  const read = async (name: string) => {
    const values = drawn.get(name) ?? weightsOf(name, sizes.get(name) ?? 0, signs);
    drawn.set(name, values);
    return values;
  };
  return { inputs: tensors(spec.inputs), states: tensors(spec.states), weights: { read } };
}

/** Values for a call of an entry of so many tokens, on a stream that has seen as many as fill what attention sees. */
export function filledStream(
  graph: Graph,
  { inputs, states }: Pick<EntrySpec, "inputs" | "states">,
  tokens: number,
): Omit<Values, "weights"> & { readonly seen: number } {
  const seen = seenBefore(topological(graph), tokens);
  const tensors = (specs: EntrySpec["inputs"]): Tensors =>
    tensorsFor(specs, ({ below = 2 }) => ({ seen, tokens, below, signs: "signed" }));
  return { seen, inputs: tensors(inputs.filter((i) => !i.source)), states: tensors(states) };
}

const tensorsFor = (
  specs: EntrySpec["inputs"],
  rangeOf: (spec: EntrySpec["inputs"][number]) => Range,
): Tensors => Object.fromEntries(specs.map((s) => [s.name, tensorFor(s, rangeOf(s))]));

function tensorFor(spec: TensorSpec, range: Range): Tensors[string] {
  const dtype = crossingType(spec.dtype);
  const data = new arrays[dtype](sizeOf(spec.shape));
  const number = numbersFor(spec, range);
  for (let i = 0; i < data.length; i++) data[i] = number(i);
  return { dtype, shape: spec.shape, data };
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

type Parameter = Alone["program"]["buffers"][number] & { readonly kind: "parameter" };

const lengthOf = ({ shape, quantized }: Parameter): number =>
  sizeOf(quantized ? shape.with(quantized.axis, quantized.terms) : shape);

function weightsOf(name: string, length: number, signs: Signs): Float32Array {
  const draw = generator(1, name, 0);
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) values[i] = signed(draw(), signs) * weightSize;
  return values;
}

/** From (0, 1) to (−1, 1), or left. */
const signed = (number: number, signs: Signs): number =>
  signs === "signed" ? 2 * number - 1 : number;

type Range = {
  readonly seen: number;
  readonly tokens: number;
  readonly below: number;
  readonly signs: Signs;
};

/** What programs are given by name, and how the numbers of other tensors are drawn. */
function numbersFor(
  { name, dtype }: TensorSpec,
  { seen, tokens, below, signs }: Range,
): (at: number) => number {
  const named: Readonly<Record<string, (at: number) => number>> = {
    position: (at) => seen + (at % tokens),
    count: () => tokens,
    seen: () => seen,
    ...{ temperature: () => 0.8, topP: () => 0.95, topK: () => 40, seed: () => 1, draw: () => 7 },
  };
  const known = named[name];
  if (known) return known;
  const draw = generator(2, name, 0);
  if (dtype === "i32" || dtype === "u32") return () => Math.floor(draw() * below);
  return dtype === "bool" ? () => Math.round(draw()) : () => signed(draw(), signs);
}

/** As many tokens as fill what attention sees. */
function seenBefore(nodes: readonly Node[], tokens: number): number {
  const rings = nodes.flatMap((node) =>
    node.op === "ringWrite"
      ? [node]
      : node.op === "composite" && node.attrs.name === "attend"
        ? [node.inputs[1]!]
        : [],
  );
  const slots = rings.map((ring) => ring.type.shape[1]!);
  return Math.max(tokens, ...slots.map((n) => n - tokens));
}

/** By the name of an input that picks rows: the rows of its smallest table. */
function rowsPicked({ body, inputs }: Region): ReadonlyMap<string, number> {
  const rows = new Map<string, number>();
  for (const node of body) {
    if (node.op !== "gather") continue;
    const [table, indices] = node.inputs;
    const at = inputs.indexOf(indices!);
    if (at < 0) continue;
    const name = nameOf(indices!, at);
    rows.set(
      name,
      Math.min(rows.get(name) ?? Number.POSITIVE_INFINITY, table!.type.shape[node.attrs.batch]!),
    );
  }
  return rows;
}

const nameOf = (node: Node, at: number): string =>
  node.op === "input" ? node.attrs.name : `value ${at}`;
