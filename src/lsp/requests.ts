/** Which capability answers which request; each gets the document as it is now. */
import type { Connection, Position } from "vscode-languageserver";
import { actions } from "./actions.ts";
import { colours } from "./colours.ts";
import { completion } from "./completion.ts";
import { formatting } from "./formatting.ts";
import { hints } from "./hints.ts";
import { hover } from "./hover.ts";
import { definition, highlights, references } from "./navigate.ts";
import { outline } from "./outline.ts";
import { prepareRename, renameAt } from "./renaming.ts";
import { signature } from "./signature.ts";
import type { View } from "./view.ts";

export type Document = { readonly uri: string };
type Find = (document: Document) => View | null;

/** Answers all requests of a connection; `find` gives the view of an open document, null of any other. */
export function answer(connection: Connection, find: Find): void {
  /** A request about a document; null, the protocol's "nothing", where that is not open. */
  const about =
    <P extends { readonly textDocument: Document }, R>(of: (view: View, params: P) => R) =>
    (params: P): R | null => {
      const view = find(params.textDocument);
      return view ? of(view, params) : null;
    };
  const at =
    <P extends { readonly textDocument: Document; readonly position: Position }, R>(
      of: (view: View, offset: number, params: P) => R,
    ) =>
    (params: P): R | null =>
      about<P, R>((view) => of(view, view.document.offsetAt(params.position), params))(params);
  connection.onHover(at(hover));
  connection.onCompletion(at((view, offset) => [...completion(view, offset)]));
  connection.onSignatureHelp(at(signature));
  connection.onDefinition(at((view, offset) => [...definition(view, offset)]));
  connection.onReferences(
    at((view, offset, { context }) => [...references(view, offset, context.includeDeclaration)]),
  );
  connection.onDocumentHighlight(at((view, offset) => [...highlights(view, offset)]));
  connection.onPrepareRename(at(prepareRename));
  connection.onRenameRequest(at((view, offset, { newName }) => renameAt(view, offset, newName)));
  connection.onDocumentSymbol(about((view) => [...outline(view)]));
  connection.languages.semanticTokens.on(
    about(colours) as Parameters<typeof connection.languages.semanticTokens.on>[0],
  );
  connection.languages.inlayHint.on(
    about((view, { range }) => [...hints(view, ...offsets(view, range))]),
  );
  connection.onDocumentFormatting(about((view) => [...formatting(view)]));
  connection.onCodeAction(about((view, { range }) => [...actions(view, ...offsets(view, range))]));
}

const offsets = (
  { document }: View,
  { start, end }: { readonly start: Position; readonly end: Position },
): readonly [number, number] => [document.offsetAt(start), document.offsetAt(end)];
