/** The states of CPU sessions: named values of any kind behind handles, and the five things that a session does with them. */
import { CompilerBug, UserError } from "../../src/graph/bug.ts";
import type { EntrySpec, Session, StateHandle, TensorSpec } from "../executor.ts";
import { checkTensor } from "../inputs.ts";
import type { Tensor, Tensors } from "../tensor.ts";

/** How one executor keeps a value. */
export type Keeping<T> = {
  fresh(spec: TensorSpec): T;
  copy(value: T): T;
  toTensor(spec: TensorSpec, value: T): Tensor;
  fromTensor(spec: TensorSpec, tensor: Tensor): T;
};

/** Values by state name; running an entry replaces them. */
export type Carried<T> = Map<string, T>;

export type States<T> = Pick<Session, "fresh" | "copy" | "download" | "upload"> & {
  /** The values behind a handle; a released handle is a mistake. */
  valuesOf(state: StateHandle): Carried<T>;
};

/** The states of all entries together. */
export function keepStates<T>(
  entries: Readonly<Record<string, EntrySpec>>,
  keeping: Keeping<T>,
): States<T> {
  const specs = new Map<string, TensorSpec>();
  for (const { states } of Object.values(entries))
    for (const spec of states) specs.set(spec.name, spec);
  const batch = batchOf(entries);
  const held = new WeakMap<StateHandle, Carried<T>>();
  const hold = (make: (spec: TensorSpec) => T): StateHandle => {
    const handle: StateHandle = { batch, release: () => void held.delete(handle) };
    held.set(handle, new Map([...specs.values()].map((spec) => [spec.name, make(spec)])));
    return handle;
  };
  const valuesOf = (state: StateHandle): Carried<T> => {
    const values = held.get(state);
    if (!values)
      throw new UserError(
        "this state was released or belongs to another session; take one of this session",
      );
    return values;
  };
  return {
    valuesOf,
    fresh: () => hold(keeping.fresh),
    copy: async (state) => hold((spec) => keeping.copy(carriedValue(valuesOf(state), spec))),
    download: async (state) => {
      const entriesOf = [...specs.values()].map(
        (s) => [s.name, keeping.toTensor(s, carriedValue(valuesOf(state), s))] as const,
      );
      return Object.fromEntries(entriesOf);
    },
    upload: async (values) => hold((spec) => keeping.fromTensor(spec, givenState(values, spec))),
  };
}

function carriedValue<T>(values: Carried<T>, { name }: TensorSpec): T {
  const value = values.get(name);
  if (value === undefined) throw new CompilerBug(`no state ${name}`);
  return value;
}

function givenState(values: Tensors, spec: TensorSpec): Tensor {
  const tensor = values[spec.name];
  if (!tensor)
    throw new UserError(
      `the saved values lack the state "${spec.name}"; save them from a session of this model`,
    );
  checkTensor(`state "${spec.name}"`, spec, tensor);
  return tensor;
}

function batchOf(entries: Readonly<Record<string, EntrySpec>>): number {
  const all = Object.values(entries).flatMap((e) => [...e.states, ...e.inputs]);
  return all.find((spec) => spec.shape.length > 0)?.shape[0] ?? 1;
}
