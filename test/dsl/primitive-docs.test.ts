import assert from "node:assert/strict";
import { ambientNames } from "../../dsl/elaborate/frame.ts";
import { primitive, primitiveNames } from "../../dsl/elaborate/primitives/all.ts";
import { ambientDocs, initializerDocs, primitiveDocs } from "../../dsl/primitive-docs.ts";
import { elaborateText } from "./files.ts";

const sizes = { batch: 1, tokens: 1, chunk: 1, context: 8 };

describe("the table of the language's own functions", () => {
  it("tells of every one, and of no other", () => {
    assert.deepEqual(Object.keys(primitiveDocs).sort(), [...primitiveNames].sort());
  });
  it("tells of every setting, and of no other", () => {
    for (const name of primitiveNames) {
      const known = primitive(name)?.named ?? [];
      assert.deepEqual(
        Object.keys(primitiveDocs[name]?.settings ?? {}).sort(),
        [...known].sort(),
        name,
      );
    }
  });
  it("spells each signature with its name and every setting", () => {
    for (const [name, { signature, line, settings = {} }] of Object.entries(primitiveDocs)) {
      assert.ok(signature.startsWith(`${name}(`), signature);
      for (const setting of Object.keys(settings))
        assert.ok(signature.includes(`${setting}: `), signature);
      assert.match(line, /\.$/, name);
    }
  });
  it("tells of every name that each body knows", () => {
    assert.deepEqual(Object.keys(ambientDocs).sort(), [...ambientNames].sort());
  });
  it("tells of starts that parameters can have", () => {
    for (const [name, { signature }] of Object.entries(initializerDocs)) {
      const start = signature.replace("variance", "1").replace("low, high", "0, 1");
      const text = `block b(x: [B, T, D]) -> [B, T, D] { param w: [D] = ${start}\n x * w }`;
      const { model } = elaborateText(text, "b", { ...sizes, inputs: { x: [1, 1, 2] } });
      assert.ok(model, name);
    }
  });
});
