/** The language's one layout as an editor's edit: nothing for a text that is in it already, or that cannot be read. */
import type { TextEdit } from "vscode-languageserver";
import { formatText } from "../../dsl/format.ts";
import { rangeOf } from "./places.ts";
import type { View } from "./view.ts";

export function formatting(view: View): readonly TextEdit[] {
  const { file: ast } = view.analysis;
  const { source } = ast;
  if (!view.isWhole) return [];
  const formatted = formatText(source, view.file, { ast, diagnostics: [] });
  if (!("text" in formatted)) return [];
  const { text } = formatted;
  let head = 0;
  const most = Math.min(source.length, text.length);
  while (head < most && source[head] === text[head]) head++;
  let tail = 0;
  while (tail < most - head && source.at(-1 - tail) === text.at(-1 - tail)) tail++;
  if (head === source.length && head === text.length) return [];
  const range = rangeOf(view.document, { from: head, to: source.length - tail });
  return [{ range, newText: text.slice(head, text.length - tail) }];
}
