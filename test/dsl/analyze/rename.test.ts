import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { observe } from "../../../dsl/analyze/observe.ts";
import { rename, renameable } from "../../../dsl/analyze/rename.ts";
import type { Definition, Reference } from "../../../dsl/analyze/symbols.ts";
import { type Analysis, analyze } from "../../../dsl/analyze.ts";
import { checkFile } from "../../../dsl/elaborate.ts";
import { parse } from "../../../dsl/parse.ts";
import { sample } from "../../lsp/editor.ts";
import { standard } from "../files.ts";

const root = new URL("../../..", import.meta.url).pathname;
const texts = [
  { name: "the sample", text: sample },
  ...readdirSync(join(root, "examples"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".eyrie"))
    .map((name) => ({ name, text: readFileSync(join(root, "examples", name), "utf8") })),
];

const look = (text: string): Analysis => analyze(parse("model.eyrie", text).ast, standard);

/** Which references mean which: the place of each definition in the order of the text. */
function meanings({ references }: Analysis): readonly string[] {
  const place = (d: Definition) =>
    d.span?.file === "model.eyrie"
      ? references.findIndex((r) => r.span.from === d.span?.from)
      : `${d.kind} ${d.name}`;
  return references.map(
    ({ role, definitions }: Reference) => `${role} ${definitions.map(place).join(" ")}`,
  );
}

function applied(
  text: string,
  edits: readonly { span: { from: number; to: number }; text: string }[],
) {
  return [...edits]
    .sort((a, b) => b.span.from - a.span.from)
    .reduce((all, { span, text: to }) => all.slice(0, span.from) + to + all.slice(span.to), text);
}

/** The parameters of the file's models, and the rules of its tables that name one. */
function tables(of: Analysis) {
  const { models } = observe([...standard, of.file], of.file);
  const paths = new Set(models.flatMap((model) => model.paths));
  const rules = of.file.items.flatMap((item) => (item.kind === "names" ? item.rules : []));
  return {
    parameters: paths.size,
    named: rules.filter(({ path }) => paths.has(path.text)).map(({ source }) => source.text),
  };
}

/** What paths of parameters are made of. */
const inPaths = new Set(["label", "param", "block"]);

describe("a renaming", () => {
  for (const { name, text } of texts)
    it(`of any name of ${name} leaves every other meaning as it was`, () => {
      const before = look(text);
      const expected = meanings(before);
      const mistakes = (of: Analysis) =>
        checkFile([...standard, of.file], [of.file]).map(({ code }) => code);
      const atFirst = mistakes(before);
      const tablesAtFirst = tables(before);
      const definitions = new Set(
        before.references.flatMap((reference) => {
          const found = renameable(reference);
          return "definition" in found ? [found.definition] : [];
        }),
      );
      assert.ok(definitions.size > 3);
      if (name === "the sample") assert.equal(tablesAtFirst.named.length, 4);
      let checked = 0;
      for (const definition of definitions) {
        const renaming = rename(before, definition, "zzz_fresh");
        assert.ok("edits" in renaming, `${definition.name}: ${JSON.stringify(renaming)}`);
        const after = look(applied(text, renaming.edits));
        assert.deepEqual(meanings(after), expected, `${definition.kind} ${definition.name}`);
        assert.ok(renaming.edits.length > 0);
        // A check takes longer: every tenth.
        if (tablesAtFirst.named.length > 0 && inPaths.has(definition.kind))
          assert.deepEqual(tables(after), tablesAtFirst, definition.name);
        if (checked++ % 10 === 0) assert.deepEqual(mistakes(after), atFirst, definition.name);
      }
    });
});
