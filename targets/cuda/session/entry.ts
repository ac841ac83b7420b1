/** One program on the device: every buffer but the states placed, its steps ready to be launched or replayed. */
import type { BufferPlan } from "../../../codegen/program.ts";
import { type ParameterPlan, parameterKey } from "../../parameters.ts";
import { constantValues, lost } from "../../placing.ts";
import type { Context } from "../driver/driver.ts";
import { addressParameters, type Launch } from "../driver/streams.ts";
import type { CudaProgram, Functions, LoadedFunction } from "./functions.ts";
import type { Buffer, Pool } from "./pool.ts";

type Placed = { readonly plan: BufferPlan; readonly buffer: Buffer | null };
type ReadyStep = {
  readonly run: LoadedFunction;
  readonly grid: readonly [number, number, number];
  readonly placed: readonly Placed[];
};

export type Entry = {
  readonly name: string;
  readonly steps: readonly ReadyStep[];
  /** By name; inputs that no step reads are absent. */
  readonly inputs: ReadonlyMap<string, Buffer>;
  readonly outputs: ReadonlyMap<string, Buffer>;
  /** Copied onto the state of that name when the steps are done. */
  readonly next: readonly {
    readonly state: string;
    readonly buffer: Buffer;
    readonly bytes: number;
  }[];
  /** What is uploaded once, when the session is loaded. */
  readonly constants: readonly { readonly buffer: Buffer; readonly values: ConstantValues }[];
};

type ConstantValues = ReturnType<typeof constantValues>;

/** What the entries of a session share. */
export type Shared = {
  readonly parameters: ReadonlyMap<string, Buffer>;
  readonly slots: readonly Buffer[];
  readonly next: ReadonlyMap<string, Buffer>;
  readonly functions: Functions;
};

export function createEntry(
  pool: Pool,
  name: string,
  { program }: CudaProgram,
  shared: Shared,
): Entry {
  const placed = program.buffers.map(
    (plan): Placed => ({ plan, buffer: place(pool, plan, shared) }),
  );
  const ofKind = (kind: BufferPlan["kind"]) =>
    new Map(
      placed.flatMap(({ plan, buffer }) =>
        plan.kind === kind && buffer ? [[plan.name, buffer] as const] : [],
      ),
    );
  return {
    name,
    inputs: ofKind("input"),
    outputs: ofKind("output"),
    next: placed.flatMap(({ plan, buffer }) =>
      plan.kind === "next" && buffer ? [{ state: plan.state, buffer, bytes: plan.bytes }] : [],
    ),
    constants: placed.flatMap(({ plan, buffer }) =>
      plan.kind === "constant" && buffer ? [{ buffer, values: constantValues(plan) }] : [],
    ),
    steps: program.steps.map(({ kernel, buffers, grid }) => ({
      run: shared.functions.of(program, kernel),
      grid,
      placed: buffers.map((b) => placed[b]!),
    })),
  };
}

/** null for states, which differ from run to run. */
function place(pool: Pool, plan: BufferPlan, shared: Shared): Buffer | null {
  switch (plan.kind) {
    case "parameter":
      return shared.parameters.get(parameterKey(plan as ParameterPlan)) ?? lost(plan);
    case "input":
    case "output":
    case "constant":
      return pool.create(plan.name, plan.bytes);
    case "temporary":
      return shared.slots[plan.slot] ?? lost(plan);
    case "next":
      return shared.next.get(plan.state) ?? lost(plan);
    case "state":
      return null;
  }
}

/** The launches of every step for one state's buffers. */
export function launchesOf(entry: Entry, state: ReadonlyMap<string, Buffer>): readonly Launch[] {
  return entry.steps.map(({ run, grid, placed }) => ({
    function: run.address,
    name: run.name,
    lanes: run.lanes,
    dynamicBytes: run.dynamicBytes,
    grid,
    parameters: addressParameters(
      placed.map(({ plan, buffer }) => (buffer ?? state.get(plan.name) ?? lost(plan)).address),
    ),
  }));
}

/** Gives the stream all steps, then the copies of next states onto the states. */
export function enqueue(
  gpu: Context,
  stream: bigint,
  entry: Entry,
  launches: readonly Launch[],
  state: ReadonlyMap<string, Buffer>,
): void {
  for (const launch of launches) gpu.launch(launch, stream);
  for (const { state: to, buffer, bytes } of entry.next)
    gpu.copy(state.get(to)!.address, buffer.address, bytes, stream);
}
