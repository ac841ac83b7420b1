/** Gathers the tables of a model's programs: what the entries share once, and buffers as places in it. */
import type { BufferPlan, Program } from "../../../codegen/program.ts";
import { CompilerBug, UserError } from "../../../src/graph/bug.ts";
import type { DType } from "../../../src/graph/graph.ts";
import { type Signature, signatureOf } from "../../signature.ts";
import { readBackType, store } from "../../storage.ts";
import { launchOf } from "../print.ts";
import type { StandaloneEntry, StandaloneModel } from "./model.ts";
import {
  type Binding,
  type EntryName,
  type InputSource,
  type InputTable,
  type PlanTable,
  type ProgramTable,
  type StoredType,
  sources,
  type TensorTable,
  type WeightTable,
} from "./tables.ts";

type Parameter = BufferPlan & { readonly kind: "parameter" };

/** The tables. A model that reads more than tokens, or gives no logits, is a UserError. */
export function planOf(model: StandaloneModel): PlanTable {
  const entries = { prefill: entryOf(model, "prefill"), decode: entryOf(model, "decode") };
  const programs = [entries.prefill.program, entries.decode.program];
  const specs = { prefill: entries.prefill.spec, decode: entries.decode.spec };
  const { batch, vocabulary, tokens } = requireTokens(model.name, signatureOf(specs));
  const shared: Shared = { weights: weightsOf(model, programs), states: statesOf(programs) };
  const table = (name: EntryName) => programTable(name, entries[name].program, shared);
  return {
    ...{ batch, vocabulary, tokens },
    weights: shared.weights.map(({ weight }) => weight),
    states: shared.states,
    slots: slotsOf(programs),
    programs: { prefill: table("prefill"), decode: table("decode") },
  };
}

function entryOf({ name, entries }: StandaloneModel, kind: EntryName): StandaloneEntry {
  const entry = entries[kind];
  if (entry) return entry;
  throw new UserError(
    `${name} was compiled without ${kind}; a CUDA folder runs prefill and decode, so compile both`,
  );
}

function requireTokens(name: string, { batch, vocabulary, tokens, inputs }: Signature) {
  const names = inputs.map((input) => input.name).join(", ");
  const lack =
    inputs.length > 0
      ? `reads ${tokens ? "more than tokens" : "no tokens"} (${names})`
      : tokens === null
        ? "reads no tokens"
        : vocabulary === 0
          ? "gives no logits"
          : null;
  if (lack === null) return { batch, vocabulary, tokens: tokens?.below ?? vocabulary };
  throw new UserError(
    `${name} ${lack}, and a CUDA folder generates tokens; compile it without --target cuda and run it with Stream`,
  );
}

/** What all programs share; `key` tells weights apart that hold different values or hold them differently. */
type Shared = {
  readonly weights: readonly { readonly key: string; readonly weight: WeightTable }[];
  readonly states: readonly TensorTable[];
};

const keyOf = ({ name, dtype, piece, quantized }: Parameter): string =>
  JSON.stringify([name, dtype, piece ?? null, quantized ?? null]);

function weightsOf(
  { parameters }: StandaloneModel,
  programs: readonly Program<unknown>[],
): Shared["weights"] {
  const found = new Map<string, WeightTable>();
  for (const buffer of programs.flatMap((p) => p.buffers)) {
    if (buffer.kind !== "parameter" || found.has(keyOf(buffer))) continue;
    const { dtype, bytes, piece = null, quantized = null, strip } = buffer;
    if (strip)
      throw new CompilerBug(`${buffer.name} is kept in strips, which the host does not know`);
    const parameter = parameters.findIndex(({ name }) => name === (quantized?.of ?? buffer.name));
    if (parameter < 0) throw new CompilerBug(`the model has no parameter ${buffer.name}`);
    const type = quantized?.part === "values" ? "u32" : storedType(dtype);
    found.set(keyOf(buffer), { parameter, type, bytes, piece, quantized });
  }
  return [...found].map(([key, weight]) => ({ key, weight }));
}

