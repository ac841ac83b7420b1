/**
 * Rewrites a file in the one layout of the language: two spaces, a hundred columns, every comment where it stood.
 * Changes no meaning: what it made is read again and compared.
 */
import { printer } from "prettier/doc";
import { CompilerBug } from "../src/graph/bug.ts";
import type { Diagnostic } from "./diagnostics.ts";
import { fileDoc } from "./format/items.ts";
import { Words } from "./format/words.ts";
import { type Parsed, parse } from "./parse.ts";
import type { File } from "./syntax.ts";

/** The text in its layout, or why it was left alone. */
export type Formatted = { readonly text: string } | { readonly diagnostics: readonly Diagnostic[] };

/** What indentation and parentheses can carry a text over: the length of a file, the depth of brackets. */
const limits: ReadonlySet<string> = new Set(["E0106", "E0112"]);
const options = { printWidth: 100, tabWidth: 2 };

/** The whole text of a file in its layout; everything wrong with it where it has errors. `file` is what their spans call it, `before` the text as it was read. */
export function formatText(source: string, file = "", before = parse(file, source)): Formatted {
  if (hasErrors(before)) return { diagnostics: before.diagnostics };
  const doc = fileDoc(new Words(before.ast), before.ast);
  const { formatted } = printer.printDocToString(doc, options);
  const text = formatted === "" ? "" : `${formatted.slice(1)}\n`;
  const after = parse(file, text);
  if (after.diagnostics.some(({ code }) => limits.has(code)))
    return { diagnostics: after.diagnostics };
  if (hasErrors(after) || meaning(after.ast) !== meaning(before.ast))
    throw new CompilerBug(`the formatter changed the meaning of\n${source}`);
  return { text };
}

const hasErrors = ({ diagnostics }: Parsed): boolean =>
  diagnostics.some(({ severity }) => severity === "error");

/** Everything that a tree says but for places. */
const meaning = ({ items }: File): string =>
  JSON.stringify(items, (key, value) => (key === "span" ? undefined : value));
