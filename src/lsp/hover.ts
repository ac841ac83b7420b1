/** What an editor shows over a name: its value or signature, its doc, its costs; and over a mistake, its explanation. */
import type { Hover } from "vscode-languageserver";
import type { Definition, Reference } from "../../dsl/analyze/symbols.ts";
import { ambientDocs, primitiveDocs } from "../../dsl/primitive-docs.ts";
import type { Span } from "../../dsl/syntax.ts";
import { blockCosts, configCosts, modelCosts } from "./costs.ts";
import {
  docOf,
  factLine,
  fenced,
  headOf,
  oneLine,
  sizesLine,
  sizesOfDim,
  textAt,
  valueLine,
} from "./describe.ts";
import { explanationsAt } from "./explain.ts";
import { rangeOf } from "./places.ts";
import { nameAt, type View, valueAt, viewOf } from "./view.ts";

export function hover(view: View, offset: number): Hover | null {
  const reference = nameAt(view, offset);
  const about = reference ? aboutName(view, reference) : [];
  const parts = [...about, ...explanationsAt(view, offset)];
  if (parts.length === 0) return null;
  return {
    contents: { kind: "markdown", value: parts.join("\n\n") },
    ...(reference ? { range: rangeOf(view.document, reference.span) } : {}),
  };
}

function aboutName(view: View, reference: Reference): readonly string[] {
  const parts = reference.definitions
    .slice(0, 3)
    .map((definition) => aboutDefinition(viewOf(view, definition.item), definition));
  return parts.flatMap((part, i) => (i === 0 ? part : ["---", ...part]));
}

function aboutDefinition(view: View, definition: Definition): readonly string[] {
  switch (definition.kind) {
    case "primitive":
      return aboutPrimitive(definition.name);
    case "option": {
      const doc = primitiveDocs[definition.owner]?.settings?.[definition.name] ?? "";
      return [`\`${definition.name}:\` of \`${definition.owner}\`: ${doc}`];
    }
    case "ambient": {
      const doc = ambientDocs[definition.name];
      return doc ? [fenced(doc.signature), doc.line] : [];
    }
    case "block":
      return [...aboutItem(view, definition), ...blockLines(view, definition.span)];
    case "model":
      return [...aboutItem(view, definition), ...lines(modelCosts(view, definition.span))];
    case "function":
    case "constant":
      return [...aboutItem(view, definition), ...valuePart(view, definition)];
    case "config": {
      const { model, title } = definition.item;
      const costs = lines(configCosts(view, model.text, title.text));
      return [fenced(`config ${model.text} ${JSON.stringify(title.text)}`), ...costs];
    }
    case "names":
      return [fenced(`names ${definition.name}`), "Names of a checkpoint's parameters."];
    case "dimension":
    case "tensor":
    case "setting":
    case "argument":
    case "size":
    case "param":
    case "value":
    case "label":
    case "field":
      return aboutLocal(view, definition);
  }
}

function aboutPrimitive(name: string): readonly string[] {
  const { signature, line, settings = {} } = docOf(name);
  const list = Object.entries(settings).map(([setting, text]) => `- \`${setting}:\` ${text}`);
  return [fenced(signature), line, ...(list.length > 0 ? [list.join("\n")] : [])];
}

type ItemDefinition = Extract<Definition, { kind: "block" | "model" | "function" | "constant" }>;

function aboutItem(view: View, { item }: ItemDefinition): readonly string[] {
  return [fenced(headOf(view, item)), ...(item.doc === "" ? [] : [item.doc])];
}

const lines = (costs: readonly string[]): readonly string[] =>
  costs.length > 0 ? [costs.join("  \n")] : [];
function blockLines(view: View, name: Span): readonly string[] {
  const costs = blockCosts(view, name);
  if (costs.length > 0 || view.known.length === 0) return lines(costs);
  return ["No model of this file that can be built uses it, so its sizes stay symbolic."];
}

type LocalDefinition = Exclude<
  Definition,
  ItemDefinition | { span: null } | { kind: "config" | "names" }
>;

function aboutLocal(view: View, definition: LocalDefinition): readonly string[] {
  switch (definition.kind) {
    case "dimension": {
      const sizes = sizesOfDim(view, definition.item, definition.name);
      const value = sizes.length > 0 ? ` = ${sizes.join(" or ")}` : "";
      return [fenced(`${definition.name}${value}`), `A dimension of \`${ownerOf(definition)}\`.`];
    }
    case "tensor":
    case "setting":
      return asWritten(view, definition, definition.formal.span);
    case "argument":
      return asWritten(view, definition, definition.parameter.span);
    case "size":
    case "param":
      return asWritten(view, definition, definition.statement.span);
    case "value":
      return [
        fenced(valueLine(view, definition) ?? definition.name),
        ...valuePart(view, definition),
      ];
    case "label": {
      const fact = valueAt(view, definition.call.span);
      const made = `An instance of \`${definition.call.callee.text}\`; \`${definition.name}\` stands in the paths of its parameters and states.`;
      return fact ? [fenced(factLine(definition.name, fact)), made] : [made];
    }
    case "field": {
      const type = definition.type ? `: ${textAt(view, definition.type.span)}` : "";
      return [
        fenced(`${definition.name}${type}`),
        `A field of what \`${ownerOf(definition)}\` gives back.`,
      ];
    }
  }
}

const asWritten = (view: View, definition: Definition, whole: Span): readonly string[] => [
  fenced(oneLine(textAt(view, whole))),
  ...valuePart(view, definition),
];

const ownerOf = ({ item }: LocalDefinition): string =>
  item.kind === "config" ? item.title.text : item.name.text;

/** The sizes of a tensor, or what a setting or number was; a value's own line says that already. */
function valuePart(view: View, definition: Definition): readonly string[] {
  const fact = definition.span && valueAt(view, definition.span);
  if (!fact) return [];
  const sizes = sizesLine(fact.sizes);
  if (sizes) return [sizes];
  return fact.isTensor || definition.kind === "value"
    ? []
    : [`\`${factLine(definition.name, fact)}\``];
}
