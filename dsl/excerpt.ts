/** Draws the lines of one file that some spans stand on, each span underlined and said what it is. Changes no words. */
import { shown, visible } from "./columns.ts";
import { type Place, placeAt } from "./places.ts";
import type { Span } from "./syntax.ts";

/** A colour on a terminal, nothing elsewhere. */
export type Tone = "bold" | "red" | "yellow" | "blue" | "cyan" | "green";
export type Paint = (tone: Tone, text: string) => string;

/** A place to underline with `mark`, and what is said beside it. */
export type Mark = {
  readonly span: Span;
  readonly mark: "^" | "-";
  readonly tone: Tone;
  readonly label: string;
};
type Placed = Mark & { readonly place: Place };

/** The lines of the marks in their order, `...` where some are left out between them; line numbers fill `gutter` columns. */
export function excerpt(
  source: string,
  marks: readonly Mark[],
  gutter: number,
  paint: Paint,
): string[] {
  const placed = marks.map((mark): Placed => ({ ...mark, place: placeAt(source, mark.span.from) }));
  const numbers = [...new Set(placed.map(({ place }) => place.line))].toSorted((a, b) => a - b);
  const bar = paint("blue", "|");
  const lines = [`${" ".repeat(gutter)} ${bar}`];
  numbers.forEach((number, i) => {
    const left = i === 0 ? 0 : number - numbers[i - 1]! - 1;
    if (left === 1) lines.push(plainLine(source, placed, number, gutter, bar, paint));
    if (left > 1) lines.push(paint("blue", "..."));
    const here = placed.filter(({ place }) => place.line === number);
    lines.push(...markedLine(here, String(number).padStart(gutter), bar, paint));
  });
  return lines;
}

/** The line above a marked one, which would otherwise be the only one left out. */
function plainLine(
  source: string,
  placed: readonly Placed[],
  number: number,
  gutter: number,
  bar: string,
  paint: Paint,
): string {
  const below = placed.find(({ place }) => place.line === number)!.place;
  const { text } = placeAt(source, below.start - 1);
  const line = paint("blue", String(number - 1).padStart(gutter));
  return `${line} ${bar} ${shown(text, 0, 0).text}`.trimEnd();
}

/** One line of source, and below it a row for each mark: first what is wrong, then what explains it, from the left. */
function markedLine(
  marks: readonly Placed[],
  number: string,
  bar: string,
  paint: Paint,
): readonly string[] {
  const main = marks.find(({ mark }) => mark === "^") ?? marks[0]!;
  const { text, start } = main.place;
  const { text: line, columnOf } = shown(text, main.span.from - start, main.span.to - start);
  const rank = ({ mark, span }: Mark) => (mark === "^" ? -1 : span.from);
  const rows = marks
    .toSorted((a, b) => rank(a) - rank(b))
    .map(({ span, mark, tone, label }) => {
      const from = columnOf(Math.min(span.from - start, text.length));
      const to = columnOf(Math.min(Math.max(span.to, span.from) - start, text.length));
      const marked = mark.repeat(Math.max(to - from, 1));
      const said = label === "" ? marked : `${marked} ${visible(label)}`;
      return `${" ".repeat(number.length)} ${bar} ${" ".repeat(from)}${paint(tone, said)}`;
    });
  return [`${paint("blue", number)} ${bar} ${line}`.trimEnd(), ...rows];
}
