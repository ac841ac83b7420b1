/** Where a kernel's workgroup memories lie: arrays of their own, and past 48 KiB in memory that the launch gives. */
import type { Kernel, Memory } from "../../codegen/kernel.ts";
import { bytesOfMemory } from "./types.ts";

/** What a kernel may declare by itself on every architecture; more must be asked for at the launch. */
const declaredBytes = 48 * 2 ** 10;

export type WorkgroupLayout = {
  /** Declared as arrays. */
  readonly declared: readonly Memory[];
  /** At these bytes of the memory that the launch gives. */
  readonly given: readonly { readonly memory: Memory; readonly offset: number }[];
  /** What the launch must give: 0 for nearly all kernels. */
  readonly dynamicBytes: number;
};

const rounded = (memory: Memory): number => Math.ceil(bytesOfMemory(memory) / 16) * 16;

/** The largest memories leave until the others fit, so that as many as possible are arrays of their own. */
export function layOut({ workgroupMemory }: Kernel): WorkgroupLayout {
  const largestFirst = workgroupMemory.toSorted((a, b) => rounded(b) - rounded(a));
  let left = workgroupMemory.reduce((sum, memory) => sum + rounded(memory), 0);
  const leaving = new Set<Memory>();
  for (const memory of largestFirst) {
    if (left <= declaredBytes) break;
    leaving.add(memory);
    left -= rounded(memory);
  }
  let dynamicBytes = 0;
  const given = workgroupMemory
    .filter((memory) => leaving.has(memory))
    .map((memory) => {
      const offset = dynamicBytes;
      dynamicBytes += rounded(memory);
      return { memory, offset };
    });
  return { declared: workgroupMemory.filter((m) => !leaving.has(m)), given, dynamicBytes };
}
