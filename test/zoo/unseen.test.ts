import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { standardLibrary } from "../../dsl/standard-node.ts";
import { check, compile } from "../../src/compile.ts";
import { assertEntriesAgree } from "../../src/testing.ts";
import { executors } from "../executor.ts";

const page = readFileSync(new URL("../../docs/zoo.md", import.meta.url), "utf8");
const text = /```eyrie unseen\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
const source = { file: "unseen.eyrie", text };

describe("the model that docs/zoo.md makes up", function () {
  this.timeout(120_000);
  it("has no mistake and nothing to warn of", () => {
    assert.deepEqual(check([source], standardLibrary()), []);
  });
  it("computes each of its scans with all that stands around it in one region", () => {
    const { compiled } = compile([source], { standard: standardLibrary(), entries: ["score"] });
    const { regions } = compiled!.entries["score"]!.fused;
    const scans = regions.filter((region) => region.anchor?.op === "scan");
    assert.equal(scans.length, 10);
  });
  for (const [name, open] of Object.entries(executors))
    it(`gives the same however it is fed, on ${name}`, async function () {
      const executor = await open(this as unknown as Mocha.Context);
      await assertEntriesAgree(executor, source, { batch: 3, chunk: 5, tolerance: 2e-5 });
    });
});
