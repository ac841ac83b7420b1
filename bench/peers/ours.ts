/** From a case to the text that says it to us, its settings, inputs and states. Pure. */

import type { Settings } from "../../dsl/model.ts";
import type { Compiled } from "../../src/compile.ts";
import type { EntrySpec, TensorSpec } from "../../targets/executor.ts";
import type { Tensor, Tensors } from "../../targets/tensor.ts";
import { sizeOf, type Work, weightNames } from "./cases.ts";
import type { Given } from "./tensors.ts";

export type Text = { readonly file: string; readonly settings: Settings };

export function textOf(work: Work): Text {
  switch (work.op) {
    case "product":
      return {
        file: "product.eyrie",
        settings: { depth: work.depth, columns: work.columns },
      };
    case "mlp":
      return { file: "mlp.eyrie", settings: { width: work.width, hidden: work.hidden } };
    case "attention": {
      const window = work.past + work.rows;
      return {
        file: "attention.eyrie",
        settings: { heads: work.heads, head_dim: work.headDim, window },
      };
    }
    case "scan":
      return {
        file: work.gated ? "gated_scan.eyrie" : "scan.eyrie",
        settings: { channels: work.channels },
      };
  }
}

/** What comes with each run, as [1, rows, …]: of tensors that hold past tokens, too, the last rows. */
export function givenFor(work: Work, tensors: Readonly<Record<string, Given>>): Tensors {
  const inputs = Object.entries(tensors).filter(([name]) => !weightNames.has(name));
  return Object.fromEntries(
    inputs.map(([name, { shape, data }]): [string, Tensor] => {
      const given = [1, work.rows, ...shape.slice(1)];
      const rows = data.slice(data.length - sizeOf(given));
      return [name, { dtype: "f32", shape: given, data: rows }];
    }),
  );
}

/** How many tokens come, and where they stand. */
export function placesOf(work: Work): Tensors {
  const past = work.op === "attention" ? work.past : 0;
  const places = Int32Array.from({ length: work.rows }, (_, t) => past + t);
  return {
    count: { dtype: "i32", shape: [1], data: Int32Array.of(work.rows) },
    position: { dtype: "i32", shape: [1, work.rows], data: places },
  };
}

/** Those that the entry reads. */
export const inputsOf = ({ inputs }: EntrySpec, given: Tensors): Tensors =>
  Object.fromEntries(inputs.map(({ name }) => [name, given[name]!] as const));

/** What a parameter holds: a tensor, or where that holds past tokens, too, its last rows. */
export function lastRows(compiled: Compiled, name: string, data: Float32Array): Float32Array {
  if (weightNames.has(name)) return data;
  const [entry] = Object.values(compiled.entries);
  const plan = entry!.program.buffers.find((b) => b.kind === "parameter" && b.name === name);
  return plan ? data.subarray(data.length - sizeOf(plan.shape)) : data;
}

/** What the model has seen before the run: nothing, or the past tokens' keys and values at the start of their rings. */
export function keptStates(
  work: Work,
  states: readonly TensorSpec[],
  tensors: Readonly<Record<string, Given>>,
): Tensors {
  const past = work.op === "attention" ? work.past : 0;
  const kept = states.map(({ name, dtype, shape }): [string, Tensor] => {
    if (dtype !== "f32") return [name, { dtype: "i32", shape, data: Int32Array.of(past) }];
    const data = new Float32Array(sizeOf(shape));
    const from = tensors[name === "keys" ? "k" : "v"];
    if (past > 0 && from) data.set(from.data.subarray(0, past * sizeOf(shape.slice(2))));
    return [name, { dtype: "f32", shape, data }];
  });
  return Object.fromEntries(kept);
}

/** The same programs with these inputs as parameters, which are on the device before a run. */
export function residentInputs(compiled: Compiled, names: readonly string[]): Compiled {
  const entries = Object.entries(compiled.entries).map(([kind, entry]) => {
    const buffers = entry.program.buffers.map((b) =>
      b.kind === "input" && names.includes(b.name) ? ({ ...b, kind: "parameter" } as const) : b,
    );
    const inputs = entry.spec.inputs.filter(({ name }) => !names.includes(name));
    return [
      kind,
      { ...entry, program: { ...entry.program, buffers }, spec: { ...entry.spec, inputs } },
    ] as const;
  });
  return { ...compiled, entries: Object.fromEntries(entries) };
}
