import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { probe } from "./probe.ts";
import { texts } from "./texts.ts";

const folder = new URL("corpus/", import.meta.url);

describe("the language, given any text", function () {
  this.timeout(60_000);
  for (const name of readdirSync(folder).sort())
    it(`ends ${name}, which once went wrong, in diagnostics or a model`, () => {
      probe(readFileSync(new URL(name, folder), "utf8"));
    });
  it("ends a few hundred random texts in diagnostics or a model", () => {
    fc.assert(
      fc.property(texts, (text) => {
        probe(text);
      }),
      { numRuns: Number(process.env.EYRIE_FUZZ_RUNS ?? 300) },
    );
  });
});
