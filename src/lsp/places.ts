/** Offsets of texts as an editor's lines and characters, and offsets of one text as those of an earlier one. */
import type { Location, Range } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Span } from "../../dsl/syntax.ts";
import type { View } from "./view.ts";

/** Half open, in UTF-16 units, as spans are. */
export const rangeOf = (
  document: TextDocument,
  { from, to }: { from: number; to: number },
): Range => ({
  start: document.positionAt(from),
  end: document.positionAt(to),
});

/** Where a span of the view's file or of a standard one lies; null for files that nobody knows. */
export function locationOf(view: View, span: Span): Location | null {
  const document = span.file === view.file ? view.document : view.standard.documents.get(span.file);
  return document ? { uri: document.uri, range: rangeOf(document, span) } : null;
}

/** Takes an offset of `from` to the same place in `to`: null where the text between them changed. */
export function mover(from: string, to: string): (offset: number) => number | null {
  if (from === to) return (offset) => offset;
  const most = Math.min(from.length, to.length);
  let head = 0;
  while (head < most && from[head] === to[head]) head++;
  let tail = 0;
  while (tail < most - head && from[from.length - 1 - tail] === to[to.length - 1 - tail]) tail++;
  return (offset) => {
    if (offset <= head) return offset;
    return offset >= from.length - tail ? offset + to.length - from.length : null;
  };
}
