/** What an entry looks like from outside: its inputs, outputs and states, read off its program and the graph that the text says. */
import type { Graph } from "../src/graph/graph.ts";
import { topological } from "../src/graph/walk.ts";
import type { EntrySpec } from "../targets/executor.ts";
import type { BufferPlan, Program } from "./program.ts";

const seen = ({ name, dtype, shape }: BufferPlan) => ({ name, dtype, shape });

/** The specification of the program's entry; `source` is its graph before any pass. */
export function entrySpec<K>(program: Program<K>, source: Graph): EntrySpec {
  const { buffers } = program;
  const rows = rowsPicked(source);
  return {
    inputs: buffers.flatMap((b) => {
      if (b.kind !== "input") return [];
      const below = rows.get(b.name);
      return [
        {
          ...seen(b),
          ...(b.source ? { source: b.source } : {}),
          ...(below === undefined ? {} : { below }),
        },
      ];
    }),
    outputs: buffers.flatMap((b) => (b.kind === "output" ? [seen(b)] : [])),
    states: buffers.flatMap((b) => (b.kind === "state" ? [seen(b)] : [])),
  };
}

/** By name of an input that picks rows as it is: the rows of its largest table, past which nothing lies. */
function rowsPicked(graph: Graph): ReadonlyMap<string, number> {
  const rows = new Map<string, number>();
  for (const node of topological(graph)) {
    if (node.op !== "gather") continue;
    const [table, indices] = node.inputs;
    if (indices?.op !== "input") continue;
    const { name } = indices.attrs;
    rows.set(name, Math.max(rows.get(name) ?? 0, table!.type.shape[node.attrs.batch]!));
  }
  return rows;
}
