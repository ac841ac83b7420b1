import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { parse } from "../../dsl/parse.ts";
import { readModel } from "./zoo.ts";

const root = new URL("../../", import.meta.url);
const text = readFileSync(new URL("docs/zoo.md", root), "utf8");
const names = readdirSync(new URL("examples/zoo", root))
  .filter((file) => file.endsWith(".eyrie"))
  .map((file) => file.replace(".eyrie", ""));

/** Lines of blocks, functions, constants and models, without comments. */
function linesOf(name: string): number {
  const source = readModel(name);
  const { items } = parse(source.file, source.text).ast;
  const counted = items.filter(({ kind }) => kind !== "config" && kind !== "names");
  return counted
    .flatMap(({ span }) => source.text.slice(span.from, span.to).split("\n"))
    .filter((line) => line.trim() !== "" && !line.trim().startsWith("//")).length;
}

const indented = (lines: string): string => lines.replace(/^\s+|\s+$/gm, "");

describe("docs/zoo.md", () => {
  it("lists every model of the zoo with its number of lines", () => {
    const rows = [...text.matchAll(/^\| \[(\w+)\]\(\S+\) \|.*?\|.*?\| (\w*) \|/gm)];
    assert.deepEqual(
      Object.fromEntries(rows.map(([, name, lines]) => [name!, Number(lines)])),
      Object.fromEntries(names.map((name) => [name, linesOf(name)])),
    );
  });
  for (const name of names)
    it(`quotes ${name} as it is`, () => {
      const [, section = ""] = text.split(`\n## ${name}\n`);
      const own = section.split("\n## ")[0]!;
      const quotes = [...own.matchAll(/```eyrie\n(.*?)```/gs)].map((match) => match[1]!);
      assert.ok(quotes.length > 0, "a quote");
      for (const quote of quotes)
        assert.ok(indented(readModel(name).text).includes(indented(quote)), quote);
    });
});
