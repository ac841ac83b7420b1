/** Quick fixes: a misspelt name becomes one of the near names that its hint offers. */
import { type CodeAction, CodeActionKind } from "vscode-languageserver";
import type { Diagnostic } from "../../dsl/diagnostics.ts";
import { editorDiagnostic } from "./explain.ts";
import { mover, rangeOf } from "./places.ts";
import { moved, type View } from "./view.ts";

/** Those for the mistakes that touch a part of the text. */
export function actions(view: View, from: number, to: number): readonly CodeAction[] {
  const { checked, analysis } = view;
  if (!checked) return [];
  const toNow = mover(checked.text, analysis.file.source);
  return checked.diagnostics.flatMap((diagnostic) => {
    const span = diagnostic.span.file === view.file ? moved(toNow, diagnostic.span) : null;
    if (!span || span.from > to || span.to < from) return [];
    const now = { ...diagnostic, span };
    return isName(analysis.file.source.slice(span.from, span.to))
      ? nearNamesOf(diagnostic).map((name, i) => replacement(view, now, name, i === 0))
      : [];
  });
}

const isName = (text: string): boolean => /^[A-Za-z_]\w*$/.test(text);

/** The names after "did you mean", nearest first. */
export function nearNamesOf({ hint }: Diagnostic): readonly string[] {
  const offered = /\bdid you mean (.+)\?$/.exec(hint)?.[1] ?? "";
  return [...offered.matchAll(/`(\w+)`/g)].flatMap(([, name]) => name ?? []);
}

const replacement = (
  view: View,
  diagnostic: Diagnostic,
  name: string,
  isFirst: boolean,
): CodeAction => ({
  title: `Change to \`${name}\``,
  kind: CodeActionKind.QuickFix,
  isPreferred: isFirst,
  diagnostics: [editorDiagnostic(view, diagnostic)],
  edit: {
    changes: {
      [view.document.uri]: [{ range: rangeOf(view.document, diagnostic.span), newText: name }],
    },
  },
});
