/** Diagnostics for a reader: as an editor lists them, and in full where the mouse rests on one. */
import { existsSync, readFileSync } from "node:fs";
import {
  DiagnosticSeverity,
  DiagnosticTag,
  type Diagnostic as EditorDiagnostic,
} from "vscode-languageserver";
import type { Diagnostic } from "../../dsl/diagnostics.ts";
import { standardFolder } from "../../dsl/standard-node.ts";
import { fenced } from "./describe.ts";
import { locationOf, rangeOf } from "./places.ts";
import { moverTo, type View } from "./view.ts";

const severities = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  note: DiagnosticSeverity.Information,
} satisfies Record<Diagnostic["severity"], DiagnosticSeverity>;

/** Names that nothing uses are shown faint. */
const unused = "W0501";

/** As an editor has it; its hint and notes stand below its message. */
export function editorDiagnostic(view: View, diagnostic: Diagnostic): EditorDiagnostic {
  const { severity, code, message, span, related, notes, hint } = diagnostic;
  const lines = [message, ...notes, ...(hint === "" ? [] : [`hint: ${hint}`])];
  return {
    range: rangeOf(view.document, span),
    severity: severities[severity],
    code,
    source: "eyrie",
    message: lines.join("\n"),
    relatedInformation: related.flatMap((other) => {
      const location = locationOf(view, other.span);
      return location ? [{ location, message: other.message }] : [];
    }),
    ...(code === unused ? { tags: [DiagnosticTag.Unnecessary] } : {}),
  };
}

/** The mistakes at an offset, as far as the text there is the one that was checked. */
export function diagnosticsAt(view: View, offset: number): readonly Diagnostic[] {
  if (!view.checked) return [];
  const at = moverTo(view, view.checked.text)(offset);
  if (at === null) return [];
  return view.checked.diagnostics.filter(
    ({ span }) => span.file === view.file && span.from <= at && at <= span.to,
  );
}

/** What each code at an offset means, and a mended example. */
export const explanationsAt = (view: View, offset: number): readonly string[] =>
  [...new Set(diagnosticsAt(view, offset).map(({ code }) => code))].flatMap(
    (code) => explanationOf(code) ?? [],
  );

/** The explanations lie beside the standard library, a folder a code. */
const folder = new URL("../explain/", standardFolder);
const known = new Map<string, string | null>();

/** In Markdown: what is wrong, why, and an example as it should be; null where nothing is told of a code. */
export function explanationOf(code: string): string | null {
  const found = known.get(code) ?? readExplanation(code);
  known.set(code, found);
  return found;
}

function readExplanation(code: string): string | null {
  const read = (name: string) => readFileSync(new URL(`${code}/${name}`, folder), "utf8").trim();
  if (!existsSync(new URL(`${code}/why.md`, folder))) return null;
  const [title = "", ...why] = read("why.md").split("\n");
  const parts = [`**${code}: ${title.replace(/^# /, "")}**`, why.join("\n").trim()];
  return [...parts, `Mended:\n\n${fenced(read("right.eyrie"))}`].join("\n\n");
}
