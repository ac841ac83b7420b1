/** All items at hand by name, as a file sees them: its own first, then the user's, then the standard ones. */

import { ambientNames } from "../elaborate/frame.ts";
import { primitive, primitiveNames } from "../elaborate/primitives/all.ts";
import { initializerDocs } from "../primitive-docs.ts";
import { standardPrefix } from "../standard.ts";
import type {
  BlockItem,
  ConfigItem,
  ConstantItem,
  File,
  FunctionItem,
  Item,
  ModelItem,
} from "../syntax.ts";
import { scopeOf } from "./scopes.ts";
import { ambientDefinition, type Definition, primitiveDefinition, type Scope } from "./symbols.ts";

/** An item that an expression can name. */
export type NamedItem = BlockItem | FunctionItem | ConstantItem;

const isStandard = (file: string): boolean => file.startsWith(standardPrefix);
const isNamed = (item: Item): item is NamedItem =>
  item.kind === "block" || item.kind === "function" || item.kind === "constant";

export class World {
  readonly files: readonly File[];
  readonly #named = new Map<string, readonly NamedItem[]>();

  constructor(files: readonly File[]) {
    this.files = files;
    for (const item of files.flatMap((file) => file.items))
      if (isNamed(item))
        this.#named.set(item.name.text, [...(this.#named.get(item.name.text) ?? []), item]);
  }

  /** The item that a name means in a file; a constant belongs to its own file. */
  item(name: string, file: string): NamedItem | null {
    const named = this.#named.get(name) ?? [];
    const own = named.find((item) => item.span.file === file);
    if (own) return own;
    const others = named.filter((item) => item.kind !== "constant");
    const standard = others.find((item) => isStandard(item.span.file));
    const users = others.find((item) => !isStandard(item.span.file));
    return (isStandard(file) ? standard : (users ?? standard)) ?? null;
  }

  /** Every item that a file can name, each name once. */
  visible(file: string): readonly NamedItem[] {
    return [...this.#named.keys()].flatMap((name) => this.item(name, file) ?? []);
  }

  models(file: string): readonly ModelItem[] {
    return this.#items(file).filter((item) => item.kind === "model");
  }
  configs(model: ModelItem): readonly ConfigItem[] {
    return this.#items(model.span.file).filter(
      (item): item is ConfigItem => item.kind === "config" && item.model.text === model.name.text,
    );
  }
  #items(file: string): readonly Item[] {
    return this.files.filter((f) => f.file === file).flatMap((f) => f.items);
  }
}

/** The definition of an item's own name; null where the name could not be read. */
export function definitionOf(item: Item): Definition | null {
  return scopeOf(item).made.get(item.kind === "config" ? item.title : item.name) ?? null;
}

/** What a name stands for in a body. */
export function lookUp(world: World, scope: Scope, name: string): readonly Definition[] {
  const local = scope.names.get(name);
  return local ? [local] : lookUpOutside(world, scope.item.span.file, name);
}

/** What a name stands for where no body defines it. */
export function lookUpOutside(world: World, file: string, name: string): readonly Definition[] {
  if (ambientNames.includes(name)) return [ambientDefinition(name)];
  const item = world.item(name, file);
  const found = item && definitionOf(item);
  if (found) return [found];
  return isPrimitive(name) ? [primitiveDefinition(name)] : [];
}

/** Whether the language computes a function of this name, or starts parameters with it. */
export const isPrimitive = (name: string): boolean =>
  primitive(name) !== null || primitiveNames.includes(name) || name in initializerDocs;
