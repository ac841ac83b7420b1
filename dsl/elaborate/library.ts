/** All definitions of the files at hand by name: a file's own first, then the user's, then the standard ones. */
import type { Diagnostic } from "../diagnostics.ts";
import { diagnose } from "../messages.ts";
import type { NameTable } from "../model.ts";
import { standardPrefix } from "../standard.ts";
import type {
  BlockItem,
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
  readonly #named: ReadonlyMap<string, readonly NamedItem[]>;
  /** Double definitions and items that need themselves. */
  readonly diagnostics: readonly Diagnostic[];
  /** Items that would never end. */
  readonly endless: ReadonlySet<NamedItem>;

  constructor(files: readonly File[]) {
    this.files = files;
    const named = files.flatMap((file) => file.items).filter(isNamed);
    const byName = new Map<string, NamedItem[]>();
    for (const item of named)
      byName.set(item.name.text, [...(byName.get(item.name.text) ?? []), item]);
    this.#named = byName;
    const cycles = findCycles(named, (name, file) => this.find(name, file));
    this.endless = cycles.items;
    this.diagnostics = [...doubles(files), ...cycles.diagnostics];
  }

  items<K extends Item["kind"]>(kind: K): readonly Extract<Item, { kind: K }>[] {
    const all = this.files.flatMap((file) => file.items);
    return all.filter((item): item is Extract<Item, { kind: K }> => item.kind === kind);
  }

  /** The block, function or constant that a name means in a file; constants belong to their own file. */
  find(name: string, file: string): NamedItem | null {
    const named = this.#named.get(name);
    if (!named) return null;
    const own = named.find((item) => item.span.file === file);
    if (own) return own;
    const others = named.filter((item) => item.kind !== "constant");
    const standard = others.find((item) => isStandard(item.span.file));
    if (isStandard(file)) return standard ?? null;
    return others.find((item) => !isStandard(item.span.file)) ?? standard ?? null;
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
    return [...this.#named].flatMap(([name, items]) => (items.some(has) ? [name] : []));
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

/** Where the body of an item gives a value this name, behind a place that uses it. */
export function laterName(
  library: Library,
  owner: string,
  name: string,
  { file, to }: Span,
): Span | null {
  const items = library.files.find((one) => one.file === file)?.items ?? [];
  const item = items.find((one) => "body" in one && one.name.text === owner);
  const statements = item && "body" in item ? item.body.statements : [];
  const later = statements.find((one) => one.name.text === name && one.span.from >= to);
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
