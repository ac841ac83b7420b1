/** One program on the device: every buffer but the states placed, its steps ready to be launched or replayed. */
import { type EntryBuffers, lost, type Placed, placeBuffers, type Shared } from "../../placing.ts";
import type { Context } from "../driver/driver.ts";
import { addressParameters, type Launch } from "../driver/streams.ts";
import type { CudaProgram, Functions, LoadedFunction } from "./functions.ts";
import type { Buffer, Pool } from "./pool.ts";

type ReadyStep = {
  readonly run: LoadedFunction;
  readonly grid: readonly [number, number, number];
  readonly placed: readonly Placed<Buffer>[];
};

export type Entry = Omit<EntryBuffers<Buffer>, "placed"> & {
  readonly name: string;
  readonly steps: readonly ReadyStep[];
};

export function createEntry(
  pool: Pool,
  name: string,
  { program }: CudaProgram,
  shared: Shared<Buffer> & { readonly functions: Functions },
): Entry {
  const { placed, ...buffers } = placeBuffers(pool.create, program, shared);
  const steps = program.steps.map(({ kernel, buffers, grid }) => ({
    run: shared.functions.of(program, kernel),
    grid,
    placed: buffers.map((b) => placed[b]!),
  }));
  return { name, ...buffers, steps };
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
      placed.map(
        ({ plan, buffer, offset }) =>
          (buffer ?? state.get(plan.name) ?? lost(plan)).address + BigInt(offset),
      ),
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
