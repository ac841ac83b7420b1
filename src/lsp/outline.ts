/** The items of a file and what they define, as an editor's outline. */
import { type DocumentSymbol, SymbolKind } from "vscode-languageserver";
import type { Definition } from "../../dsl/analyze/symbols.ts";
import { scopeOf } from "../../dsl/analyze.ts";
import type { Item, Span } from "../../dsl/syntax.ts";
import { detailOf, oneLine, textAt } from "./describe.ts";
import { rangeOf } from "./places.ts";
import type { View } from "./view.ts";

const itemKinds = {
  block: SymbolKind.Class,
  model: SymbolKind.Module,
  function: SymbolKind.Function,
  constant: SymbolKind.Constant,
  config: SymbolKind.Object,
  names: SymbolKind.Namespace,
} satisfies Record<Item["kind"], SymbolKind>;

export const outline = (view: View): readonly DocumentSymbol[] =>
  view.analysis.file.items.flatMap((item) => itemSymbol(view, item) ?? []);

function itemSymbol(view: View, item: Item): DocumentSymbol | null {
  const name = item.kind === "config" ? item.title : item.name;
  if (name.text === "") return null;
  return {
    name: item.kind === "config" ? `${item.model.text} "${name.text}"` : name.text,
    kind: itemKinds[item.kind],
    detail: item.kind,
    range: rangeOf(view.document, item.span),
    selectionRange: rangeOf(view.document, name.span),
    children: [...scopeOf(item).made.values()].flatMap((d) => inside(view, d) ?? []),
  };
}

/** Parameters, statements and labels of an item; dimensions and fields are no entries of their own. */
function inside(view: View, definition: Definition): DocumentSymbol | null {
  const of = (kind: SymbolKind, whole: Span): DocumentSymbol => ({
    name: definition.name,
    kind,
    detail: detailOf(view, definition),
    range: rangeOf(view.document, whole),
    selectionRange: rangeOf(view.document, definition.span ?? whole),
  });
  switch (definition.kind) {
    case "tensor":
      return of(SymbolKind.Variable, definition.formal.span);
    case "setting":
      return of(SymbolKind.Property, definition.formal.span);
    case "argument":
      return of(SymbolKind.Variable, definition.parameter.span);
    case "size":
      return of(SymbolKind.TypeParameter, definition.statement.span);
    case "param":
      return of(SymbolKind.Field, definition.statement.span);
    case "value":
      return of(SymbolKind.Variable, definition.statement.span);
    case "label":
      return {
        ...of(SymbolKind.Object, definition.span),
        detail: oneLine(textAt(view, definition.call.callee.span)),
      };
    case "block":
    case "model":
    case "function":
    case "constant":
    case "config":
    case "names":
    case "dimension":
    case "field":
    case "primitive":
    case "option":
    case "ambient":
      return null;
  }
}
