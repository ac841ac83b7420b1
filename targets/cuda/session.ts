/** Runs programs of CUDA kernels on a device as a Session: a GPU through its driver, or the stand-in on the CPU. */
import { CompilerBug, UserError } from "../../src/graph/bug.ts";
import type { EntrySpec, Session, StateHandle, Weights } from "../executor.ts";
import { completeInputs } from "../inputs.ts";
import { createShared } from "../placing.ts";
import type { Tensor, Tensors } from "../tensor.ts";
import type { CudaDevice } from "./device.ts";
import { createEntry, type Entry, launchesOf } from "./session/entry.ts";
import {
  type CudaProgram,
  type Functions,
  loadFunctions,
  type Progress,
} from "./session/functions.ts";
import { uploadParameters } from "./session/parameters.ts";
import { createPool, type Pool } from "./session/pool.ts";
import { createStaging, type Staging } from "./session/staging.ts";
import { keepStates, type States } from "./session/states.ts";
import { createTimer, type Timer } from "./session/timer.ts";
import { timeSteps, timeTurns } from "./session/timing.ts";
import { createTransfers, type Transfers, type Wanted } from "./session/transfers.ts";
import { createWork, type Work } from "./session/work.ts";

export type CudaLoadOptions = {
  /** Told how many images of kernels there are and how many are loaded. */
  readonly onProgress?: Progress;
  /** Measure what each run's kernels take. */
  readonly profile?: boolean;
};

export type CudaSession = Session & {
  /** Milliseconds that the kernels of the last awaited run took on the device; null unless profiled. */
  passTime(): number | null;
};

/** What a session owns on its device, in the order in which it is given back. */
type Owned = {
  readonly work: Work;
  readonly pool: Pool;
  readonly staging: Staging;
  readonly transfers: Transfers;
  functions: Functions | null;
  states: States | null;
  timer: Timer | null;
};

type Loaded = {
  readonly states: States;
  readonly transfers: Transfers;
  readonly timer: Timer | null;
  readonly entries: Readonly<Record<string, { readonly entry: Entry; readonly spec: EntrySpec }>>;
};

/** Loads the kernels, brings the weights onto the device, and is ready to run. A load that fails leaves nothing behind. */
export async function loadCudaSession(
  device: CudaDevice,
  programs: Readonly<Record<string, CudaProgram>>,
  entries: Readonly<Record<string, EntrySpec>>,
  weights: Weights,
  options: CudaLoadOptions = {},
): Promise<CudaSession> {
  checkDevice(device);
  const owned = ownNothing(device);
  try {
    const loaded = await load(device, owned, programs, entries, weights, options);
    return sessionOf(device, owned, loaded);
  } catch (error) {
    device.context.settle(owned.work.stream);
    giveBack(owned);
    throw error;
  }
}

function ownNothing(device: CudaDevice): Owned {
  const { context: gpu, caps } = device;
  const work = createWork(gpu);
  const staging = createStaging(gpu);
  const pool = createPool(gpu, work, caps.maxBufferBytes);
  const transfers = createTransfers(gpu, work, staging);
  return { work, pool, staging, transfers, functions: null, states: null, timer: null };
}

async function load(
  device: CudaDevice,
  owned: Owned,
  programs: Readonly<Record<string, CudaProgram>>,
  specs: Readonly<Record<string, EntrySpec>>,
  weights: Weights,
  { onProgress, profile }: CudaLoadOptions,
): Promise<Loaded> {
  const { context: gpu } = device;
  const { work, pool, staging, transfers } = owned;
  const all = Object.values(programs);
  owned.functions = await loadFunctions(device, all, onProgress);
  const plans = all.map(({ program }) => program);
  const parameters = await uploadParameters({ gpu, work, pool, staging }, plans, weights);
  const shared = {
    parameters,
    functions: owned.functions,
    ...createShared(pool.create, plans),
  };
  const entries = Object.entries(specs).map(([name, spec]) => {
    const program = programs[name];
    if (!program) throw new UserError(`entry "${name}" has no program; its bundle is not whole`);
    return [name, { spec, entry: createEntry(pool, name, program, shared) }] as const;
  });
  await transfers.write(entries.flatMap(([, { entry }]) => entry.constants));
  owned.states = keepStates({ gpu, work, pool, transfers }, Object.values(specs));
  owned.timer = profile ? createTimer(gpu, work.stream) : null;
  const { states, timer } = owned;
  return { states, timer, transfers, entries: Object.fromEntries(entries) };
}

