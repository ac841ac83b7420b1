/** Turns diagnostics into text for a terminal or a log: places, their lines, what is said of each, what to do. Changes no words. */
import { visible } from "./columns.ts";
import type { Diagnostic } from "./diagnostics.ts";
import { excerpt, type Mark, type Paint, type Tone } from "./excerpt.ts";
import { placeOf, type Sources } from "./places.ts";

const styles = { bold: 1, red: 31, green: 32, yellow: 33, blue: 34, cyan: 36 } as const;
const plain: Paint = (_, text) => text;
const coloured: Paint = (style, text) => `\u001b[${styles[style]}m${text}\u001b[0m`;
const tones = { error: "red", warning: "yellow", note: "green" } as const satisfies Record<
  Diagnostic["severity"],
  Tone
>;

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
  const { severity, code, message, notes, hint } = diagnostic;
  const marks = marksOf(diagnostic);
  const numbers = marks.map(({ span }) => String(placeOf(span, sources)?.line ?? 0).length);
  const gutter = Math.max(1, ...numbers);
  const files = [...new Set(marks.map((mark) => mark.span.file))];
  const lines = [
    `${paint(tones[severity], `${severity}[${code}]`)}: ${paint("bold", visible(message))}`,
    ...files.flatMap((file) =>
      drawFile(
        marks.filter(({ span }) => span.file === file),
        file === files[0],
        sources,
        gutter,
        paint,
      ),
    ),
    ...notes.flatMap((note) => aside("note", "blue", note, gutter, paint)),
    ...(hint === "" ? [] : aside("hint", "cyan", hint, gutter, paint)),
  ];
  return `${lines.join("\n")}\n`;
}

/** The mistake's own place first, then the second ones. */
const marksOf = ({ severity, span, related }: Diagnostic): readonly Mark[] => [
  { span, mark: "^", tone: tones[severity], label: "" },
  ...related.map(
    (other): Mark => ({ span: other.span, mark: "-", tone: "blue", label: other.message }),
  ),
];

/** `--> file:line:column` and the marked lines; of a file without text only its name. */
function drawFile(
  marks: readonly Mark[],
  isFirst: boolean,
  sources: Sources,
  gutter: number,
  paint: Paint,
): readonly string[] {
  const [first] = marks as readonly [Mark];
  const place = placeOf(first.span, sources);
  const source = sources.get(first.span.file);
  const arrow = `${" ".repeat(gutter)}${paint("blue", isFirst ? "-->" : ":::")}`;
  const file = visible(first.span.file);
  if (!place || source === undefined) {
    const said = marks.filter(({ label }) => label !== "");
    const indent = " ".repeat(gutter + 1);
    return [
      `${arrow} ${file}`,
      ...said.map(({ label }) => `${indent}${paint("blue", "=")} ${visible(label)}`),
    ];
  }
  return [
    `${arrow} ${file}:${place.line}:${place.column}`,
    ...excerpt(source, marks, gutter, paint),
  ];
}

/** `note: …`; further lines stand below the first one's text. */
function aside(
  word: string,
  tone: Tone,
  text: string,
  gutter: number,
  paint: Paint,
): readonly string[] {
  const [first = "", ...rest] = text.split("\n").map(visible);
  const indent = " ".repeat(gutter + 1);
  const below = rest.map((line) => `${indent}${" ".repeat(word.length + 2)}${line}`.trimEnd());
  return [`${indent}${paint(tone, word)}: ${first}`, ...below];
}
