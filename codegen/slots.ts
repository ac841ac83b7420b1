/** Gives every temporary its place in an arena of slots. Knows when a buffer is first written and last read; knows no device. */
import type { Kernel } from "./kernel.ts";
import type { BufferPlan, Program, Unplaced } from "./program.ts";

type Life = {
  readonly buffer: number;
  readonly bytes: number;
  readonly from: number;
  readonly until: number;
  /** For each step that binds it, whether it is written there. */
  readonly uses: ReadonlyMap<number, boolean>;
};
type Tenant = Life & { readonly offset: number };
type Slot = {
  readonly bytes: number;
  /** Who lives there in each step. */
  readonly tenants: Map<number, Tenant[]>;
};

/** Buffers may be bound from multiples of this on, whatever the device. */
const alignment = 256;

/** Orders among equally large temporaries, each good for some programs. */
const orders: readonly ((a: Life, b: Life) => number)[] = [
  (a, b) => a.from - b.from,
  (a, b) => b.until - b.from - (a.until - a.from),
  (a, b) => a.until - b.until,
  (a, b) => b.uses.size - a.uses.size,
  (a, b) => b.from - a.from,
  (a, b) => b.until - a.until,
];

/** An arena this much larger than what is needed at one time is not worth a search for a smaller one. */
const goodEnough = 1.05;

/** The smallest of several arenas. */
export function placeInSlots(program: Unplaced<Kernel>): Program<Kernel> {
  const lives = livesOf(program);
  const least = largestOf(lives, program);
  let best = fill(lives, orders[0]!, "largest");
  for (const order of orders)
    for (const first of ["largest", "smallest"] as const) {
      if (bytesOf(best) <= goodEnough * least) break;
      const arena = fill(lives, order, first);
      if (bytesOf(arena) < bytesOf(best)) best = arena;
    }
  const { slots, places } = best;
  const buffers = program.buffers.map(
    (b, i): BufferPlan => (b.kind === "temporary" ? { ...b, ...places.get(i) } : b),
  );
  return { ...program, buffers, slots: slots.map((s) => s.bytes) };
}

const bytesOf = ({ slots }: Arena): number => slots.reduce((sum, s) => sum + s.bytes, 0);

type Arena = {
  readonly slots: readonly Slot[];
  readonly places: ReadonlyMap<number, { readonly slot: number; readonly offset: number }>;
};

/**
 * Largest first, each into the largest or the smallest slot that has room for it for as long as it lives, so that a slot is as
 * large as its first tenant. Tenants of one slot that live together lie apart and are never bound to one step for reading and
 * for writing, since devices know buffers by the whole.
 */
function fill(
  lives: readonly Life[],
  order: (typeof orders)[number],
  first: "largest" | "smallest",
): Arena {
  const slots: Slot[] = [];
  const places = new Map<number, { slot: number; offset: number }>();
  for (const life of lives.toSorted((a, b) => b.bytes - a.bytes || order(a, b))) {
    const offsets = slots.map((slot) => roomIn(slot, life));
    const has = (offset: number | null) => offset !== null;
    const found = first === "largest" ? offsets.findIndex(has) : offsets.findLastIndex(has);
    const slot = found < 0 ? slots.push({ bytes: life.bytes, tenants: new Map() }) - 1 : found;
    const offset = offsets[found] ?? 0;
    moveIn(slots[slot]!, { ...life, offset });
    places.set(life.buffer, { slot, offset });
  }
  return { slots, places };
}

function moveIn({ tenants }: Slot, tenant: Tenant): void {
  for (let step = tenant.from; step <= tenant.until; step++) {
    const there = tenants.get(step);
    if (there) there.push(tenant);
    else tenants.set(step, [tenant]);
  }
}

/** What ends in a step is still read there, so whatever begins in that step meets it. */
function metBy({ from, until }: Life, { tenants }: Slot): readonly Tenant[] {
  const met = new Set<Tenant>();
  for (let step = from; step <= until; step++)
    for (const tenant of tenants.get(step) ?? []) met.add(tenant);
  return [...met];
}

/** The first offset in a slot at which a life meets no tenant; null where there is none. */
function roomIn(slot: Slot, life: Life): number | null {
  const met = metBy(life, slot);
  if (met.some((t) => clash(life, t))) return null;
  let offset = 0;
  for (const tenant of met.toSorted((a, b) => a.offset - b.offset)) {
    if (offset + life.bytes <= tenant.offset) break;
    const end = tenant.offset + tenant.bytes;
    offset = Math.max(offset, Math.ceil(end / alignment) * alignment);
  }
  return offset + life.bytes <= slot.bytes ? offset : null;
}

/** Whether a step binds both, one for reading and one for writing. */
function clash(a: Life, b: Life): boolean {
  for (const [step, written] of a.uses) {
    const other = b.uses.get(step);
    if (other !== undefined && other !== written) return true;
  }
  return false;
}

/** The most bytes of temporaries that are needed at one time; no arena can be smaller. */
export const largestLiveSet = (program: Unplaced<Kernel>): number =>
  largestOf(livesOf(program), program);

function largestOf(lives: readonly Life[], program: Unplaced<Kernel>): number {
  const changes = new Array<number>(program.steps.length + 1).fill(0);
  for (const { bytes, from, until } of lives) {
    changes[from]! += bytes;
    changes[until + 1]! -= bytes;
  }
  let now = 0;
  let most = 0;
  for (const change of changes) {
    now += change;
    most = Math.max(most, now);
  }
  return most;
}

/** The temporaries that steps bind, in the order in which they begin. */
function livesOf(program: Unplaced<Kernel>): readonly Life[] {
  const uses = new Map<number, Map<number, boolean>>();
  program.steps.forEach(({ kernel, buffers }, step) => {
    const bindings = program.kernels[kernel]!.buffers;
    for (const [i, buffer] of buffers.entries()) {
      if (program.buffers[buffer]!.kind !== "temporary") continue;
      const known = uses.get(buffer) ?? new Map<number, boolean>();
      uses.set(buffer, known.set(step, known.get(step) || bindings[i]!.access !== "read"));
    }
  });
  return [...uses].map(([buffer, own]) => {
    const steps = [...own.keys()];
    const { bytes } = program.buffers[buffer]!;
    return { buffer, bytes, from: steps[0]!, until: steps.at(-1)!, uses: own };
  });
}
