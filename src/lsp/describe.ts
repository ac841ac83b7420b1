/** Definitions in words: a signature as the file writes it, a line about it, what its values were. Writes Markdown. */

import type { ValueFact } from "../../dsl/analyze/facts.ts";
import type { Definition } from "../../dsl/analyze/symbols.ts";
import { scopeOf } from "../../dsl/analyze.ts";
import { ambientDocs, initializerDocs, primitiveDocs } from "../../dsl/primitive-docs.ts";
import type { Item, Span } from "../../dsl/syntax.ts";
import { type View, valueAt } from "./view.ts";

export const fenced = (text: string): string => `\`\`\`eyrie\n${text}\n\`\`\``;

/** The text of a span of this file or of a standard one. */
export function textAt(view: View, { file, from, to }: Span): string {
  const source = view.analysis.world.files.find((other) => other.file === file)?.source ?? "";
  return source.slice(from, to);
}

/** An item's head as the file writes it, up to its body. */
export function headOf(view: View, item: Item): string {
  const { span } = item;
  const to = "body" in item ? item.body.span.from : span.to;
  return textAt(view, { ...span, to }).trim();
}

/** One line for a list: what kind of thing it is, or the value it had. */
export function detailOf(view: View, definition: Definition): string {
  switch (definition.kind) {
    case "primitive":
      return docOf(definition.name).signature;
    case "ambient":
      return ambientDocs[definition.name]?.signature ?? "";
    case "option":
      return primitiveDocs[definition.owner]?.settings?.[definition.name] ?? "";
    case "block":
    case "model":
    case "function":
    case "constant":
      return oneLine(headOf(view, definition.item));
    case "tensor":
    case "setting":
      return oneLine(textAt(view, definition.formal.span));
    case "argument":
      return oneLine(textAt(view, definition.parameter.span));
    case "size":
    case "param":
    case "value":
      return valueLine(view, definition) ?? oneLine(textAt(view, definition.statement.span));
    case "dimension":
      return "a dimension";
    case "label":
      return `an instance of ${definition.call.callee.text}`;
    case "field":
      return definition.type ? oneLine(textAt(view, definition.type.span)) : "a field";
    case "config":
      return `a configuration of ${definition.item.model.text}`;
    case "names":
      return "names of a checkpoint's parameters";
  }
}

/** What the language says of one of its functions or starts. */
export const docOf = (name: string) =>
  primitiveDocs[name] ?? initializerDocs[name] ?? { signature: name, line: "" };

export const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();

/** `g: [B, T, hidden]` or `scale = 27.75`; null where nothing is known. */
export function valueLine(view: View, { name, span }: Definition): string | null {
  const fact = span && valueAt(view, span);
  return fact ? factLine(name, fact) : null;
}

export function factLine(name: string, { texts, isTensor }: ValueFact): string {
  const text = texts.join(" or ");
  const isShape = isTensor || texts.some((t) => t.startsWith("{"));
  return isShape ? `${name}: ${text}` : `${name} = ${text}`;
}

/** "`hidden` = 2304, `D` = 768 or 1024" */
export function sizesLine(sizes: ValueFact["sizes"]): string | null {
  const parts = Object.entries(sizes).map(([dim, all]) => `\`${dim}\` = ${all.join(" or ")}`);
  return parts.length > 0 ? parts.join(", ") : null;
}

/** The sizes that a dimension had in an item's body. */
export function sizesOfDim(view: View, item: Item, dim: string): readonly number[] {
  const facts = [...scopeOf(item).names.values()].flatMap(({ span }) =>
    span ? (valueAt(view, span) ?? []) : [],
  );
  return [...new Set(facts.flatMap((fact) => fact.sizes[dim] ?? []))].sort((a, b) => a - b);
}
