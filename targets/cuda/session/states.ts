/** The states of a session on the device: buffers behind handles, made, copied, read and filled. Knows no kernel. */
import { UserError } from "../../../src/graph/bug.ts";
import type { EntrySpec, StateHandle, TensorSpec } from "../../executor.ts";
import { checkTensor } from "../../inputs.ts";
import type { Tensors } from "../../tensor.ts";
import type { Context } from "../driver/driver.ts";
import type { Buffer, Pool } from "./pool.ts";
import { createReplays, type Replays } from "./replays.ts";
import { bytesOf, type Transfers } from "./transfers.ts";
import type { Work } from "./work.ts";

/** What lies behind a handle. */
export type DeviceState = {
  readonly buffers: ReadonlyMap<string, Buffer>;
  readonly replays: Replays;
};

export type States = {
  fresh(): StateHandle;
  copy(state: StateHandle): Promise<StateHandle>;
  download(state: StateHandle): Promise<Tensors>;
  upload(values: Tensors): Promise<StateHandle>;
  /** Throws where the handle was released or belongs to another session. */
  open(state: StateHandle): DeviceState;
  /** Frees what the states hold beside their buffers. */
  release(): void;
};

type Keeping = {
  readonly gpu: Context;
  readonly work: Work;
  readonly pool: Pool;
  readonly transfers: Transfers;
};

/** The states of all entries together; entries agree on the type of each. */
export function keepStates(keeping: Keeping, entries: readonly EntrySpec[]): States {
  const { gpu, work, transfers } = keeping;
  const specs = specsOf(entries);
  const held = new Map<StateHandle, DeviceState>();
  const open = (state: StateHandle): DeviceState => held.get(state) ?? refuse();
  const fresh = (): StateHandle => hold(keeping, held, specs, batchOf(entries));
  return {
    fresh,
    open,
    copy: async (state) => {
      const from = open(state);
      const copied = fresh();
      for (const [name, to] of open(copied).buffers)
        gpu.copy(to.address, from.buffers.get(name)!.address, to.bytes, work.stream);
      await work.finished();
      return copied;
    },
    download: (state) => {
      const { buffers } = open(state);
      return transfers.read(specs.map((spec) => ({ spec, buffer: buffers.get(spec.name)! })));
    },
    upload: async (values) => {
      const given = specs.map((spec) => checked(spec, values));
      const state = fresh();
      const { buffers } = open(state);
      await transfers.write(
        specs.map(({ name }, i) => ({ buffer: buffers.get(name)!, values: given[i]! })),
      );
      return state;
    },
    release: () => {
      for (const { replays } of held.values()) replays.release();
      held.clear();
    },
  };
}

function refuse(): never {
  throw new UserError(
    "this state was released or belongs to another session; take one of this session",
  );
}

/** Zeros behind a new handle. Where memory is short for all of them, none is kept. */
function hold(
  { gpu, work, pool }: Keeping,
  held: Map<StateHandle, DeviceState>,
  specs: readonly TensorSpec[],
  batch: number,
): StateHandle {
  const buffers = new Map<string, Buffer>();
  const destroyAll = () => {
    for (const buffer of buffers.values()) pool.destroy(buffer);
  };
  try {
    for (const spec of specs)
      buffers.set(spec.name, pool.createZeroed(spec.name, bytesOf(spec), "states"));
  } catch (error) {
    destroyAll();
    throw error;
  }
  const replays = createReplays(gpu, work.stream);
  const release = () => {
    if (!held.delete(handle)) return;
    work.whenIdle(replays.release);
    destroyAll();
  };
  const handle: StateHandle = { batch, release };
  held.set(handle, { buffers, replays });
  return handle;
}

function checked(spec: TensorSpec, values: Tensors): NodeJS.ArrayBufferView {
  const given = values[spec.name];
  if (!given)
    throw new UserError(
      `the saved values lack the state "${spec.name}"; save them from a session of this model`,
    );
  checkTensor(`state "${spec.name}"`, spec, given);
  return given.data;
}

const specsOf = (entries: readonly EntrySpec[]): readonly TensorSpec[] => [
  ...new Map(entries.flatMap((e) => e.states).map((spec) => [spec.name, spec])).values(),
];

function batchOf(entries: readonly EntrySpec[]): number {
  const all = entries.flatMap((e) => [...e.states, ...e.inputs]);
  return all.find((spec) => spec.shape.length > 0)?.shape[0] ?? 1;
}
