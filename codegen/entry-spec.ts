/** What an entry looks like from outside: its inputs, outputs and states, read off its program. */
import type { EntrySpec } from "../targets/executor.ts";
import type { BufferPlan, Program } from "./program.ts";

const seen = ({ name, dtype, shape }: BufferPlan) => ({ name, dtype, shape });

/** The specification of the program's entry. */
export function entrySpec<K>(program: Program<K>): EntrySpec {
  const { buffers } = program;
  return {
    inputs: buffers.flatMap((b) =>
      b.kind === "input" ? [{ ...seen(b), ...(b.source ? { source: b.source } : {}) }] : [],
    ),
    outputs: buffers.flatMap((b) => (b.kind === "output" ? [seen(b)] : [])),
    states: buffers.flatMap((b) => (b.kind === "state" ? [seen(b)] : [])),
  };
}
