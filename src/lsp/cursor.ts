/** What is being written at an offset, told from the words before it alone, so that it works on half-written text. */
import type { IToken } from "chevrotain";
import { itemWordTexts } from "../../dsl/analyze/words.ts";
import * as t from "../../dsl/tokens.ts";

/** An open bracket: what stands before it, and the words since it or since the last comma in it. */
export type Open = {
  readonly sign: string;
  /** The name before a `(`, which it calls or whose list it opens. */
  readonly callee: string | null;
  /** Whether it belongs to an item's head: its parameters, or its braces. */
  readonly isHead: boolean;
  /** Commas passed at this level. */
  place: number;
  /** The words since the last comma. */
  part: IToken[];
  /** Names that were given by `name:` or `name =` at this level. */
  readonly given: string[];
};

export type Cursor = {
  /** Where the item's first word stands; null outside of any. */
  readonly itemFrom: number | null;
  /** Its first word: `block`, `model` … */
  readonly itemWord: string | null;
  /** Its words from the first on. */
  readonly words: readonly IToken[];
  /** From the outermost bracket to the innermost. */
  readonly open: readonly Open[];
  /** The begun name that ends at the offset. */
  readonly typed: string;
  /** The name before the dot, in `name.typed`. */
  readonly record: string | null;
};

const itemStart = new RegExp(`^(?:${itemWordTexts.join("|")})\\b`, "gm");

/** Null inside of comments and strings. */
export function cursorAt(text: string, offset: number): Cursor | null {
  if (isInert(text, offset)) return null;
  const before = text.slice(0, offset);
  const typed = /[A-Za-z_]\w*$/.exec(before)?.[0] ?? "";
  const record = /([A-Za-z_]\w*)\.$/.exec(before.slice(0, offset - typed.length))?.[1] ?? null;
  const until = offset - typed.length - (record === null ? 0 : record.length + 1);
  const starts = [...before.slice(0, until).matchAll(itemStart)];
  const itemFrom = starts.at(-1)?.index ?? null;
  const words = itemFrom === null ? [] : t.lexer.tokenize(text.slice(itemFrom, until)).tokens;
  const { open, isEnded } = bracketsOf(words);
  return isEnded
    ? { itemFrom: null, itemWord: null, words: [], open: [], typed, record }
    : { itemFrom, itemWord: words[0]?.image ?? null, words, open, typed, record };
}

/** Whether the rest of the offset's line before it is inside a comment or a string. */
function isInert(text: string, offset: number): boolean {
  const line = text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
  const withoutStrings = line.replace(/"(?:[^"\\]|\\.)*"/g, "");
  return withoutStrings.includes("//") || withoutStrings.includes('"');
}

function bracketsOf(words: readonly IToken[]): { open: readonly Open[]; isEnded: boolean } {
  const open: Open[] = [];
  let isEnded = false;
  words.forEach((word, i) => {
    const level = open.at(-1);
    if (word.image === "," && level) {
      level.place++;
      level.part = [];
      return;
    }
    const before = words[i - 1];
    if ((word.image === ":" || word.image === "=") && before) level?.given.push(before.image);
    if (/^[)\]}]$/.test(word.image)) {
      open.pop();
      isEnded = open.length === 0 && word.image === "}" && !isRecordType(words, i);
    }
    open.at(-1)?.part.push(word);
    if (/^[([{]$/.test(word.image)) open.push(opened(word, before, open.length === 0));
  });
  return { open, isEnded };
}

const opened = (word: IToken, before: IToken | undefined, isHead: boolean): Open => {
  const isNamed =
    before?.tokenType === t.Identifier || before?.tokenType.CATEGORIES?.includes(t.Identifier);
  return {
    sign: word.image,
    callee: word.image === "(" && isNamed && before ? before.image : null,
    isHead,
    place: 0,
    part: [],
    given: [],
  };
};

/** A `}` that ends the record after `->`: the body is still to come. */
function isRecordType(words: readonly IToken[], at: number): boolean {
  const start = words.slice(0, at).findLastIndex(({ image }) => image === "->");
  if (start < 0) return false;
  return (
    words[start + 1]?.image === "{" &&
    !words.slice(start + 2, at).some(({ image }) => image === "}")
  );
}
