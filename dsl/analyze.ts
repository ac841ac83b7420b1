/** An editor's view of one file: every name in it, what that stands for, and where else it stands. Elaborates nothing. */
import { resolveFile } from "./analyze/resolve.ts";
import { scopeOf } from "./analyze/scopes.ts";
import type { BodyItem, Definition, Reference, Scope } from "./analyze/symbols.ts";
import { World } from "./analyze/world.ts";
import type { File, Item } from "./syntax.ts";

export type Analysis = {
  readonly file: File;
  readonly world: World;
  /** In the order of the text. */
  readonly references: readonly Reference[];
};

/** `standard` are the standard library's files; one that is being analysed itself is replaced by its new text. */
export function analyze(file: File, standard: readonly File[]): Analysis {
  const world = new World([...standard.filter((other) => other.file !== file.file), file]);
  return { file, world, references: resolveFile(world, file) };
}

/** The name at an offset, or the one that ends there. */
export function referenceAt({ references }: Analysis, offset: number): Reference | null {
  let low = 0;
  let high = references.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (references[middle]!.span.from <= offset) low = middle + 1;
    else high = middle;
  }
  const found = references[low - 1];
  return found && offset <= found.span.to ? found : null;
}

/** Every place in the file that means a definition, its own name included. */
export const referencesTo = (
  { references }: Analysis,
  definition: Definition,
): readonly Reference[] => references.filter((r) => r.definitions.includes(definition));

/** The item that an offset stands in, or the one before it where that is not closed yet. */
export function itemAt({ file }: Analysis, offset: number): Item | null {
  return file.items.findLast(({ span }) => span.from <= offset) ?? null;
}

export const hasBody = (item: Item): item is BodyItem =>
  item.kind === "block" || item.kind === "model" || item.kind === "function";

/** The names that an expression at an offset can use: a statement's only below it. */
export function namesAt(scope: Scope, offset: number): readonly Definition[] {
  return [...scope.names.values()].filter(
    (definition) =>
      definition.span === null || !("statement" in definition) || definition.span.to < offset,
  );
}

export { scopeOf };
