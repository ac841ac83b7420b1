/** Makes mutants of a CUDA text: one small mistake each. Knows text only. */
import { changes } from "./changes.ts";
import { type Change, type Edit, memoriesOf, witnessOf } from "./edits.ts";

export type Mutant = {
  /** What kind of mistake. */
  readonly kind: string;
  /** Counted from 1. */
  readonly line: number;
  readonly before: string;
  readonly after: string;
  readonly text: string;
  /** The original, which faults where the mutant's expression has another value; null where the change is no expression's. */
  readonly witness: string | null;
};

/** Every mutant of a file's text, kind by kind. */
export function mutantsOf(text: string): readonly Mutant[] {
  const lines = text.split("\n");
  const file = { memories: memoriesOf(text) };
  const body = lines.map(
    (line) => !/^\s*(\/\/|\/\*\*|#|struct|template|__builtin|static_assert)/.test(line),
  );
  return changes.flatMap((change) =>
    lines.flatMap((line, at) =>
      body[at] ? change.edits(line, file).map((edit) => mutantOf(lines, at, change, edit)) : [],
    ),
  );
}

function mutantOf(
  lines: readonly string[],
  at: number,
  { kind, isStatement }: Change,
  edit: Edit,
): Mutant {
  const before = lines[at]!;
  const after = before.slice(0, edit.from) + edit.by + before.slice(edit.to);
  const text = lines.with(at, after).join("\n");
  const witness = isStatement ? null : lines.with(at, witnessOf(before, edit)).join("\n");
  return { kind, line: at + 1, before: before.trim(), after: after.trim(), text, witness };
}
