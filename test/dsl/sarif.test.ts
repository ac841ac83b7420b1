import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv } from "ajv";
import { parse } from "../../dsl/parse.ts";
import { sarifLog } from "../../dsl/sarif.ts";
import { explainedCodes, readExplanation } from "../../src/explanations.ts";
import { sayOf, wrongSource } from "./explained.ts";

/** The committee's own schema, in the draft that it was written in: its ids and patterns are older than ajv's. */
const schemaPath = "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json";
const {
  id: _,
  $schema,
  ...schema
} = JSON.parse(readFileSync(createRequire(import.meta.url).resolve(schemaPath), "utf8"));
const validate = new Ajv({
  ...{ strict: false, validateFormats: false, unicodeRegExp: false, logger: false },
}).compile(schema);

const tool = { version: "1.2.3", rule: readExplanation };
/** The log of the diagnostics of one code's wrong example. */
async function logOf(code: string) {
  const explanation = readExplanation(code)!;
  const { diagnostics, sources } = await sayOf(wrongSource(explanation), explanation.options ?? {});
  return { diagnostics, log: sarifLog(diagnostics, sources, tool) };
}

describe("a SARIF log", () => {
  it("refuses what is no log, so that the schema is known to bite", () => {
    assert.equal($schema, "http://json-schema.org/draft-04/schema#");
    assert.equal(validate({ version: "2.1.0", runs: [{ tool: { driver: {} } }] }), false);
    assert.equal(validate({ version: "2.1.0", runs: [{ tool: { driver: { name: "x" } } }] }), true);
  });
  it("is one by the committee's schema, for every code there is", async function () {
    this.timeout(120_000);
    for (const code of explainedCodes()) {
      const { log } = await logOf(code);
      const whole = JSON.parse(JSON.stringify(log));
      assert.ok(validate(whole), `${code}: ${JSON.stringify(validate.errors?.slice(0, 3))}`);
    }
  });
  it("says each code's title and reason once, as a rule, and each diagnostic as a result", async () => {
    const { log, diagnostics } = await logOf("E0301");
    const [run] = log.runs;
    const { title, why } = readExplanation("E0301")!;
    assert.deepEqual(run!.tool.driver.rules, [
      {
        id: "E0301",
        defaultConfiguration: { level: "error" },
        shortDescription: { text: title },
        fullDescription: { text: why },
        help: { text: `${why}\nMore: eyrie explain E0301` },
      },
    ]);
    assert.deepEqual(
      run!.results.map((r) => [r.ruleId, r.ruleIndex, r.level]),
      diagnostics.map((d) => [d.code, 0, d.severity]),
    );
    const [{ message, notes, hint }] = diagnostics as [(typeof diagnostics)[number]];
    assert.equal(run!.results[0]!.message.text, `${message}\nnote: ${notes[0]}\nhint: ${hint}`);
    assert.deepEqual(run!.results[0]!.properties, { hint, notes });
  });
  it("gives places as lines and columns in characters, second places as related ones", async () => {
    const { log } = await logOf("E0301");
    const [result] = log.runs[0]!.results;
    assert.deepEqual(result!.locations[0]!.physicalLocation, {
      artifactLocation: { uri: "wrong.eyrie", index: 0 },
      region: { startLine: 3, startColumn: 3, endLine: 3, endColumn: 8 },
    });
    assert.deepEqual(
      result!.relatedLocations?.map((r) => [r.message.text, r.physicalLocation.region?.startLine]),
      [
        ["`x` is [B, T, D] from here", 1],
        ["`y` is [B, T, wide] from here", 2],
      ],
    );
    const text = "block 語(";
    const { diagnostics } = parse("a", `// 🙂 语\n${text}`);
    const wide = sarifLog(diagnostics, new Map([["a", `// 🙂 语\n${text}`]]), tool);
    assert.equal(wide.runs[0]!.results[0]!.locations[0]!.physicalLocation.region?.startColumn, 7);
  });
  it("carries the one near name as a change of the text", async () => {
    const { log } = await logOf("E0201");
    const [fix] = log.runs[0]!.results[0]!.fixes ?? [];
    assert.deepEqual(fix!.artifactChanges[0]!.replacements, [
      {
        deletedRegion: { startLine: 3, startColumn: 3, endLine: 3, endColumn: 7 },
        insertedContent: { text: "gate" },
      },
    ]);
    assert.equal((await logOf("E0215")).log.runs[0]!.results[0]!.fixes, undefined);
  });
  it("calls notes and warnings what they are, and places without a text by their file alone", async () => {
    const { log } = await logOf("N0603");
    assert.deepEqual(
      log.runs[0]!.results.map((r) => r.level),
      ["note"],
    );
    const { diagnostics } = await logOf("E0402");
    const lost = sarifLog(diagnostics, new Map(), tool);
    assert.equal(lost.runs[0]!.results[0]!.locations[0]!.physicalLocation.region, undefined);
    assert.ok(validate(JSON.parse(JSON.stringify(lost))));
  });
});
