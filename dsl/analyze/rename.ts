/** Gives a definition another name wherever the file means it, or says why that would change what the file means. */
import type { Analysis } from "../analyze.ts";
import { referencesTo } from "../analyze.ts";
import { ambientNames } from "../elaborate/frame.ts";
import { standardPrefix } from "../standard.ts";
import type { Item, Span } from "../syntax.ts";
import { quote } from "../wording.ts";
import { unlabelledNames } from "./paths.ts";
import { scopeOf } from "./scopes.ts";
import type { Definition, Reference, Role } from "./symbols.ts";
import { hardWords } from "./words.ts";

export type Renaming =
  | { readonly edits: readonly { readonly span: Span; readonly text: string }[] }
  | { readonly refused: string };

const refuse = (refused: string): Renaming => ({ refused });

/** What may be renamed at a place, and the span of its name there; a refusal where nothing may. */
export function renameable(
  reference: Reference | null,
): { readonly definition: Definition; readonly span: Span } | { readonly refused: string } {
  if (!reference) return { refused: "there is no name here" };
  const { definitions, name } = reference;
  const [definition, ...others] = definitions;
  if (!definition) return { refused: `nothing is known of ${quote(name)}` };
  if (definition.span === null)
    return { refused: `${quote(name)} belongs to the language and cannot be renamed` };
  if (definition.span.file.startsWith(standardPrefix))
    return { refused: `${quote(name)} belongs to the standard library and cannot be renamed` };
  if (others.length > 0)
    return {
      refused: `${quote(name)} stands for ${definitions.length} things here; rename one of them where it is defined`,
    };
  return { definition, span: inside(definition, reference.span) };
}

/** A title's name stands between its quotes. */
const inside = (definition: Definition, span: Span): Span =>
  definition.kind === "config" ? { ...span, from: span.from + 1, to: span.to - 1 } : span;

export function rename(analysis: Analysis, definition: Definition, to: string): Renaming {
  const all = referencesTo(analysis, definition);
  const refused =
    misspelt(definition, to) ??
    sharedPlace(definition, all) ??
    unknownPlace(analysis, definition) ??
    (definition.kind === "config"
      ? doubleTitle(analysis, definition, to)
      : clash(analysis, definition, all, to));
  if (refused !== null) return refuse(refused);
  return { edits: all.map(({ span }) => ({ span: inside(definition, span), text: to })) };
}

function misspelt(definition: Definition, to: string): string | null {
  if (definition.kind === "config")
    return /^[^"\\\r\n]+$/.test(to) ? null : "a title is one line without quotes or backslashes";
  if (!/^[A-Za-z_]\w*$/.test(to))
    return `${quote(to)} is not a name; names are letters, digits and \`_\`, and start with no digit`;
  if (hardWords.has(to)) return `${quote(to)} is a word of the language; choose another name`;
  if (ambientNames.includes(to))
    return `every body knows ${quote(to)} already; choose another name`;
  return null;
}

/** A part of a path or a key of a table that means more than this definition cannot follow it alone. */
function sharedPlace(definition: Definition, all: readonly Reference[]): string | null {
  const shared = all.find(({ definitions }) => definitions.length > 1);
  return shared
    ? `${quote(definition.name)} in ${quote(nameOf(shared.item))} stands for this and for another ${shared.role === "setting" ? "setting" : "name"}; rename them by hand`
    : null;
}

/** What a definition's name may do in places that only elaboration could follow, such as settings of a block setting. */
const followed: Readonly<Partial<Record<Definition["kind"], Role>>> = {
  setting: "setting",
  argument: "setting",
  field: "read",
  label: "segment",
  param: "segment",
  block: "segment",
};

/** A place that says the same name, of which we do not know what it means. */
function unknownPlace({ references }: Analysis, definition: Definition): string | null {
  const role = followed[definition.kind];
  const unknown = references.find(
    (reference) =>
      reference.name === definition.name &&
      reference.role === role &&
      reference.definitions.length === 0,
  );
  return unknown
    ? `${quote(definition.name)} in ${quote(nameOf(unknown.item))} may stand for this, too; rename them by hand`
    : null;
}

const nameOf = (item: Item): string => (item.kind === "config" ? item.title.text : item.name.text);

function doubleTitle({ file }: Analysis, definition: Definition, to: string): string | null {
  const { item } = definition as Extract<Definition, { kind: "config" }>;
  const isTaken = file.items.some(
    (other) =>
      other !== item &&
      other.kind === "config" &&
      other.model.text === item.model.text &&
      other.title.text === to,
  );
  return isTaken ? `${quote(item.model.text)} already has a configuration "${to}"` : null;
}

/** Whether the new name would be defined twice, or would change what some place means. */
function clash(
  analysis: Analysis,
  definition: Definition,
  all: readonly Reference[],
  to: string,
): string | null {
  if (definition.name === to) return null;
  const { item } = definition;
  if (!item) return null;
  const where = quote(nameOf(item));
  if (isMember(definition)) {
    const twins = [...scopeOf(item).made.values()].filter((d) => d.kind === definition.kind);
    if (twins.some((d) => d.name === to))
      return `${where} already has a ${definition.kind} ${quote(to)}`;
    const isInstance =
      definition.kind === "label" && unlabelledNames(analysis.world, scopeOf(item)).has(to);
    return isInstance ? `${where} already has an instance ${quote(to)}` : null;
  }
  if (item.kind !== definition.kind && scopeOf(item).names.has(to))
    return `${quote(to)} is already defined in ${where}`;
  if (item.kind === definition.kind && isItemTaken(analysis, item, to))
    return `this file already defines ${quote(to)}`;
  const items = new Set(all.map((reference) => reference.item));
  return (
    captured(analysis, definition, items, to) ?? doubleInstance(analysis, definition, items, to)
  );
}

/** Labels and fields stand beside the other names of a body. */
const isMember = ({ kind }: Definition): boolean => kind === "label" || kind === "field";

const isItemTaken = ({ file }: Analysis, item: Item, to: string): boolean =>
  file.items.some(
    (other) =>
      other !== item &&
      other.kind !== "config" &&
      (other.kind === "names") === (item.kind === "names") &&
      other.name.text === to,
  );

/** A place that says the new name already would mean the renamed definition, or the other way round. */
function captured(
  { references }: Analysis,
  definition: Definition,
  items: ReadonlySet<Item>,
  to: string,
): string | null {
  const isLocal = definition.item?.kind !== definition.kind;
  const taken = references.find(
    ({ name, role, item }) =>
      name === to && (role === "read" || role === "call") && (!isLocal || items.has(item)),
  );
  if (taken) return `${quote(nameOf(taken.item))} already uses another ${quote(to)}`;
  const hiding = isLocal ? undefined : [...items].find((item) => scopeOf(item).names.has(to));
  return hiding
    ? `${quote(nameOf(hiding))} has a ${quote(to)} of its own, which would hide it`
    : null;
}

/** A block's name is its instances' where they have no label. */
function doubleInstance(
  { world }: Analysis,
  definition: Definition,
  items: ReadonlySet<Item>,
  to: string,
): string | null {
  if (definition.kind !== "block") return null;
  const taken = [...items].map(scopeOf).find((scope) => {
    const names = unlabelledNames(world, scope);
    const labels = scope.instances.map(({ label }) => label?.name);
    return names.has(definition.name) && (names.has(to) || labels.includes(to));
  });
  return taken ? `${quote(nameOf(taken.item))} already has an instance ${quote(to)}` : null;
}
