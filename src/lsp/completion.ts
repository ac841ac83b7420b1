/** What an editor offers while a name is being written: what is in scope there, with what it is. */
import { type CompletionItem, CompletionItemKind } from "vscode-languageserver";
import { settingsOf } from "../../dsl/analyze/callees.ts";
import { fieldsOfName } from "../../dsl/analyze/fields.ts";
import {
  ambientDefinition,
  type Definition,
  primitiveDefinition,
  type Scope,
} from "../../dsl/analyze/symbols.ts";
import { itemWordTexts } from "../../dsl/analyze/words.ts";
import { definitionOf, lookUpOutside } from "../../dsl/analyze/world.ts";
import { hasBody, namesAt, scopeOf } from "../../dsl/analyze.ts";
import { ambientDocs, initializerDocs, primitiveDocs } from "../../dsl/primitive-docs.ts";
import type { Item, ModelItem } from "../../dsl/syntax.ts";
import { type Cursor, cursorAt } from "./cursor.ts";
import { offer, offerWord, offerWords } from "./offers.ts";
import { mover } from "./places.ts";
import { type Wanted, wantedAt } from "./suggestions.ts";
import { type View, viewOf } from "./view.ts";

export function completion(view: View, offset: number): readonly CompletionItem[] {
  const cursor = cursorAt(view.analysis.file.source, offset);
  if (!cursor) return [];
  return new Completing(view, cursor, offset).offers(wantedAt(cursor));
}

/** The scope of the item that a cursor stands in: of a broken text's and the last readable one's, the one that knows more. */
export function scopeAt(view: View, cursor: Cursor): Scope | null {
  const at = (items: readonly Item[], from: number | null) => {
    const item = items.find(({ span }) => span.from === from);
    return item ? scopeOf(item) : null;
  };
  const own = at(view.analysis.file.items, cursor.itemFrom);
  if (!view.earlier || cursor.itemFrom === null) return own;
  const { text, analysis } = view.earlier;
  const earlier = at(analysis.file.items, mover(view.analysis.file.source, text)(cursor.itemFrom));
  return earlier && (!own || earlier.names.size > own.names.size) ? earlier : own;
}

class Completing {
  readonly #view: View;
  readonly #offset: number;
  readonly #scope: Scope | null;

  constructor(view: View, cursor: Cursor, offset: number) {
    this.#view = view;
    this.#offset = offset;
    this.#scope = scopeAt(view, cursor);
  }

  offers(wanted: Wanted): readonly CompletionItem[] {
    switch (wanted.kind) {
      case "items":
        return itemWordTexts.map((word) => offerWord(word, "an item"));
      case "types":
        return typeWords.map(([word, detail]) => offerWord(word, detail));
      case "models":
        return this.#list(this.#models().flatMap((model) => definitionOf(model) ?? []));
      case "values":
        return [...this.#values(), ...offerWords(wanted.starts)];
      case "dimensions":
        return this.#list(this.#dimensions());
      case "arguments":
        return [...this.#arguments(wanted.callee, wanted.given), ...this.#values()];
      case "fields":
        return this.#list(this.#fields(wanted.record));
      case "settings":
        return this.#settings(
          this.#models().filter((m) => m.name.text === wanted.model),
          wanted.given,
        );
      case "tableSettings":
        return this.#settings(this.#models(), wanted.given);
      case "tableKeys":
        return plain(this.#tableKeys(), "a key of config.json", CompletionItemKind.Property);
      case "paths":
        return [
          offerWord("config", "what a config.json gives each setting"),
          ...plain(this.#paths(), "a parameter's path", CompletionItemKind.Field),
        ];
      case "sources":
        return [offerWord("transpose", "swaps the last two dimensions")];
      case "labels":
        return plain([wanted.callee], "a label", CompletionItemKind.Reference);
      case "nothing":
        return [];
    }
  }

  #list(definitions: readonly Definition[], end = ""): readonly CompletionItem[] {
    return unique(definitions).map((definition) =>
      offer(viewOf(this.#view, definition.item), definition, end),
    );
  }
  #models(): readonly ModelItem[] {
    const { analysis, earlier, file } = this.#view;
    const own = analysis.world.models(file);
    const gone = (earlier?.analysis.world.models(file) ?? []).filter((model) =>
      own.every(({ name }) => name.text !== model.name.text),
    );
    return [...own, ...gone];
  }
  #local(): readonly Definition[] {
    return this.#scope && hasBody(this.#scope.item) ? namesAt(this.#scope, this.#offset) : [];
  }

  /** Everything that an expression can name. */
  #values(): readonly CompletionItem[] {
    const { analysis, file } = this.#view;
    const local = [...this.#local(), ...this.#configured()];
    const hidden = new Set(local.map(({ name }) => name));
    const items = analysis.world.visible(file).flatMap((item) => definitionOf(item) ?? []);
    const language = [
      ...Object.keys({ ...primitiveDocs, ...initializerDocs }).map((name) =>
        primitiveDefinition(name),
      ),
      ...Object.keys(ambientDocs)
        .filter((name) => name.length > 1)
        .map((name) => ambientDefinition(name)),
    ];
    const names = new Set(items.map(({ name }) => name));
    return this.#list([
      ...local,
      ...items.filter(({ name }) => !hidden.has(name)),
      ...language.filter(({ name }) => !hidden.has(name) && !names.has(name)),
    ]);
  }

