/** The words of the language by what they allow: hard ones can be no names, soft ones are names elsewhere. */
import { allTokens, Identifier, Infix, itemWords, Prefix } from "../tokens.ts";

const words = allTokens.flatMap((type) =>
  typeof type.PATTERN === "string" && /^\w+$/.test(type.PATTERN)
    ? [{ type, text: type.PATTERN }]
    : [],
);
const isSoft = ({ type }: (typeof words)[number]) => type.CATEGORIES?.includes(Identifier) === true;

/** Words that cannot be names. */
export const hardWords: ReadonlySet<string> = new Set(
  words.filter((word) => !isSoft(word)).map(({ text }) => text),
);
/** Words with a meaning in one place only. */
export const softWords: ReadonlySet<string> = new Set(words.filter(isSoft).map(({ text }) => text));
/** Words that start an item. */
export const itemWordTexts: readonly string[] = [...itemWords].map(({ PATTERN }) =>
  String(PATTERN),
);
/** Hard words that are operators: `and`, `or`, `not`. */
export const operatorWords: ReadonlySet<string> = new Set(
  words
    .filter(({ type }) => type.CATEGORIES?.some((of) => of === Infix || of === Prefix))
    .map(({ text }) => text),
);
