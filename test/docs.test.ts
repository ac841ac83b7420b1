import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { primitiveNames } from "../dsl/elaborate/primitives/all.ts";
import { parse } from "../dsl/parse.ts";
import { refusals } from "../dsl/refusals.ts";
import { standardLibrary } from "../dsl/standard-node.ts";
import { allTokens } from "../dsl/tokens.ts";
import { check } from "../src/compile.ts";
import { explainedCodes, readExplanation } from "../src/explanations.ts";

const path = new URL("../docs/language.md", import.meta.url).pathname;
const text = written(readFileSync(path, "utf8"));

/** The page with its two tables as the catalogue has them; `npm run golden` writes it so. */
function written(page: string): string {
  const cell = (words: string) => words.replaceAll("|", "\\|");
  const refused = [
    "| what | why | what to write |",
    "|---|---|---|",
    ...refusals.map(
      ({ what, why, instead }) => `| ${cell(what)} | ${cell(why)} | ${cell(instead)} |`,
    ),
  ];
  const codes = [
    "| code | | golden |",
    "|---|---|---|",
    ...explainedCodes().map((code) => {
      const { title } = readExplanation(code)!;
      return `| ${code} | ${cell(title)} | [input](../dsl/explain/${code}/wrong.eyrie), [message](../dsl/explain/${code}/expected.txt), [mended](../dsl/explain/${code}/right.eyrie) |`;
    }),
  ];
  const put = (into: string, name: string, lines: readonly string[]) =>
    into.replace(
      new RegExp(`<!-- ${name} -->\\n[\\s\\S]*?<!-- end -->`),
      () => `<!-- ${name} -->\n${lines.join("\n")}\n<!-- end -->`,
    );
  const right = put(put(page, "refused", refused), "diagnostics", codes);
  if (process.env.EYRIE_GOLDEN === "write") writeFileSync(path, right);
  return right;
}

describe("docs/language.md", () => {
  const examples = [...text.matchAll(/```eyrie\n(.*?)```/gs)].map((match) => ({
    source: match[1] ?? "",
    line: text.slice(0, match.index).split("\n").length + 1,
  }));
  for (const { source, line } of examples)
    it(`has no mistake in the example on line ${line}`, () => {
      const found = check([{ file: `line ${line}`, text: source }], standardLibrary());
      assert.deepEqual(
        found.map(
          ({ code, message, span }) => `${code} ${message}: ${source.slice(span.from, span.to)}`,
        ),
        [],
      );
    });
  it("lists what cannot be said and every diagnostic as the catalogue has them", () => {
    assert.equal(readFileSync(path, "utf8"), text);
  });
  const inCode = new Set(
    [...text.matchAll(/`([^`\n]+)`/g)].flatMap((match) => match[1]?.split(/\W+/) ?? []),
  );
  it("names every primitive and every word of the language", () => {
    const words = allTokens.flatMap(({ PATTERN }) =>
      typeof PATTERN === "string" && /^\w+$/.test(PATTERN) ? [PATTERN] : [],
    );
    assert.deepEqual(
      [...primitiveNames, ...words].filter((name) => !inCode.has(name)),
      [],
    );
  });
  it("names every block of the standard library", () => {
    const blocks = standardLibrary().flatMap((file) =>
      parse(file.file, file.text).ast.items.flatMap((item) =>
        item.kind === "block" ? [item.name.text] : [],
      ),
    );
    assert.deepEqual(
      blocks.filter((name) => !inCode.has(name)),
      [],
    );
  });
});
