/** Runs programs of WGSL kernels on a WebGPU device as a Session. The same code in Node and in a browser. */

import type { KernelText, Program } from "../../codegen/program.ts";
import { UserError } from "../../src/graph/bug.ts";
import type { EntrySpec, Session, StateHandle, TensorSpec, Weights } from "../executor.ts";
import { completeInputs } from "../inputs.ts";
import { createShared } from "../placing.ts";
import type { Tensor, Tensors } from "../tensor.ts";
import { bindGroupsOf, createEntry, type Entry, encodeSteps } from "./entry.ts";
import { type Watch, watchDevice } from "./failures.ts";
import { createPool, type Pool } from "./memory.ts";
import { uploadParameters } from "./parameters.ts";
import { createPipelines, type Progress } from "./pipelines.ts";
import { keepDeviceStates, type States } from "./states.ts";
import { lazyPassTimer, type PassTimer } from "./timer.ts";
import { type Bound, timeSteps, timeTurns } from "./timing.ts";
import { workDone } from "./waiting.ts";

export type LoadOptions = {
  /** Told how many pipelines there are and how many are ready. */
  readonly onProgress?: Progress;
  /** Measure each run's compute pass, where the device has timestamps. */
  readonly profile?: boolean;
};

export type WgslSession = Session & {
  /** Milliseconds of the last awaited run's compute pass on the device; null unless profiled. */
  passTime(): number | null;
};

type Loaded = {
  readonly device: GPUDevice;
  readonly watch: Watch;
  readonly pool: Pool;
  readonly states: States;
  readonly entries: Readonly<Record<string, { readonly entry: Entry; readonly spec: EntrySpec }>>;
  /** Null unless every run is measured. */
  readonly timer: PassTimer | null;
  readonly stopwatch: ReturnType<typeof lazyPassTimer>;
};

/** Makes pipelines, brings the weights onto the device, and is ready to run. */
export async function loadSession(
  device: GPUDevice,
  programs: Readonly<Record<string, Program<KernelText>>>,
  entries: Readonly<Record<string, EntrySpec>>,
  weights: Weights,
  options: LoadOptions = {},
): Promise<WgslSession> {
  const watch = watchDevice(device);
  const pool = createPool(device);
  try {
    const all = Object.values(programs);
    const pipelineOf = await createPipelines(
      device,
      all.flatMap((p) => p.kernels),
      options.onProgress,
    );
    const parameters = await uploadParameters(device, pool, all, weights);
    const shared = { parameters, pipelineOf, ...createShared(pool.create, all) };
    const loaded = Object.entries(entries).map(([name, spec]) => {
      const program = programs[name];
      if (!program) throw new UserError(`entry "${name}" has no program; its bundle is not whole`);
      return [name, { spec, entry: createEntry(device, pool, name, program, shared) }] as const;
    });
    await workDone(device);
    watch.check();
    const states = keepDeviceStates(device, pool, Object.values(entries));
    const stopwatch = lazyPassTimer(device);
    const timer = options.profile ? stopwatch.get() : null;
    return sessionOf(
      { device, watch, pool, states, timer, stopwatch, entries: Object.fromEntries(loaded) },
      entries,
    );
  } catch (error) {
    pool.destroyAll();
    throw error;
  }
}

function sessionOf(loaded: Loaded, specs: Readonly<Record<string, EntrySpec>>): WgslSession {
  const { device, watch, pool, states, timer, stopwatch } = loaded;
  let released = false;
  /** What happened to the device explains better than the operation that failed because of it. */
  const guard = async <T>(work: () => T | Promise<T>): Promise<T> => {
    if (released) throw new UserError("this session was released; load the model again");
    watch.check();
    const result = await Promise.resolve()
      .then(work)
      .catch((error: unknown) => {
        watch.check();
        throw error;
      });
    watch.check();
    return result;
  };
  return {
    executor: "wgsl",
    entries: specs,
    fresh: () => {
      if (released) throw new UserError("this session was released; load the model again");
      return states.fresh();
    },
    copy: (state) => guard(() => states.copy(state)),
    download: (state) => guard(() => states.download(state)),
    upload: (values) => guard(() => states.upload(values)),
    run: (entry, inputs, state, outputs) =>
      guard(() => runEntry(loaded, entry, inputs, state, outputs)),
    time: (entry, state, times) =>
      guard(() => timeTurns(device, stopwatch.get(), boundTo(loaded, entry, state), times)),
    timeSteps: (entry, state) => guard(() => timeSteps(device, boundTo(loaded, entry, state))),
    memory: pool.memory,
    passTime: () => timer?.last()?.[0] ?? null,
    release: async () => {
      if (released) return;
      released = true;
      await workDone(device).catch(() => undefined);
      stopwatch.release();
      pool.destroyAll();
    },
  };
}

function entryOf({ entries }: Loaded, name: string): Loaded["entries"][string] {
  const found = entries[name];
  if (found) return found;
  throw new UserError(
    `there is no entry "${name}"; the entries are ${Object.keys(entries).join(", ")}`,
  );
}

async function runEntry(
  loaded: Loaded,
  name: string,
  inputs: Tensors,
  handle: StateHandle,
  outputs: readonly string[],
): Promise<Record<string, Tensor>> {
  const { device, pool, states, timer } = loaded;
  const { entry, spec } = entryOf(loaded, name);
  const state = states.open(handle);
  const wanted = outputs.map((output) => wantedOutput(entry, spec, output));
  for (const [input, tensor] of Object.entries(completeInputs(name, spec, inputs))) {
    const buffer = entry.inputs.get(input);
    if (buffer) device.queue.writeBuffer(buffer, 0, tensor.data as Float32Array<ArrayBuffer>);
  }
  const encoder = device.createCommandEncoder({ label: name });
  const pass = encoder.beginComputePass(timer ? { timestampWrites: timer.writes[0]! } : {});
  encodeSteps(pass, entry, bindGroupsOf(device, entry, state));
  pass.end();
  for (const { state: to, buffer } of entry.next) {
    const target = state.buffers.get(to)!;
    encoder.copyBufferToBuffer(buffer, 0, target, 0, target.size);
  }
  const reading = pool.readBack(encoder, wanted);
  timer?.resolve(encoder);
  device.queue.submit([encoder.finish()]);
  const tensors = await reading.read();
  await timer?.read();
  return tensors;
}

function boundTo(loaded: Loaded, name: string, handle: StateHandle): Bound {
  const { entry } = entryOf(loaded, name);
  return { entry, groups: bindGroupsOf(loaded.device, entry, loaded.states.open(handle)) };
}

function wantedOutput(
  entry: Entry,
  spec: EntrySpec,
  name: string,
): { spec: TensorSpec; buffer: GPUBuffer } {
  const output = spec.outputs.find((o) => o.name === name);
  const buffer = entry.outputs.get(name);
  if (output && buffer) return { spec: output, buffer };
  throw new UserError(
    `${entry.name} has no output "${name}"; it has ${spec.outputs.map((o) => o.name).join(", ")}`,
  );
}
