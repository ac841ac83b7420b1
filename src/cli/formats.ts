/** How diagnostics are printed: as text for people, as JSON, or as SARIF for code hosts and editors. */
import { type Command, Option } from "commander";
import type { Diagnostic } from "../../dsl/diagnostics.ts";
import { placeOf, type Sources } from "../../dsl/places.ts";
import { renderDiagnostics } from "../../dsl/render.ts";
import { sarifLog } from "../../dsl/sarif.ts";
import { readExplanation } from "../explanations.ts";
import { version } from "../version.ts";

export const formats = ["text", "json", "sarif"] as const;
export type Format = (typeof formats)[number];

/** Adds `--format`, which every command that reads a model file has. */
export const formatOption = (command: Command): Command =>
  command.addOption(
    new Option("--format <format>", "how mistakes and warnings are printed").choices([...formats]),
  );

/** Diagnostics in one of the formats; text in colour only where it is asked for. */
export function formatDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources: Sources,
  format: Format,
  colour: boolean,
): string {
  switch (format) {
    case "text":
      return renderDiagnostics(diagnostics, sources, { colour });
    case "json":
      return JSON.stringify(
        diagnostics.map((d) => placed(d, sources)),
        null,
        2,
      );
    case "sarif":
      return JSON.stringify(
        sarifLog(diagnostics, sources, { version, rule: readExplanation }),
        null,
        2,
      );
  }
}

/** A diagnostic with the lines and columns of its places. */
function placed(diagnostic: Diagnostic, sources: Sources) {
  const at = (span: Diagnostic["span"]) => {
    const place = placeOf(span, sources);
    return place ? { line: place.line, column: place.column } : {};
  };
  const related = diagnostic.related.map((other) => ({ ...other, ...at(other.span) }));
  return { ...diagnostic, ...at(diagnostic.span), related };
}
