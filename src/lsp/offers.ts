/** Definitions and words as the entries of a completion list. */
import { type CompletionItem, CompletionItemKind } from "vscode-languageserver";
import type { Definition, DefinitionKind } from "../../dsl/analyze/symbols.ts";
import { hardWords } from "../../dsl/analyze/words.ts";
import { ambientDocs } from "../../dsl/primitive-docs.ts";
import { detailOf, docOf } from "./describe.ts";
import type { View } from "./view.ts";

const kinds = {
  block: CompletionItemKind.Class,
  model: CompletionItemKind.Module,
  function: CompletionItemKind.Function,
  constant: CompletionItemKind.Constant,
  config: CompletionItemKind.Value,
  names: CompletionItemKind.Module,
  tensor: CompletionItemKind.Variable,
  setting: CompletionItemKind.Property,
  argument: CompletionItemKind.Variable,
  dimension: CompletionItemKind.TypeParameter,
  size: CompletionItemKind.TypeParameter,
  param: CompletionItemKind.Field,
  value: CompletionItemKind.Variable,
  label: CompletionItemKind.Reference,
  field: CompletionItemKind.Field,
  primitive: CompletionItemKind.Function,
  option: CompletionItemKind.Property,
  ambient: CompletionItemKind.Variable,
} satisfies Record<DefinitionKind, CompletionItemKind>;

/** Lists show nearer names first. */
const ranks = { local: "1", file: "2", language: "3", word: "4" } as const;

function rankOf(definition: Definition, view: View): string {
  if (definition.span === null) return ranks.language;
  if (definition.item.kind !== definition.kind) return ranks.local;
  return definition.span.file === view.file ? ranks.file : ranks.language;
}

/** A definition as an entry; `end` is written after its name. */
export function offer(view: View, definition: Definition, end = ""): CompletionItem {
  const { name } = definition;
  const doc = docOfDefinition(definition);
  return {
    label: name,
    kind: kinds[definition.kind],
    detail: detailOf(view, definition),
    sortText: `${end === "" ? rankOf(definition, view) : "0"}${name}`,
    ...(end === "" ? {} : { insertText: `${name}${end}` }),
    ...(doc === "" ? {} : { documentation: { kind: "markdown", value: doc } }),
  };
}

function docOfDefinition({ kind, name, item }: Definition): string {
  if (kind === "primitive") return docOf(name).line;
  if (kind === "ambient") return ambientDocs[name]?.line ?? "";
  return item?.kind === kind && "doc" in item ? item.doc : "";
}

/** A word of the language. */
export const offerWord = (label: string, detail: string): CompletionItem => ({
  label,
  kind: CompletionItemKind.Keyword,
  detail,
  sortText: `${ranks.word}${label}`,
});

const statementWords: Readonly<Record<string, string>> = {
  param: "param name: [dims] = start",
  size: "size name = value",
};
const notInBodies = new Set(["param", "size", "as"]);

/** Words that an expression can start or go on with, and those of statements where one may begin. */
export function offerWords(starts: boolean): readonly CompletionItem[] {
  const inside = [...hardWords].filter((word) => !notInBodies.has(word));
  return [
    ...[...inside, "as"].map((word) => offerWord(word, "a word of the language")),
    ...(starts ? Object.entries(statementWords).map(([w, detail]) => offerWord(w, detail)) : []),
  ];
}
