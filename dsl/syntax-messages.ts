/** The part of the catalogue about spelling and order, E01: a code and facts become a message and a hint. */
import { quote, type Words } from "./wording.ts";

/** What other languages spell in another way. */
const foreign: Readonly<Record<string, string>> = {
  ";": "remove it: a statement ends with its line, and lists go on with `,`",
  "&&": "write `and`",
  "||": "write `or`",
  "!": "write `not`",
  "#": "start comments with `//`",
  ".": "a field belongs to a name: `r = pair(x)`, then `r.kept`; a number has digits on both sides of its point",
};

/** What the lexer, the scanner, the parser and the tree say. */
export const syntaxMessages = {
  E0101: (f: { text: string }) => ({
    message: `${quote(f.text)} means nothing in this language`,
    hint: foreign[f.text] ?? "remove it; names are letters, digits and `_`",
  }),
  E0102: (_: object) => ({
    message: "this string has no end",
    hint: 'close it with `"` on the same line',
  }),
  E0103: (f: { expected: string; found: string; hint: string }) => ({
    message: `expected ${f.expected}, found ${f.found}`,
    hint: f.hint,
  }),
  E0104: (f: { open: string; close: string }) => ({
    message: `this ${quote(f.open)} is never closed`,
    hint: `add the missing ${quote(f.close)}`,
  }),
  E0105: (f: { close: string; open: string | null }) => ({
    message: f.open
      ? `${quote(f.close)} does not close ${quote(f.open)}`
      : `${quote(f.close)} closes nothing`,
    hint: f.open ? `close ${quote(f.open)} first` : "remove it, or open it earlier",
  }),
  E0106: (f: { limit: number }) => ({
    message: `this expression is nested more than ${f.limit} levels deep`,
    hint: "give parts of it names of their own",
  }),
  E0107: (f: { shown: number }) => ({
    message: `too many mistakes; ${f.shown} of them are shown`,
    hint: "mend these and try again",
  }),
  E0108: (f: { text: string }) => ({
    message: `${quote(f.text)} is not a number that can be held`,
    hint: "write a number below 1e308, such as `10_000` or `1e-6`",
  }),
  E0109: (f: { label: string }) => ({
    message: `${quote(`as ${f.label}`)} names a call, and this is not one`,
    hint: "put `as` right after the closing `)` of a call",
  }),
  E0110: (_: object) => ({
    message: "a tensor passed by place comes after a setting passed by name",
    hint: "pass tensors first, then settings as `name: value`",
  }),
  E0111: (_: object) => ({
    message: "comparisons do not chain",
    hint: "compare two values at a time and join them with `and`",
  }),
  E0112: (f: { limit: number }) => ({
    message: `this file is longer than ${f.limit} characters`,
    hint: "split it into several files",
  }),
  E0113: (_: object) => ({
    message: "only the last line of a body may be a bare value",
    hint: "give it a name with `name = …`, or end the line before with the operator that joins them",
  }),
  E0114: (f: { owner: string }) => ({
    message: `the body of ${quote(f.owner)} has no result`,
    hint: "end the body with the value that it gives back",
  }),
  E0115: (f: { text: string }) => ({
    message: `${quote(f.text)} is not an index`,
    hint: "write a whole number from 0, such as `[0]`",
  }),
  E0116: (f: { operators: number }) => ({
    message: `this expression has more than ${f.operators} operators`,
    hint: "give parts of it names of their own",
  }),
  E0117: (f: { text: string }) => ({
    message: `${quote(f.text)} is not a value`,
    hint: "write `record.field` for a field of a record; parameters are used by their own names",
  }),
} satisfies Record<`E01${number}`, (facts: never) => Words>;
