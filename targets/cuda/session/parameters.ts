/** Brings parameters onto the device in the types and pieces that programs ask for, one at a time through pinned blocks. */
import type { Program } from "../../../codegen/program.ts";
import type { Weights } from "../../executor.ts";
import { plansByName, readParameter } from "../../parameters.ts";
import type { Context } from "../driver/driver.ts";
import type { Buffer, Pool } from "./pool.ts";
import { type Block, type Staging, upload } from "./staging.ts";
import type { Work } from "./work.ts";

type Uploading = {
  readonly gpu: Context;
  readonly work: Work;
  readonly pool: Pool;
  readonly staging: Staging;
};

/** One block is filled while the other is copied. */
const blockBytes = 16 * 2 ** 20;
const mostInFlight = 2;

/** A buffer for each key; each parameter is read once and forgotten before the next is read. */
export async function uploadParameters(
  { gpu, work, pool, staging }: Uploading,
  programs: readonly Program<unknown>[],
  weights: Weights,
): Promise<ReadonlyMap<string, Buffer>> {
  const buffers = new Map<string, Buffer>();
  const inFlight: { readonly block: Block; readonly done: Promise<void> }[] = [];
  const settle = async (most: number) => {
    while (inFlight.length > most) {
      const { block, done } = inFlight.shift()!;
      await done;
      staging.give(block);
    }
  };
  try {
    for (const [name, plans] of plansByName(programs)) {
      const { stored } = await readParameter(weights, name, plans.values());
      for (const [key, plan] of plans) {
        const buffer = pool.create(name, plan.bytes, "weights");
        buffers.set(key, buffer);
        for (const { at, part } of partsOf(stored(plan))) {
          await settle(mostInFlight - 1);
          const block = staging.take(part.byteLength);
          upload(gpu, work.stream, buffer.address + BigInt(at), part, block);
          const done = work.finished();
          // Thrown where it is awaited, which may be later.
          done.catch(() => undefined);
          inFlight.push({ block, done });
        }
      }
    }
    await settle(0);
    return buffers;
  } catch (error) {
    await Promise.allSettled(inFlight.map(({ done }) => done));
    throw error;
  }
}

/** Pieces that fit a block, with the bytes before each. */
function* partsOf({
  buffer,
  byteOffset,
  byteLength,
}: NodeJS.ArrayBufferView): Generator<{ readonly at: number; readonly part: Uint8Array }> {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  for (let at = 0; at < bytes.length; at += blockBytes)
    yield { at, part: bytes.subarray(at, at + blockBytes) };
}