  /** A configuration's values can name what its model's body defines. */
  #configured(): readonly Definition[] {
    const item = this.#scope?.item;
    if (item?.kind !== "config") return [];
    const model = this.#models().find((m) => m.name.text === item.model.text);
    return model ? [...scopeOf(model).names.values()] : [];
  }

  #dimensions(): readonly Definition[] {
    const own = this.#local().filter(
      (d) =>
        d.kind === "dimension" ||
        d.kind === "size" ||
        d.kind === "argument" ||
        (d.kind === "setting" && d.formal.type.kind === "setting" && d.formal.type.of === "size"),
    );
    return [...own, ambientDefinition("B"), ambientDefinition("T")];
  }

  #arguments(callee: string, given: readonly string[]): readonly CompletionItem[] {
    const { world, file } = this.#view.analysis;
    const settings = this.#scope
      ? settingsOf(world, this.#scope, callee)
      : lookUpOutside(world, file.file, callee).flatMap(({ item }) =>
          item ? [...scopeOf(item).names.values()] : [],
        );
    const open = settings.filter((d) => isNameable(d) && !given.includes(d.name));
    return this.#list(open, ": ");
  }

  #fields(record: string): readonly Definition[] {
    return this.#scope ? fieldsOfName(this.#view.analysis.world, this.#scope, record) : [];
  }

  #settings(models: readonly ModelItem[], given: readonly string[]): readonly CompletionItem[] {
    const item = this.#scope?.item;
    const later = item?.kind === "config" ? item.settings.map(({ name }) => name.text) : [];
    const taken = new Set([...given, ...later]);
    const all = models.flatMap((model) => [...scopeOf(model).names.values()]);
    return this.#list(
      all.filter((d) => d.kind === "setting" && !taken.has(d.name)),
      " = ",
    );
  }

  /** Keys that some table at hand already reads. */
  #tableKeys(): readonly string[] {
    const tables = this.#view.analysis.world.files.flatMap(({ items }) => items);
    return tables.flatMap((item) =>
      item.kind === "names"
        ? item.config.flatMap(({ value }) => (value.kind === "name" ? [value.name] : []))
        : [],
    );
  }
  #paths(): readonly string[] {
    return this.#view.known.flatMap(({ facts }) => facts.models.flatMap(({ paths }) => paths));
  }
}

const typeWords = [
  ["size", "a whole number from 1, known while compiling"],
  ["number", "a number, known while compiling"],
  ["flag", "true or false, known while compiling"],
  ["block", "a block value"],
  ["pattern", "block values that a stack repeats"],
  ["int", "int[B, T]: a tensor of whole numbers"],
] as const;

const isNameable = ({ kind }: Definition): boolean =>
  kind === "setting" || kind === "argument" || kind === "option";
const unique = <V>(values: readonly V[]): readonly V[] => [...new Set(values)];

const plain = (
  labels: readonly string[],
  detail: string,
  kind: CompletionItemKind,
): readonly CompletionItem[] =>
  unique(labels)
    .filter((label) => label !== "")
    .map((label) => ({ label, detail, kind, sortText: `2${label}` }));
