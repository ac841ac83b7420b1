/** Where a name is defined, and where else it stands. */
import type { DocumentHighlight, Location } from "vscode-languageserver";
import { DocumentHighlightKind } from "vscode-languageserver";
import type { Definition, Reference } from "../../dsl/analyze/symbols.ts";
import { referencesTo } from "../../dsl/analyze.ts";
import { locationOf, mover, rangeOf } from "./places.ts";
import { moved, nameAt, type View, viewOf } from "./view.ts";

/** All that the name may mean; the language's own names lie nowhere. */
export function definition(view: View, offset: number): readonly Location[] {
  return definitionsAt(view, offset).flatMap((d) => placeOf(view, d) ?? []);
}

export function references(
  view: View,
  offset: number,
  withDefinition: boolean,
): readonly Location[] {
  const definitions = definitionsAt(view, offset);
  const found = placesOf(view, definitions).filter(
    (reference) => withDefinition || reference.role !== "definition",
  );
  const outside = withDefinition
    ? definitions.flatMap(({ span }) => (span && span.file !== view.file ? [span] : []))
    : [];
  return [...found.map(({ span }) => span), ...outside].flatMap(
    (span) => locationOf(view, span) ?? [],
  );
}

export function highlights(view: View, offset: number): readonly DocumentHighlight[] {
  return placesOf(view, definitionsAt(view, offset)).map(({ span, role }) => ({
    range: rangeOf(view.document, span),
    kind: role === "definition" ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
  }));
}

/** Where a definition stands now, also where its item cannot be read any more. */
function placeOf(view: View, { span, item }: Definition): Location | null {
  const own = viewOf(view, item);
  if (!span || own === view) return span && locationOf(view, span);
  const now = moved(mover(own.analysis.file.source, view.analysis.file.source), span);
  return now && locationOf(view, now);
}

const definitionsAt = (view: View, offset: number): readonly Definition[] =>
  nameAt(view, offset)?.definitions ?? [];

function placesOf(view: View, definitions: readonly Definition[]): readonly Reference[] {
  const places = definitions.flatMap((d) => referencesTo(view.analysis, d));
  return [...new Set(places)].sort((a, b) => a.span.from - b.span.from);
}
