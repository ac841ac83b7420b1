/** Where offsets of a text stand: lines and columns from 1, columns in characters. Draws nothing. */
import type { Span } from "./syntax.ts";

/** File names and their texts. */
export type Sources = ReadonlyMap<string, string>;

/** Where an offset stands: its line, its column, the whole line, and where that line starts. */
export type Place = {
  readonly line: number;
  readonly column: number;
  readonly text: string;
  readonly start: number;
};

/** The place of an offset; beyond the text's end, that end. */
export function placeAt(source: string, at: number): Place {
  const offset = Math.min(Math.max(at, 0), source.length);
  const start = offset === 0 ? 0 : source.lastIndexOf("\n", offset - 1) + 1;
  const end = source.indexOf("\n", offset);
  const text = source.slice(start, end < 0 ? source.length : end).replace(/\r$/, "");
  let line = 1;
  for (let next = source.indexOf("\n"); next >= 0 && next < start; line++)
    next = source.indexOf("\n", next + 1);
  return { line, column: [...source.slice(start, offset)].length + 1, text, start };
}

/** The place where a span begins; null where its file's text is unknown. */
export function placeOf(span: Span, sources: Sources): Place | null {
  const source = sources.get(span.file);
  return source === undefined ? null : placeAt(source, span.from);
}
