import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { messages } from "../../dsl/messages.ts";
import { explainedCodes, printExplanation, readExplanation } from "../../src/explanations.ts";
import { render, sayOf, wrongSource } from "./explained.ts";

const write = process.env.EYRIE_GOLDEN === "write";
const root = new URL("../../dsl/explain/", import.meta.url);

describe("dsl/explain", () => {
  const codes = Object.keys(messages).toSorted();

  it("has a folder for every code of the catalogue, and for no other", () => {
    assert.deepEqual(explainedCodes(), codes);
  });

  for (const code of codes) {
    describe(code, () => {
      const explanation = readExplanation(code);
      before(() => assert.ok(explanation, `dsl/explain/${code} lacks its files`));

      it("is said first of the wrong example, word for word as expected.txt has it", async function () {
        this.timeout(120_000);
        const said = await sayOf(wrongSource(explanation!), explanation!.options ?? {});
        // Only the end of a long list is told last.
        const first = said.diagnostics.at(code === "E0107" ? -1 : 0);
        assert.equal(first?.code, code, render(said));
        const text = render(said);
        if (write) writeFileSync(new URL(`${code}/expected.txt`, root), text);
        assert.equal(write ? text : explanation!.expected, text);
      });

      it("is mended in the right example, which is right in every other way", async function () {
        this.timeout(120_000);
        const { right, options } = explanation!;
        const source = { file: "right.eyrie", text: right };
        const plain = await sayOf(source, {});
        assert.equal(render(plain), "");
        if (!options) return;
        const { times: _, right: others = options, ...rest } = options;
        const said = await sayOf(source, others === options ? rest : others);
        assert.deepEqual(
          said.diagnostics.filter((d) => d.code === code || d.severity === "error"),
          [],
          render(said),
        );
      });

      it("is told in plain sentences", () => {
        const { title, why } = explanation!;
        assert.match(title, /^[A-Z0-9`].{5,70}[^.]$/);
        assert.ok(why.length > 60 && /[.!]$/.test(why), why);
        assert.match(printExplanation(explanation!), new RegExp(`^${code}: `));
      });
    });
  }
});
