/** Which blocks and functions of a file its models reach, and which definitions take the place of standard ones. */
import type { Diagnostic } from "../diagnostics.ts";
import { diagnose } from "../messages.ts";
import { standardPrefix } from "../standard.ts";
import type { BlockItem, File, FunctionItem, Item, ModelItem } from "../syntax.ts";
import type { Library } from "./library.ts";
import { primitiveNames } from "./primitives/all.ts";

type Callable = BlockItem | FunctionItem;
const isCallable = (item: Item): item is Callable =>
  item.kind === "block" || item.kind === "function";

/** Blocks and functions of a file with models that none of these models needs. */
export function unreached(file: File): readonly Diagnostic[] {
  const models = file.items.filter((item) => item.kind === "model");
  const takesBlocks = models.some(({ parameters }) =>
    parameters.some(({ type }) => type.kind === "setting" && type.of === "block"),
  );
  // A setting of kind `block` may name any block from outside.
  if (models.length === 0 || takesBlocks) return [];
  const callables = file.items.filter(isCallable);
  const byName = new Map(callables.toReversed().map((item) => [item.name.text, item]));
  const reached = new Set(wordsIn(between(file)));
  for (const item of models) for (const name of namesOf(item, file)) reached.add(name);
  const waiting = [...reached];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const item = byName.get(name);
    for (const other of item ? namesOf(item, file) : []) {
      if (reached.has(other)) continue;
      reached.add(other);
      waiting.push(other);
    }
  }
  return callables.flatMap(({ kind, name }) =>
    name.text === "" || reached.has(name.text)
      ? []
      : [diagnose("W0503", name.span, { kind, name: name.text })],
  );
}

/** The words of a text that may be uses: no comments, no names of calls, nothing that is being defined or given. */
const wordsIn = (text: string): readonly string[] =>
  text
    .replace(/\/\/.*/g, "")
    .replace(/\bas\s+\w+/g, "")
    .replace(/\b\w+\s*(?=:|=(?!=))/g, "")
    .split(/\W+/);

/** The names that an item may read, behind its own: words, as the tree lacks what could not be parsed. */
const namesOf = ({ name, span }: Callable | ModelItem, { source }: File): readonly string[] =>
  wordsIn(source.slice(name.span.to, span.to));

/** What stands in no item that was read whole: there may be parts of models in it. */
function between({ items, source }: File): string {
  const spans = items.map(({ span }) => span).toSorted((a, b) => a.from - b.from);
  let text = "";
  let at = 0;
  for (const { from, to } of spans) {
    text += source.slice(at, Math.max(from, at));
    at = Math.max(at, to);
  }
  return text + source.slice(at);
}

/** Definitions of the user's that take the name of something of the language. */
export function hiding(file: File, library: Library): readonly Diagnostic[] {
  if (file.file.startsWith(standardPrefix)) return [];
  const primitives = new Set(primitiveNames);
  return file.items.flatMap((item): readonly Diagnostic[] => {
    if (item.kind === "config" || item.kind === "names") return [];
    const { text, span } = item.name;
    const standard = library.standard(text);
    const isPrimitive = primitives.has(text);
    if (!standard && !isPrimitive) return [];
    const outer = isPrimitive ? "the primitive" : `the standard ${standard!.kind}`;
    const related = standard ? [{ span: standard.name.span, message: "the standard one" }] : [];
    return [diagnose("W0502", span, { name: text, outer }, related)];
  });
}
