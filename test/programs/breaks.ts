/** Where lines may break between the words of a file: nowhere before a call's `(` or a `-` outside brackets, nor inside the head of an item. */
import { allTokens, Identifier } from "../../dsl/tokens.ts";
import type { Word } from "./spell.ts";

/** Words that are names in most places, and start items or types in some. */
const softWords: ReadonlySet<string> = new Set(
  allTokens
    .filter(({ CATEGORIES }) => CATEGORIES?.includes(Identifier))
    .map(({ PATTERN }) => String(PATTERN)),
);

/** Whether a line may, must or must not break before each word. */
export function breaksOf(words: readonly Word[]): readonly ("may" | "must" | "never")[] {
  const bodies: boolean[] = [];
  return words.map(({ text, doc, glued, result, body }, index) => {
    const free = bodies.at(-1) === false;
    const ground = bodies.length === 0;
    if ("}])".includes(text)) bodies.pop();
    if ("{[(".includes(text)) bodies.push(body === true);
    if (doc !== undefined) {
      const must = doc !== "" || index === 0 || softWords.has(words[index + 1]?.text ?? "");
      return must ? "must" : "may";
    }
    if (result && (text === "-" || text === "(")) return "must";
    return (glued && !free) || (ground && softWords.has(text)) ? "never" : "may";
  });
}
