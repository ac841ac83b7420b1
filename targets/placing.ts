/** What a session on a device places for all of its entries, whatever its buffers are. Knows no API. */
import type { BufferPlan, Program } from "../codegen/program.ts";
import { CompilerBug } from "../src/graph/bug.ts";

/** Arena slots and next states of all programs: entries run one after another, so each is as large as the largest. */
export function createShared<B>(
  create: (name: string, bytes: number) => B,
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
    slots: slotBytes.map((bytes, i) => create(`arena slot ${i}`, bytes)),
    next: new Map([...nextBytes].map(([state, bytes]) => [state, create(`next ${state}`, bytes)])),
  };
}

/** A constant's numbers as they are stored. */
export function constantValues({
  dtype,
  values,
  name,
}: BufferPlan & { readonly kind: "constant" }):
  | Float32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer> {
  switch (dtype) {
    case "f32":
      return Float32Array.from(values);
    case "i32":
      return Int32Array.from(values);
    case "u32":
    case "bool":
      return Uint32Array.from(values);
    case "f16":
    case "bf16":
      throw new CompilerBug(`constant ${name} is stored as ${dtype}`);
  }
}

export function lost(plan: BufferPlan): never {
  throw new CompilerBug(`${plan.kind} ${plan.name} has no buffer`);
}
