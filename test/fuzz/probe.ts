/** What every text must end in: diagnostics with a place and an action, or a model. Anything thrown is a finding. */
import assert from "node:assert/strict";
import { elaborate } from "../../dsl/elaborate.ts";
import { parse } from "../../dsl/parse.ts";
import { renderDiagnostics } from "../../dsl/render.ts";
import { standardLibrary } from "../../dsl/standard-node.ts";
import { check } from "../../src/compile.ts";
import { verify } from "../../src/graph/verify.ts";

const standard = standardLibrary();
const standardFiles = standard.map(({ file, text }) => parse(file, text).ast);
const sizes = { batch: 2, tokens: 3, chunk: 3, context: 8 };

export type Ending = "diagnostics" | "model" | "blocks";

/** How the text ended; throws where it ended otherwise. */
export function probe(text: string): Ending {
  const source = { file: "fuzz.eyrie", text };
  const found = check([source], standard);
  for (const { code, message, hint, span } of found) {
    assert.ok(message !== "" && hint !== "", `${code} says too little`);
    assert.ok(span.from <= span.to, `${code} ends before it starts`);
    if (span.file === source.file)
      assert.ok(span.from >= 0 && span.from <= text.length, `${code} is outside the text`);
  }
  const texts = new Map([...standard, source].map((s) => [s.file, s.text]));
  assert.equal(found.length > 0, renderDiagnostics(found, texts) !== "");
  if (found.some(({ severity }) => severity === "error")) return "diagnostics";
  const { ast } = parse(source.file, text);
  const target = ast.items.findLast((item) => item.kind === "model");
  if (!target) return "blocks";
  const { model, diagnostics } = elaborate([...standardFiles, ast], target.name.text, sizes);
  if (!model) {
    assert.ok(
      diagnostics.some(({ severity }) => severity === "error"),
      "no model and no error",
    );
    return "diagnostics";
  }
  verify(model.graph);
  return "model";
}
