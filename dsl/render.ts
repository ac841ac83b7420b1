/** Turns diagnostics into text for a terminal or a log: the place, its line, carets, and what to do. Changes no words. */
import type { Diagnostic } from "./diagnostics.ts";
import type { Span } from "./syntax.ts";

const tabWidth = 4;
/** Longest piece of a source line that is shown. */
const widest = 120;

const styles = { bold: 1, red: 31, yellow: 33, blue: 34, cyan: 36 } as const;
type Paint = (style: keyof typeof styles, text: string) => string;
const plain: Paint = (_, text) => text;
const coloured: Paint = (style, text) => `\u001b[${styles[style]}m${text}\u001b[0m`;

/** Where an offset stands: its 1-based line, its column in characters, and the whole line. */
type Place = {
  readonly line: number;
  readonly column: number;
  readonly text: string;
  readonly start: number;
};
type Sources = ReadonlyMap<string, string>;

/** Every diagnostic with its source lines; `sources` maps file names to their text. */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources: Sources,
  { colour = false }: { readonly colour?: boolean } = {},
): string {
  const paint = colour ? coloured : plain;
  return diagnostics.map((diagnostic) => renderOne(diagnostic, sources, paint)).join("\n");
}

function renderOne(diagnostic: Diagnostic, sources: Sources, paint: Paint): string {
  const { severity, code, message, span, related, hint } = diagnostic;
  const tone = severity === "error" ? "red" : "yellow";
  const places = [span, ...related.map((other) => other.span)].map((s) => placeOf(s, sources));
  const gutter = Math.max(1, ...places.map((place) => String(place?.line ?? 0).length));
  const lines = [
    `${paint(tone, `${severity}[${code}]`)}: ${paint("bold", visible(message))}`,
    ...excerpt(span, places[0] ?? null, gutter, "^", tone, paint),
  ];
  related.forEach((other, index) => {
    lines.push(`${" ".repeat(gutter)} ${paint("blue", "=")} note: ${visible(other.message)}`);
    lines.push(...excerpt(other.span, places[index + 1] ?? null, gutter, "-", "blue", paint));
  });
  if (hint !== "") lines.push(`${" ".repeat(gutter)} ${paint("cyan", "hint")}: ${visible(hint)}`);
  return `${lines.join("\n")}\n`;
}

function placeOf(span: Span, sources: Sources): Place | null {
  const source = sources.get(span.file);
  if (source === undefined) return null;
  const offset = Math.min(Math.max(span.from, 0), source.length);
  const start = offset === 0 ? 0 : source.lastIndexOf("\n", offset - 1) + 1;
  const end = source.indexOf("\n", offset);
  const text = source.slice(start, end < 0 ? source.length : end).replace(/\r$/, "");
  let line = 1;
  for (let at = source.indexOf("\n"); at >= 0 && at < start; at = source.indexOf("\n", at + 1))
    line++;
  return { line, column: [...source.slice(start, offset)].length + 1, text, start };
}

/** `--> file:line:column`, the line, and the carets below it; of a span of many lines only the first. */
function excerpt(
  span: Span,
  place: Place | null,
  gutter: number,
  mark: string,
  tone: "red" | "yellow" | "blue",
  paint: Paint,
): string[] {
  const indent = " ".repeat(gutter);
  const arrow = `${indent}${paint("blue", "-->")}`;
  if (!place) return [`${arrow} ${visible(span.file)}`];
  const { before, within, after } = clip(
    place.text,
    span.from - place.start,
    span.to - place.start,
  );
  const shown = before + within + after;
  const carets = mark.repeat(Math.max(columns(within), 1));
  const bar = paint("blue", "|");
  return [
    `${arrow} ${visible(span.file)}:${place.line}:${place.column}`,
    `${indent} ${bar}`,
    `${paint("blue", String(place.line).padStart(gutter))} ${bar} ${shown}`.trimEnd(),
    `${indent} ${bar} ${" ".repeat(columns(before))}${paint(tone, carets)}`,
  ];
}

/** A line in three parts, with tabs widened and its far ends cut off where it is too long. */
function clip(
  text: string,
  from: number,
  to: number,
): { before: string; within: string; after: string } {
  let before = widen(text.slice(0, from));
  let within = widen(text.slice(from, Math.max(to, from)));
  if (text.length <= widest) return { before, within, after: widen(text.slice(to)) };
  const room = widest / 2;
  if (before.length > room) before = `…${before.slice(-room)}`;
  if (within.length > room) within = `${within.slice(0, room)}…`;
  const rest = widen(text.slice(to, to + room));
  return { before, within, after: to + room < text.length ? `${rest}…` : rest };
}

const widen = (text: string): string => visible(text.replaceAll("\t", " ".repeat(tabWidth)));

/** Characters that a terminal would obey, or that would turn the text around, become visible marks. */
const visible = (text: string): string =>
  text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, "�");

/** Columns that a terminal gives a text: marks take none, East Asian wide characters and pictures two. */
function columns(text: string): number {
  let total = 0;
  for (const character of text) {
    if (/\p{M}|\u200d/u.test(character)) continue;
    total +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]|\p{Emoji_Presentation}/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return total;
}
