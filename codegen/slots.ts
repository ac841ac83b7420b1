/** Gives every temporary its place in an arena of slots. Knows when a buffer is first written and last read; knows no device. */
import type { BufferPlan, Program, Unplaced } from "./program.ts";

type Life = {
  readonly buffer: number;
  readonly bytes: number;
  readonly from: number;
  readonly until: number;
};
type Slot = { readonly bytes: number; readonly tenants: Life[] };

/** Largest first, each into the smallest slot whose tenants it never meets: so a slot is as large as its first tenant. */
export function placeInSlots<K>(program: Unplaced<K>): Program<K> {
  const slots: Slot[] = [];
  const slotOf = new Map<number, number>();
  for (const life of livesOf(program).toSorted((a, b) => b.bytes - a.bytes || a.from - b.from)) {
    const room = slots.findLastIndex(({ tenants }) => !tenants.some((other) => meet(life, other)));
    const slot = room < 0 ? slots.push({ bytes: life.bytes, tenants: [] }) - 1 : room;
    slots[slot]!.tenants.push(life);
    slotOf.set(life.buffer, slot);
  }
  const buffers = program.buffers.map(
    (b, i): BufferPlan => (b.kind === "temporary" ? { ...b, slot: slotOf.get(i) ?? 0 } : b),
  );
  return { ...program, buffers, slots: slots.map((s) => s.bytes) };
}

/** What ends in a step is still read there, so whatever begins in that step meets it. */
const meet = (a: Life, b: Life): boolean => a.from <= b.until && b.from <= a.until;

/** The most bytes of temporaries that are needed at one time; no arena can be smaller. */
export function largestLiveSet(program: Unplaced<unknown>): number {
  const lives = livesOf(program);
  const at = (step: number) =>
    lives.reduce((sum, l) => (l.from <= step && step <= l.until ? sum + l.bytes : sum), 0);
  return Math.max(0, ...program.steps.map((_, step) => at(step)));
}

/** The temporaries that steps bind, in the order in which they begin. */
function livesOf(program: Unplaced<unknown>): readonly Life[] {
  const lives = new Map<number, Life>();
  program.steps.forEach((step, s) => {
    for (const buffer of step.buffers) {
      const plan = program.buffers[buffer]!;
      if (plan.kind !== "temporary") continue;
      lives.set(buffer, {
        buffer,
        bytes: plan.bytes,
        from: lives.get(buffer)?.from ?? s,
        until: s,
      });
    }
  });
  return [...lives.values()];
}
