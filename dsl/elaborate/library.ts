/** All definitions of the files at hand by name: a file's own first, then the user's, then the standard ones. */
import type { Diagnostic } from "../diagnostics.ts";
import { diagnose } from "../messages.ts";
import type { NameTable } from "../model.ts";
import { standardPrefix } from "../standard.ts";
import type { BlockItem, ConfigItem, File, Item, ModelItem, NamesItem, Span } from "../syntax.ts";
import { blockCycles } from "./cycles.ts";

const isStandard = (file: string): boolean => file.startsWith(standardPrefix);

export class Library {
  readonly files: readonly File[];
  readonly #blocks: ReadonlyMap<string, readonly BlockItem[]>;
  /** Double definitions and blocks that call themselves. */
  readonly diagnostics: readonly Diagnostic[];
  /** Blocks that would never end. */
  readonly endless: ReadonlySet<BlockItem>;

  constructor(files: readonly File[]) {
    this.files = files;
    const blocks = this.items("block");
    const byName = new Map<string, BlockItem[]>();
    for (const block of blocks)
      byName.set(block.name.text, [...(byName.get(block.name.text) ?? []), block]);
    this.#blocks = byName;
    const cycles = blockCycles(blocks, (name, file) => this.block(name, file));
    this.endless = cycles.blocks;
    this.diagnostics = [...doubles(files), ...cycles.diagnostics];
  }

  items<K extends Item["kind"]>(kind: K): readonly Extract<Item, { kind: K }>[] {
    const all = this.files.flatMap((file) => file.items);
    return all.filter((item): item is Extract<Item, { kind: K }> => item.kind === kind);
  }

  /** The block that a name means in a file. */
  block(name: string, file: string): BlockItem | null {
    const named = this.#blocks.get(name);
    if (!named) return null;
    const own = named.find((block) => block.span.file === file);
    const standard = named.find((block) => isStandard(block.span.file));
    if (own) return own;
    if (isStandard(file)) return standard ?? null;
    return named.find((block) => !isStandard(block.span.file)) ?? standard ?? null;
  }
  blockNames(): readonly string[] {
    return [...this.#blocks.keys()];
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

const nameTable = (item: NamesItem): NameTable => ({
  name: item.name.text,
  rules: item.rules,
  config: item.config.map(({ name, value }) => ({ setting: name.text, expression: value })),
});

/** Definitions of one kind and name, both by the user or both standard. */
function doubles(files: readonly File[]): Diagnostic[] {
  const seen = new Map<string, Span>();
  const found: Diagnostic[] = [];
  for (const item of files.flatMap((file) => file.items)) {
    const name = item.kind === "config" ? item.title : item.name;
    const scope = item.kind === "config" ? item.model.text : isStandard(item.span.file);
    const kind = item.kind === "model" ? "block" : item.kind;
    const key = `${kind} ${scope} ${name.text}`;
    const first = seen.get(key);
    if (first) {
      const related = [{ span: first, message: "first defined here" }];
      found.push(diagnose("E0204", name.span, { name: name.text }, related));
    } else seen.set(key, name.span);
  }
  return found;
}
