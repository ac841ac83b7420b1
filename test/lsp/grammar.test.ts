import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createHighlighter } from "shiki";
import { hardWords, operatorWords, softWords } from "../../dsl/analyze/words.ts";
import { primitiveNames } from "../../dsl/elaborate/primitives/all.ts";
import { initializerDocs } from "../../dsl/primitive-docs.ts";
import { lexer } from "../../dsl/tokens.ts";
import { grammarPath, grammarText } from "../../editors/vscode/bundle.ts";
import { grammar } from "../../editors/vscode/grammar.ts";

const root = new URL("../..", import.meta.url).pathname;
const files = ["examples", "dsl/std"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".eyrie"))
    .map((name) => join(folder, name)),
);

/** For every character of a text, the innermost scope that the grammar gives it. */
async function scopesOf(text: string): Promise<readonly string[]> {
  const eyrie = { ...structuredClone(grammar), name: "eyrie", repository: {} };
  highlighter ??= await createHighlighter({ themes: ["github-light"], langs: [eyrie as never] });
  const { tokens } = highlighter.codeToTokens(text, {
    lang: "eyrie" as never,
    theme: "github-light",
    includeExplanation: "scopeName",
  });
  const scopes: string[] = [];
  for (const { offset, explanation = [] } of tokens.flat()) {
    let at = offset;
    for (const { content, scopes: of } of explanation)
      for (const _ of content) scopes[at++] = of.at(-1)?.scopeName ?? "";
  }
  return scopes;
}
let highlighter: Awaited<ReturnType<typeof createHighlighter>> | null = null;

/** Where each word of the language means what it says. */
const places: Readonly<Record<string, string>> = {
  param: "param w: [D] = zeros",
  size: "size K = L",
  if: "if a then b else c",
  then: "if a then b else c",
  else: "if a then b else c",
  as: "f(x) as g",
  true: "true",
  false: "false",
  and: "a and b",
  or: "a or b",
  not: "not a",
  block: "block f(x: [B]) -> [B] { x }",
  model: "model m() { x }",
  function: "function f(x) { x }",
  constant: "constant c = 1",
  config: 'config m "a" { }',
  names: "names n { }",
  number: "eps: number = 1",
  flag: "on: flag",
  pattern: "layers: pattern",
  int: "x: int[B, T]",
  transpose: 'w = transpose "w"',
};
const ofLanguage = /^(keyword|storage|support|constant\.language|variable\.language)/;

describe("the TextMate grammar", () => {
  it("lies in the extension as its tables make it", () => {
    assert.equal(readFileSync(grammarPath, "utf8"), grammarText(), "run `npm run vsix`");
  });
  it("gives every word of the language a scope of its own", async () => {
    for (const word of [...hardWords, ...softWords]) {
      const text = places[word];
      assert.ok(text, `this test has no place for ${word}`);
      const at = new RegExp(`\\b${word}\\b`).exec(text)!.index;
      assert.match((await scopesOf(text))[at] ?? "", ofLanguage, `${word} in ${text}`);
    }
  });
  it("leaves soft words alone where they are names", async () => {
    for (const text of ["config + 1", "a * names", "block", "pattern"])
      assert.match((await scopesOf(text)).at(text.startsWith("a") ? -1 : 0)!, /^variable\.other/);
  });
  it("knows every function and start of the language", async () => {
    for (const name of primitiveNames)
      assert.equal((await scopesOf(`${name}(x)`))[0], "support.function.eyrie", name);
    for (const name of Object.keys(initializerDocs))
      assert.match((await scopesOf(`param w: [D] = ${name}(1)`))[15]!, /^support\./, name);
  });
  for (const file of files)
    it(`agrees with the lexer on ${file}`, async () => {
      const text = readFileSync(join(root, file), "utf8");
      const scopes = await scopesOf(text);
      const { tokens } = lexer.tokenize(text);
      const isToken = new Set<number>();
      for (const { image, startOffset, tokenType } of tokens) {
        for (let i = 0; i < image.length; i++) isToken.add(startOffset + i);
        const expected = expectedScope(image, tokenType.name);
        assert.match(
          scopes[startOffset] ?? "none",
          expected,
          `${image} at ${startOffset}: …${text.slice(startOffset - 20, startOffset + 20)}…`,
        );
      }
      [...text].forEach((character, at) => {
        if (!isToken.has(at) && /\S/.test(character))
          assert.match(scopes[at] ?? "none", /^comment\.line/, `${character} at ${at}`);
      });
    });
  it("ends a string that is not closed at its line's end", async () => {
    const text = 'names n { a = "b\n c = "d" }';
    const scopes = await scopesOf(text);
    assert.match(scopes[text.indexOf("b")]!, /^string/);
    assert.match(scopes[text.indexOf("c")]!, /^variable/);
  });
  it("takes nothing in a comment for code, and no slashes in a string for a comment", async () => {
    const text = 'a = "x // y" // if "z"';
    const scopes = await scopesOf(text);
    assert.match(scopes[text.indexOf("//")]!, /^string/);
    assert.match(scopes[text.indexOf("if")]!, /^comment/);
    assert.match(scopes[text.indexOf("z")]!, /^comment/);
  });
});

function expectedScope(image: string, type: string): RegExp {
  if (type === "Text" || type === "OpenText") return /^(string|constant)/;
  if (type === "Numeral") return /^constant\.numeric/;
  if (operatorWords.has(image)) return /^keyword\.operator\.word/;
  if (hardWords.has(image)) return ofLanguage;
  if (/^[()[\]{}]$/.test(image)) return /^punctuation\.section/;
  if (/^[,:]$/.test(image)) return /^punctuation\.separator/;
  if (/^\W+$/.test(image)) return /^keyword\.operator/;
  return /^(variable|entity|support|storage|keyword)/;
}
