/** Texts to throw at the language: bytes, words in any order, real files with pieces moved about, and texts that ask for too much. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { primitiveNames } from "../../dsl/elaborate/primitives/all.ts";
import { allTokens } from "../../dsl/tokens.ts";
import { anyLayout, anyTree, typedProgram, write } from "../programs.ts";
import { extremes } from "./extremes.ts";

const root = new URL("../..", import.meta.url).pathname;

/** Every model file of the repository, the mistaken ones of `dsl/explain` and those that once went wrong included. */
const files: readonly string[] = ["dsl", "examples", "test/fuzz/corpus", "test/samples"].flatMap(
  (folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".eyrie"))
      .sort()
      .map((name) => readFileSync(join(root, folder, name), "utf8")),
);

const numbers = [
  "0",
  "-1",
  "1",
  "2",
  "3",
  "0.5",
  "1e18",
  "1e308",
  "2147483648",
  "1_000_000_000",
  "7",
];
const words: readonly string[] = [
  ...allTokens.flatMap(({ PATTERN }) => (typeof PATTERN === "string" ? [PATTERN] : [])),
  ...primitiveNames,
  ...numbers,
  ...["x", "y", "f", "g", "m", "B", "T", "D", "K", "tokens", "position", "linear", "residual"],
  ...['"one"', "layers.{i}.w", "r.kept", "over:", "// a comment\n", "\n", "\n\n"],
];

/** Splits a text into words, marks and the space between them. */
const piecesOf = (text: string): string[] => text.match(/\w+|[^\S\n]+|\n|./gsu) ?? [];

type Change = {
  readonly kind: "drop" | "twice" | "swap" | "word" | "number" | "line" | "byte" | "cut";
  readonly at: number;
  readonly other: number;
  readonly word: string;
};

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom("drop", "twice", "swap", "word", "number", "line", "byte", "cut"),
  at: fc.nat(),
  other: fc.nat(),
  word: fc.constantFrom(...words),
});

function apply(pieces: string[], { kind, at, other, word }: Change): string[] {
  if (pieces.length === 0) return [word];
  const [i, j] = [at % pieces.length, other % pieces.length];
  switch (kind) {
    case "drop":
      return pieces.toSpliced(i, 1 + (other % 3));
    case "twice":
      return pieces.toSpliced(i, 0, ...pieces.slice(i, i + 1 + (other % 40)));
    case "swap":
      return pieces.with(i, pieces[j]!).with(j, pieces[i]!);
    case "word":
      return pieces.with(i, word);
    case "number": {
      const places = pieces.flatMap((piece, place) => (/^\d+$/.test(piece) ? [place] : []));
      const place = places[at % Math.max(places.length, 1)];
      return place === undefined ? pieces : pieces.with(place, numbers[other % numbers.length]!);
    }
    case "line":
      return pieces.toSpliced(i, 0, "\n", word, " ");
    case "byte":
      return pieces.with(i, String.fromCodePoint(other % 0xd800));
    case "cut":
      return i < j ? pieces.slice(i, j) : pieces.slice(0, i);
  }
}

/** Real text with one to eight changes, sometimes with another file's end. */
const changed = (sources: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(sources, fc.array(change, { minLength: 1, maxLength: 8 }))
    .map(([text, changes]) => changes.reduce(apply, piecesOf(text)).join(""));

const known = fc.constantFrom(...files);
const spliced = fc
  .tuple(known, known, fc.nat(), fc.nat())
  .map(([a, b, i, j]) => a.slice(0, i % (a.length + 1)) + b.slice(j % (b.length + 1)));

/** Programs of the grammar, meaningless or meant, in any layout. */
const programs = fc.oneof(
  fc.tuple(anyTree, anyLayout).map(([tree, layout]) => write(tree, layout)),
  typedProgram,
);

/** Any text: one source of trouble after another, the grammar's own programs among them. */
export const texts: fc.Arbitrary<string> = fc.oneof(
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 200 }) },
  {
    weight: 2,
    arbitrary: fc.array(fc.constantFrom(...words), { maxLength: 120 }).map((w) => w.join(" ")),
  },
  { weight: 6, arbitrary: changed(known) },
  { weight: 1, arbitrary: spliced },
  { weight: 3, arbitrary: programs },
  { weight: 3, arbitrary: changed(programs) },
  { weight: 1, arbitrary: extremes },
  { weight: 1, arbitrary: changed(extremes) },
);
