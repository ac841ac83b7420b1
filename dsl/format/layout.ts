/** The few layouts that everything is made of: gaps where comments may stand, lists, and lines of their own. Knows no syntax. */
import { builders } from "prettier/doc";
import type { Comment, Words } from "./words.ts";

const { breakParent, fill, group, hardline, ifBreak, indent, join, line, lineSuffix, softline } =
  builders;
export type Doc = builders.Doc;

/** A part of a list or a body, with what stands before it. */
export type Row = {
  readonly comments: readonly Comment[];
  readonly afterBlank: boolean;
  readonly doc: Doc;
};

/** Comments behind the last word or on lines of their own; a line break must follow. */
function remarks(comments: readonly Comment[], keepsBlank = false): Doc {
  return comments.map(({ text, opensLine, afterBlank }, index) => {
    if (index === 0 && !opensLine) return [lineSuffix(` ${text}`), breakParent];
    return [hardline, afterBlank && (index > 0 || keepsBlank) ? hardline : "", text];
  });
}

/** `flat` before what `build` prints, or the comments that stand there. A line break must be harmless here. */
export function after(words: Words, flat: Doc, build: () => Doc): Doc {
  const comments = words.comments();
  return comments.length === 0 ? [flat, build()] : indent([remarks(comments), hardline, build()]);
}

/** As `after`, where the indentation is made around it. */
export function gap(words: Words, flat: Doc): Doc {
  const comments = words.comments();
  return comments.length === 0 ? flat : [remarks(comments), hardline];
}

/** Reads one part and what stands before it. */
export const row = (words: Words, build: () => Doc): Row => ({
  comments: words.comments(),
  afterBlank: words.afterBlank,
  doc: build(),
});

/** Each row on a line of its own. Blank lines between rows stay, one of several, and none at the edges. */
export function lines(rows: readonly Row[], last: readonly Comment[], end = ""): Doc {
  const docs = rows.map(({ comments, afterBlank, doc }, index) => {
    const keepsBlank = afterBlank && (index > 0 || comments.length > 0);
    return [remarks(comments, index > 0), hardline, keepsBlank ? hardline : "", doc, end];
  });
  return [docs, remarks(last, rows.length > 0)];
}

/** `flat` before a closing word, or the comments that stand there, as far in as what it closes. */
export function foot(words: Words, flat: Doc, until?: number): Doc {
  const comments = words.comments(until);
  return comments.length === 0 ? flat : [indent(remarks(comments)), hardline];
}

/** How a list is broken: filled, or one part a line (as every list with a comment is). */
export type Style = "fill" | "rows";

/** A bracketed list of parts between commas; with one behind the last where it is broken. `id` tells others whether it is. */
export function list(
  words: Words,
  brackets: readonly [open: string, close: string],
  parts: readonly (() => Doc)[],
  style: Style,
  id = Symbol("list"),
): Doc {
  const open = words.take(brackets[0]);
  const rows = parts.map((part) => row(words, part));
  const last = words.comments();
  const close = words.take(brackets[1]);
  const docs = rows.map(({ doc }) => doc);
  if (last.length > 0 || rows.some(({ comments }) => comments.length > 0))
    return group([open, indent(lines(rows, last, ",")), hardline, close], { id });
  if (docs.length === 0) return group([open, close], { id });
  const edge = open === "{" ? line : softline;
  const ended = docs.map((doc, index) =>
    index < docs.length - 1 ? [doc, ","] : [doc, ifBreak(",", "", { groupId: id })],
  );
  const inner = style === "fill" ? fill(join(line, ended)) : join(line, ended);
  return group([open, indent([edge, inner]), edge, close], { id });
}
