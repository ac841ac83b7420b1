import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { primitiveNames } from "../dsl/elaborate/primitives/all.ts";
import { parse } from "../dsl/parse.ts";
import { standardLibrary } from "../dsl/standard-node.ts";
import { allTokens } from "../dsl/tokens.ts";
import { check } from "../src/compile.ts";

const path = new URL("../docs/language.md", import.meta.url).pathname;
const text = readFileSync(path, "utf8");

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
