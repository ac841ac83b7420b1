/** What a session on a device places, for all of its entries and for each, whatever its buffers are. Knows no API. */
import type { BufferPlan, Program } from "../codegen/program.ts";
import { CompilerBug } from "../src/graph/bug.ts";
import type { MemoryUse } from "./ledger.ts";
import { type ParameterPlan, parameterKey } from "./parameters.ts";
import { type Stored, store } from "./storage.ts";

type Create<B> = (name: string, bytes: number, use: MemoryUse) => B;

/** What the entries of a session share: parameters by key, arena slots, and next states by the state that they become. */
export type Shared<B> = {
  readonly parameters: ReadonlyMap<string, B>;
  readonly slots: readonly B[];
  readonly next: ReadonlyMap<string, B>;
};

/** Where a buffer of a program lies, from byte `offset` on; null for states, which differ from run to run. */
export type Placed<B> = {
  readonly plan: BufferPlan;
  readonly buffer: B | null;
  readonly offset: number;
};

/** The buffers of one entry. */
export type EntryBuffers<B> = {
  /** In the program's order. */
  readonly placed: readonly Placed<B>[];
  /** By name; inputs that no step reads are absent. */
  readonly inputs: ReadonlyMap<string, B>;
  readonly outputs: ReadonlyMap<string, B>;
  /** Copied onto the state of that name when the steps are done. */
  readonly next: readonly {
    readonly state: string;
    readonly buffer: B;
    readonly bytes: number;
  }[];
  /** What is uploaded once, when the session is loaded. */
  readonly constants: readonly { readonly buffer: B; readonly values: Stored }[];
};

/** Places every buffer of a program: those of its own are created, the others are the session's. */
export function placeBuffers<B>(
  create: Create<B>,
  { buffers }: Program<unknown>,
  shared: Shared<B>,
): EntryBuffers<B> {
  const placed = buffers.map(
    (plan): Placed<B> => ({
      plan,
      buffer: place(create, plan, shared),
      offset: plan.kind === "temporary" ? plan.offset : 0,
    }),
  );
  const ofKind = (kind: BufferPlan["kind"]) =>
    new Map(
      placed.flatMap(({ plan, buffer }) =>
        plan.kind === kind && buffer !== null ? [[plan.name, buffer] as const] : [],
      ),
    );
  return {
    placed,
    inputs: ofKind("input"),
    outputs: ofKind("output"),
    next: placed.flatMap(({ plan, buffer }) =>
      plan.kind === "next" && buffer !== null
        ? [{ state: plan.state, buffer, bytes: plan.bytes }]
        : [],
    ),
    constants: placed.flatMap(({ plan, buffer }) =>
      plan.kind === "constant" && buffer !== null
        ? [{ buffer, values: store(plan.dtype, plan.values) }]
        : [],
    ),
  };
}

function place<B>(create: Create<B>, plan: BufferPlan, shared: Shared<B>): B | null {
  switch (plan.kind) {
    case "parameter":
      return shared.parameters.get(parameterKey(plan as ParameterPlan)) ?? lost(plan);
    case "input":
    case "output":
    case "constant":
      return create(plan.name, plan.bytes, "other");
    case "temporary":
      return shared.slots[plan.slot] ?? lost(plan);
    case "next":
      return shared.next.get(plan.state) ?? lost(plan);
    case "state":
      return null;
  }
}

/** Arena slots and next states of all programs: entries run one after another, so each is as large as the largest. */
export function createShared<B>(
  create: Create<B>,
  programs: readonly Program<unknown>[],
): { readonly slots: readonly B[]; readonly next: ReadonlyMap<string, B> } {
  const slotBytes: number[] = [];
  const nextBytes = new Map<string, number>();
  for (const program of programs) {
    for (const [i, bytes] of program.slots.entries())
      slotBytes[i] = Math.max(slotBytes[i] ?? 0, bytes);
    for (const plan of program.buffers)
      if (plan.kind === "next")
        nextBytes.set(plan.state, Math.max(nextBytes.get(plan.state) ?? 0, plan.bytes));
  }
  return {
    slots: slotBytes.map((bytes, i) => create(`arena slot ${i}`, bytes, "arena")),
    next: new Map(
      [...nextBytes].map(([state, bytes]) => [state, create(`next ${state}`, bytes, "other")]),
    ),
  };
}

export function lost(plan: BufferPlan): never {
  throw new CompilerBug(`${plan.kind} ${plan.name} has no buffer`);
}
