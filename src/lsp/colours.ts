/** Semantic tokens: what each name of a file is, beyond what its spelling tells. */
import { type SemanticTokens, SemanticTokensBuilder } from "vscode-languageserver";
import type { Definition, DefinitionKind, Reference } from "../../dsl/analyze/symbols.ts";
import { standardPrefix } from "../../dsl/standard.ts";
import type { View } from "./view.ts";

export const tokenTypes = [
  "class",
  "function",
  "variable",
  "parameter",
  "property",
  "typeParameter",
  "label",
  "string",
] as const;
export const tokenModifiers = ["declaration", "readonly", "defaultLibrary"] as const;
type TokenType = (typeof tokenTypes)[number];

const typeOf = {
  block: "class",
  model: "class",
  function: "function",
  constant: "variable",
  config: "string",
  names: "class",
  tensor: "parameter",
  setting: "parameter",
  argument: "parameter",
  dimension: "typeParameter",
  size: "typeParameter",
  param: "property",
  value: "variable",
  label: "label",
  field: "property",
  primitive: "function",
  option: "property",
  ambient: "variable",
} satisfies Record<DefinitionKind, TokenType>;

export function colours(view: View): SemanticTokens {
  const builder = new SemanticTokensBuilder();
  for (const reference of view.analysis.references) {
    const [definition] = reference.definitions;
    if (!definition || definition.kind === "config") continue;
    const { line, character } = view.document.positionAt(reference.span.from);
    const length = reference.span.to - reference.span.from;
    builder.push(
      line,
      character,
      length,
      tokenTypes.indexOf(typeFor(reference, definition)),
      modifiersOf(reference, definition),
    );
  }
  return builder.build();
}

function typeFor({ role }: Reference, definition: Definition): TokenType {
  if (role === "setting") return "property";
  if (definition.kind === "ambient" && definition.name.length === 1) return "typeParameter";
  return typeOf[definition.kind];
}

function modifiersOf({ role }: Reference, { kind, span }: Definition): number {
  const isStandard = span === null || span.file.startsWith(standardPrefix);
  const flags = [role === "definition", kind === "constant", isStandard];
  return flags.reduce((bits, flag, i) => bits | (flag ? 1 << i : 0), 0);
}