function checkDevice(device: CudaDevice): void {
  if (device.isReleased()) throw new UserError("this device was released; open another one");
}

function giveBack({ work, pool, staging, functions, states, timer }: Owned): void {
  for (const part of [timer, states, work, functions, staging]) part?.release();
  pool.destroyAll();
}

function sessionOf(device: CudaDevice, owned: Owned, loaded: Loaded): CudaSession {
  const { states, timer, entries } = loaded;
  const unfinished = new Set<Promise<unknown>>();
  let released = false;
  const check = () => {
    if (released) throw new UserError("this session was released; load the model again");
    checkDevice(device);
  };
  /** The stream is given all of the work before the promise is. */
  const begin = async <T>(work: () => Promise<T>): Promise<T> => {
    check();
    const running = work();
    unfinished.add(running);
    return running.finally(() => unfinished.delete(running));
  };
  return {
    executor: device.emulated ? "cuda-cpu" : "cuda",
    entries: Object.fromEntries(Object.entries(entries).map(([name, { spec }]) => [name, spec])),
    fresh: () => {
      check();
      return states.fresh();
    },
    copy: (state) => begin(() => states.copy(state)),
    download: (state) => begin(() => states.download(state)),
    upload: (values) => begin(() => states.upload(values)),
    run: (entry, inputs, state, outputs) =>
      begin(() => runEntry(loaded, entry, inputs, state, outputs)),
    time: (entry, state, times) =>
      begin(() => timeTurns(timingOf(device, owned, loaded, entry, state), times)),
    timeSteps: (entry, state) =>
      begin(() => timeSteps(timingOf(device, owned, loaded, entry, state))),
    memory: owned.pool.memory,
    passTime: () => timer?.last() ?? null,
    release: async () => {
      if (released) return;
      released = true;
      await Promise.allSettled(unfinished);
      if (!device.isReleased()) giveBack(owned);
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
  const { states, transfers, timer } = loaded;
  const { entry, spec } = entryOf(loaded, name);
  const { buffers, replays } = states.open(handle);
  const wanted = outputs.map((output) => wantedOutput(entry, spec, output));
  const given = Object.entries(completeInputs(name, spec, inputs)).flatMap(([input, tensor]) => {
    const buffer = entry.inputs.get(input);
    return buffer ? [{ buffer, values: tensor.data }] : [];
  });
  const run = () => replays.run(entry, buffers);
  const measured = timer?.start();
  const tensors = await transfers.around(
    given,
    measured ? () => measured.around(run) : run,
    wanted,
  );
  measured?.read();
  return tensors;
}

function timingOf(
  { context: gpu }: CudaDevice,
  owned: Owned,
  loaded: Loaded,
  name: string,
  handle: StateHandle,
) {
  const { work } = owned;
  owned.timer ??= createTimer(gpu, work.stream);
  const { entry } = entryOf(loaded, name);
  const launches = launchesOf(entry, loaded.states.open(handle).buffers);
  return { gpu, work, timer: owned.timer, launches };
}

function wantedOutput(entry: Entry, spec: EntrySpec, name: string): Wanted {
  const output = spec.outputs.find((o) => o.name === name);
  const buffer = entry.outputs.get(name);
  if (output && buffer) return { spec: output, buffer };
  if (output) throw new CompilerBug(`output ${name} of ${entry.name} has no buffer`);
  throw new UserError(
    `${entry.name} has no output "${name}"; it has ${spec.outputs.map((o) => o.name).join(", ")}`,
  );
}