function statesOf(programs: readonly Program<unknown>[]): readonly TensorTable[] {
  const states = programs.flatMap((p) => p.buffers).filter((b) => b.kind === "state");
  return [...new Map(states.map((state) => [state.name, tensorTable(state)])).values()];
}

/** Programs run one after another, so each slot is as large as the largest. */
function slotsOf(programs: readonly Program<unknown>[]): readonly number[] {
  const most = Math.max(...programs.map(({ slots }) => slots.length));
  return Array.from({ length: most }, (_, i) => Math.max(...programs.map((p) => p.slots[i] ?? 0)));
}

function storedType(dtype: DType): StoredType {
  if (dtype === "i8" || dtype === "i4") throw new CompilerBug(`${dtype} is stored in blocks only`);
  return dtype === "bool" ? "boolean" : dtype;
}

function tensorTable(plan: BufferPlan): TensorTable {
  const { name, dtype, shape, bytes } = plan;
  readBackType(plan);
  return { name, type: storedType(dtype), shape, bytes };
}

function programTable(
  name: EntryName,
  program: Program<Parameters<typeof launchOf>[0]>,
  shared: Shared,
): ProgramTable {
  const ofKind = <K extends BufferPlan["kind"]>(kind: K) =>
    program.buffers.filter((b): b is BufferPlan & { readonly kind: K } => b.kind === kind);
  const own = { input: ofKind("input"), output: ofKind("output"), constant: ofKind("constant") };
  const { inputs, inputBytes } = inputTables(own.input);
  const bindings = program.buffers.map((buffer) => bindingOf(buffer, own, shared));
  return {
    ...{ name, inputs, inputBytes },
    length: own.input.find(({ shape }) => shape.length >= 2)?.shape[1] ?? 1,
    outputs: own.output.map(tensorTable),
    constants: own.constant.map(wordsOf),
    kernels: program.kernels.map(launchOf),
    steps: program.steps.map(({ region, kernel, grid, buffers }) => ({
      ...{ what: region, kernel, grid },
      bindings: buffers.map((b) => bindings[b]!),
    })),
    replaced: ofKind("next").map((b) => indexOf(shared.states, (s) => s.name === b.state)),
  };
}

/** Buffers on a device begin at multiples of this. */
const alignment = 256;

function inputTables(buffers: readonly (BufferPlan & { readonly kind: "input" })[]) {
  let end = 0;
  const inputs = buffers.map(({ name, bytes, source }): InputTable => {
    const offset = end;
    end += Math.ceil(bytes / alignment) * alignment;
    const rotary = { dims: source?.dims ?? 0, theta: source?.theta ?? 0 };
    return { name, source: source ? "rotary" : sourceOf(name), offset, ...rotary };
  });
  return { inputs, inputBytes: end };
}

function sourceOf(name: string): InputSource {
  if (Object.hasOwn(sources, name)) return sources[name as keyof typeof sources];
  throw new CompilerBug(`nobody gives the input ${name}`);
}

function bindingOf(
  buffer: BufferPlan,
  own: Readonly<Record<"input" | "output" | "constant", readonly BufferPlan[]>>,
  { weights, states }: Shared,
): Binding {
  switch (buffer.kind) {
    case "input":
    case "output":
    case "constant":
      return { place: buffer.kind, index: own[buffer.kind].indexOf(buffer) };
    case "parameter":
      return { place: "weight", index: indexOf(weights, ({ key }) => key === keyOf(buffer)) };
    case "temporary":
      return { place: "slot", index: buffer.slot, offset: buffer.offset };
    case "state":
      return { place: "state", index: indexOf(states, ({ name }) => name === buffer.name) };
    case "next":
      return { place: "next", index: indexOf(states, ({ name }) => name === buffer.state) };
  }
}

function indexOf<T>(items: readonly T[], is: (item: T) => boolean): number {
  const found = items.findIndex(is);
  if (found < 0) throw new CompilerBug("a buffer has no place");
  return found;
}

/** The bits of the numbers, as memory holds them. */
const wordsOf = ({ dtype, values }: BufferPlan & { readonly kind: "constant" }) => [
  ...new Uint32Array(store(dtype, values).buffer),
];
