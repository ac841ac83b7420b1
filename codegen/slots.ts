/** Gives every temporary its place in an arena of slots. Knows when a buffer is first written and last read; knows no device. */
import type { BufferPlan, Program } from "./program.ts";

type Life = {
  readonly buffer: number;
  readonly bytes: number;
  readonly from: number;
  readonly until: number;
};
type Slot = { bytes: number; until: number };

/** Best fit: the smallest free slot that is large enough, else the largest free one grows, else a new one. */
export function placeInSlots<K>(program: Omit<Program<K>, "slots">): Program<K> {
  const slots: Slot[] = [];
  const slotOf = new Map<number, number>();
  for (const life of livesOf(program)) {
    // What ends in a step is still read there, so its slot is free only afterwards.
    const free = slots.filter((s) => s.until < life.from);
    const large = free.filter((s) => s.bytes >= life.bytes).sort((a, b) => a.bytes - b.bytes)[0];
    const slot = large ?? free.sort((a, b) => b.bytes - a.bytes)[0] ?? { bytes: 0, until: 0 };
    if (!slots.includes(slot)) slots.push(slot);
    slot.bytes = Math.max(slot.bytes, life.bytes);
    slot.until = life.until;
    slotOf.set(life.buffer, slots.indexOf(slot));
  }
  const buffers = program.buffers.map(
    (b, i): BufferPlan => (b.kind === "temporary" ? { ...b, slot: slotOf.get(i) ?? 0 } : b),
  );
  return { ...program, buffers, slots: slots.map((s) => s.bytes) };
}

/** The temporaries that steps bind, in the order in which they begin. */
function livesOf(program: Omit<Program<unknown>, "slots">): readonly Life[] {
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
