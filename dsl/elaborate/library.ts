/** All definitions of the files at hand by name: a file's own first, then the user's, then the standard ones. */
import type { Diagnostic } from "../diagnostics.ts";
import { diagnose } from "../messages.ts";
import type { NameTable } from "../model.ts";
import { standardPrefix } from "../standard.ts";
import type {
  BlockItem,
  Body,
  ConfigItem,
  ConstantItem,
  File,
  FunctionItem,
  Item,
  ModelItem,
  NamesItem,
  Span,
} from "../syntax.ts";
import { findCycles } from "./cycles.ts";

const isStandard = (file: string): boolean => file.startsWith(standardPrefix);

/** What a name in an expression can mean beside the values of its body. */
export type NamedItem = BlockItem | FunctionItem | ConstantItem;
const isNamed = (item: Item): item is NamedItem =>
  item.kind === "block" || item.kind === "function" || item.kind === "constant";

export class Library {
  readonly files: readonly File[];
  readonly #byKind: ReadonlyMap<string, readonly Item[]>;
  readonly #meanings: ReadonlyMap<string, Meanings>;
  /** Double definitions and items that need themselves. */
  readonly diagnostics: readonly Diagnostic[];
  /** Items that would never end. */
  readonly endless: ReadonlySet<NamedItem>;

  constructor(files: readonly File[]) {
    this.files = files;
    const items = files.flatMap((file) => file.items);
    const byKind = new Map<string, Item[]>();
    for (const item of items) byKind.get(item.kind)?.push(item) ?? byKind.set(item.kind, [item]);
    this.#byKind = byKind;
    const named = items.filter(isNamed);
    this.#meanings = meaningsOf(named);
    const cycles = findCycles(named, (name, file) => this.find(name, file));
    this.endless = cycles.items;
    this.diagnostics = [...doubles(files), ...cycles.diagnostics];
  }

  items<K extends Item["kind"]>(kind: K): readonly Extract<Item, { kind: K }>[] {
    return (this.#byKind.get(kind) ?? []) as readonly Extract<Item, { kind: K }>[];
  }

  /** The block, function or constant that a name means in a file; constants belong to their own file. */
  find(name: string, file: string): NamedItem | null {
    const meanings = this.#meanings.get(name);
    if (!meanings) return null;
    const own = meanings.own.get(file);
    if (own) return own;
    return (isStandard(file) ? meanings.standard : (meanings.user ?? meanings.standard)) ?? null;
  }
  /** The standard block or function of a name. */
  standard(name: string): NamedItem | null {
    return this.#meanings.get(name)?.standard ?? null;
  }
  block(name: string, file: string): BlockItem | null {
    const found = this.find(name, file);
    return found?.kind === "block" ? found : null;
  }
  constant(name: string, file: string): ConstantItem | null {
    const found = this.find(name, file);
    return found?.kind === "constant" ? found : null;
  }
  blockNames(): readonly string[] {
    return this.#names((item) => item.kind === "block");
  }
  /** What a file can call: blocks and functions. */
  callableNames(): readonly string[] {
    return this.#names((item) => item.kind !== "constant");
  }
  constantNames(file: string): readonly string[] {
    return this.#names((item) => item.kind === "constant" && item.span.file === file);
  }
  #names(has: (item: NamedItem) => boolean): readonly string[] {
    return [...this.#meanings].flatMap(([name, { own }]) =>
      [...own.values()].some(has) ? [name] : [],
    );
  }

  model(name: string): ModelItem | null {
    return this.items("model").find((model) => model.name.text === name) ?? null;
  }
  configs(model: string): readonly ConfigItem[] {
    return this.items("config").filter((config) => config.model.text === model);
  }
  /** The user's tables first; a standard table of the same name is left out. */
  nameTables(): readonly NameTable[] {
    const tables = this.items("names");
    const own = tables.filter((table) => !isStandard(table.span.file));
    const standard = tables.filter(
      (table) =>
        isStandard(table.span.file) && own.every((other) => other.name.text !== table.name.text),
    );
    return [...own, ...standard].map(nameTable);
  }
}

/** What a name means: the first item of each file, and for other files the first of the user's and of the standard ones. */
type Meanings = {
  readonly own: Map<string, NamedItem>;
  user?: NamedItem;
  standard?: NamedItem;
};

function meaningsOf(named: readonly NamedItem[]): ReadonlyMap<string, Meanings> {
  const all = new Map<string, Meanings>();
  for (const item of named) {
    const meanings: Meanings = all.get(item.name.text) ?? { own: new Map() };
    all.set(item.name.text, meanings);
    if (!meanings.own.has(item.span.file)) meanings.own.set(item.span.file, item);
    if (item.kind === "constant") continue;
    if (isStandard(item.span.file)) meanings.standard ??= item;
    else meanings.user ??= item;
  }
  return all;
}

/** Where the body of an item gives a value this name, behind a place that uses it. */
export function laterName(
  library: Library,
  owner: string,
  name: string,
  { file, to }: Span,
): Span | null {
  const items = library.files.find((one) => one.file === file)?.items ?? [];
  const item = items.find((one) => "body" in one && one.name.text === owner);
  return item && "body" in item ? laterIn(item.body, name, to) : null;
}

/** Where a body gives a value this name, behind a place. */
export function laterIn({ statements }: Body, name: string, at: number): Span | null {
  const later = statements.find((one) => one.name.text === name && one.span.from >= at);
  return later?.name.span ?? null;
}

const nameTable = (item: NamesItem): NameTable => ({
  name: item.name.text,
  rules: item.rules,
  config: item.config.map(({ name, value }) => ({ setting: name.text, expression: value })),
});

/** Where a definition's name must be the only one of its kind. */
function scopeOf(item: Item): string {
  switch (item.kind) {
    case "block":
    case "model":
    case "function":
      return isStandard(item.span.file) ? "standard" : "user";
    case "constant":
      return item.span.file;
    case "config":
      return `config ${item.model.text}`;
    case "names":
      return `names ${isStandard(item.span.file)}`;
  }
}

/** Definitions of one name, both by the user or both standard; a constant's name is taken in its own file only. */
function doubles(files: readonly File[]): Diagnostic[] {
  const seen = new Map<string, Span>();
  const found: Diagnostic[] = [];
  for (const item of files.flatMap((file) => file.items)) {
    const name = item.kind === "config" ? item.title : item.name;
    if (name.text === "") continue;
    const isOfFile = item.kind === "block" || item.kind === "model" || item.kind === "function";
    const scopes = isOfFile ? [scopeOf(item), item.span.file] : [scopeOf(item)];
    const keys = scopes.map((scope) => `${scope} ${name.text}`);
    const first = keys.map((key) => seen.get(key)).find((span) => span !== undefined);
    for (const key of keys) if (!seen.has(key)) seen.set(key, name.span);
    if (!first) continue;
    const related = [{ span: first, message: "first defined here" }];
    found.push(diagnose("E0204", name.span, { name: name.text }, related));
  }
  return found;
}
