/** Estimates the bytes that a program's steps read and write, from its kernels and its buffers' sizes. */

import { bytesOfScalar } from "./bytes.ts";
import type { Kernel, Memory, Stmt } from "./kernel.ts";
import type { Step, Unplaced } from "./program.ts";
import { turnsOf, visitCounted } from "./turns.ts";

export type Traffic = { readonly read: number; readonly written: number };

/** Bytes of each step: a buffer's size, or what all lanes together can touch of it where no loop repeats their access. */
export function trafficOf(program: Unplaced<Kernel>): readonly Traffic[] {
  const cells = program.kernels.map((kernel) => cellsALane(kernel.body));
  return program.steps.map((step) => {
    const kernel = program.kernels[step.kernel]!;
    const lanes = kernel.workgroupSize * step.grid.reduce((a, b) => a * b, 1);
    const { loads, stores } = cells[step.kernel]!;
    const bytes = (counts: ReadonlyMap<string, number>) =>
      kernel.buffers.reduce((sum, { memory }, i) => {
        const touched = (counts.get(memory.name) ?? 0) * lanes * bytesOfScalar[memory.scalar];
        return sum + Math.min(touched, program.buffers[step.buffers[i]!]!.bytes);
      }, 0);
    return { read: bytes(loads), written: bytes(stores) };
  });
}

/** Sums over the steps; what the steps of one cut region share is counted once. */
export function totalTraffic(program: Unplaced<Kernel>): Traffic {
  const steps = trafficOf(program);
  let read = 0;
  let written = 0;
  program.steps.forEach((step, i) => {
    const shared = isNextPiece(program, step, program.steps[i - 1])
      ? sharedBytes(program, step)
      : 0;
    read += Math.max(0, steps[i]!.read - shared);
    written += isNextPiece(program, step, program.steps[i - 1]) ? 0 : steps[i]!.written;
  });
  return { read, written };
}

function isNextPiece(program: Unplaced<Kernel>, step: Step, before: Step | undefined): boolean {
  return (
    before?.region === step.region &&
    step.buffers.some((b) => program.buffers[b]!.kind === "constant")
  );
}

/** Bytes of the bindings that every piece of a cut region reads again. */
function sharedBytes(program: Unplaced<Kernel>, step: Step): number {
  const uses = program.kernels[step.kernel]!.buffers;
  return step.buffers.reduce((sum, b, i) => {
    const plan = program.buffers[b]!;
    return uses[i]!.access === "read" && plan.kind !== "parameter" ? sum + plan.bytes : sum;
  }, 0);
}

/** Cells of each memory that one lane touches, as if it took every branch. */
function cellsALane(body: readonly Stmt[]) {
  const loads = new Map<string, number>();
  const stores = new Map<string, number>();
  const add = (to: Map<string, number>, m: Memory, cells: number) =>
    to.set(m.name, (to.get(m.name) ?? 0) + cells);
  visitCounted(
    body,
    turnsOf,
    (e, times) => e.kind === "load" && add(loads, e.from, e.type.width * times),
    (s, times) => {
      if (s.kind === "store") add(stores, s.to, s.value.type.width * times);
      if (s.kind === "copy") add(loads, s.from, s.width * times);
    },
  );
  return { loads, stores };
}
