/** The states of a session on the device: buffers behind handles, made, copied, read and filled. Knows no kernel. */
import { UserError } from "../../src/graph/bug.ts";
import type { EntrySpec, StateHandle, TensorSpec } from "../executor.ts";
import { checkTensor } from "../inputs.ts";
import type { Tensors } from "../tensor.ts";
import { elements, type Pool, roundUp } from "./memory.ts";

/** What lies behind a handle. */
export type DeviceState = {
  readonly buffers: ReadonlyMap<string, GPUBuffer>;
  /** Made when an entry first runs on this state. */
  readonly bindGroups: Map<string, readonly GPUBindGroup[]>;
};

export type States = {
  readonly specs: readonly TensorSpec[];
  fresh(): StateHandle;
  copy(state: StateHandle): StateHandle;
  download(state: StateHandle): Promise<Tensors>;
  upload(values: Tensors): StateHandle;
  /** Throws where the handle was released or belongs to another session. */
  open(state: StateHandle): DeviceState;
};

/** The states of all entries together; entries agree on the type of each. */
export function keepDeviceStates(
  device: GPUDevice,
  pool: Pool,
  entries: readonly EntrySpec[],
): States {
  const specs = [
    ...new Map(entries.flatMap((e) => e.states).map((spec) => [spec.name, spec])).values(),
  ];
  const batch = batchOf(entries);
  const held = new WeakMap<StateHandle, DeviceState>();
  const bytesOf = (spec: TensorSpec) => roundUp(4 * elements(spec.shape));

  const open = (state: StateHandle): DeviceState => {
    const found = held.get(state);
    if (!found)
      throw new UserError(
        "this state was released or belongs to another session; take one of this session",
      );
    return found;
  };
  const fresh = (): StateHandle => {
    const buffers = new Map(
      specs.map((spec) => [spec.name, pool.create(spec.name, bytesOf(spec), "states")]),
    );
    const release = () => {
      if (!held.delete(handle)) return;
      for (const buffer of buffers.values()) pool.destroy(buffer);
    };
    const handle: StateHandle = { batch, release };
    held.set(handle, { buffers, bindGroups: new Map() });
    return handle;
  };
  return {
    specs,
    fresh,
    open,
    copy: (state) => {
      const from = open(state);
      const copied = fresh();
      const to = open(copied);
      const encoder = device.createCommandEncoder();
      for (const [name, buffer] of from.buffers)
        encoder.copyBufferToBuffer(buffer, 0, to.buffers.get(name)!, 0, buffer.size);
      device.queue.submit([encoder.finish()]);
      return copied;
    },
    download: (state) => {
      const { buffers } = open(state);
      const encoder = device.createCommandEncoder();
      const reading = pool.readBack(
        encoder,
        specs.map((spec) => ({ spec, buffer: buffers.get(spec.name)! })),
      );
      device.queue.submit([encoder.finish()]);
      return reading.read();
    },
    upload: (values) => {
      for (const spec of specs) {
        const given = values[spec.name];
        if (!given)
          throw new UserError(
            `the saved values lack the state "${spec.name}"; save them from a session of this model`,
          );
        checkTensor(`state "${spec.name}"`, spec, given);
      }
      const state = fresh();
      const { buffers } = open(state);
      for (const { name } of specs)
        device.queue.writeBuffer(
          buffers.get(name)!,
          0,
          values[name]!.data as Float32Array<ArrayBuffer>,
        );
      return state;
    },
  };
}

function batchOf(entries: readonly EntrySpec[]): number {
  const all = entries.flatMap((e) => [...e.states, ...e.inputs]);
  return all.find((spec) => spec.shape.length > 0)?.shape[0] ?? 1;
}
