import assert from "node:assert/strict";
import { TextDocument } from "vscode-languageserver-textdocument";
import { observe } from "../../dsl/analyze/observe.ts";
import { checkFile } from "../../dsl/elaborate.ts";
import { parse } from "../../dsl/parse.ts";
import { readStandardFiles } from "../../src/lsp/standard.ts";
import { look, type View } from "../../src/lsp/view.ts";
import { useAll } from "../../src/lsp/warm.ts";
import { sample } from "./editor.ts";

const standard = readStandardFiles();
let version = 0;
const viewOf = (text: string, last: View | null = null): View =>
  look(TextDocument.create("file:///x.eyrie", "eyrie", version++, text), standard, last);

/** A view with everything that a check finds out. */
function known(text: string): View {
  const { ast, diagnostics } = parse("/x.eyrie", text);
  const files = [...standard.files, ast];
  const found = [...diagnostics, ...checkFile(files, [ast])];
  const facts = observe(files, ast);
  const view = viewOf(text);
  return {
    ...view,
    checked: { version: view.document.version, text, diagnostics: found },
    known: [{ text, isGood: true, facts, configs: [] }],
  };
}

describe("every capability", () => {
  const whole = known(sample);

  it("answers about each beginning of a text, as it is being written", () => {
    let last = whole;
    for (let length = 0; length <= sample.length; length += 11) {
      last = viewOf(sample.slice(0, length), last);
      useAll(last);
    }
    assert.ok(last.known.length > 0);
  });
  it("answers about texts with a piece cut out or put elsewhere", () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed % below;
    };
    for (let i = 0; i < 150; i++) {
      const [from, length, to] = [random(sample.length), random(60), random(sample.length)];
      const piece = sample.slice(from, from + length);
      const cut = sample.slice(0, from) + sample.slice(from + length);
      useAll(viewOf(cut, whole));
      useAll(viewOf(cut.slice(0, to) + piece + cut.slice(to), whole));
    }
  });
  it("answers about blocks, settings and names that need each other for ever", () => {
    for (const text of [
      'block a(x: [B, T, D]) -> [B, T, D] { b(x) }\nblock b(x: [B, T, D]) -> [B, T, D] { a(x) }\nnames n { a.b.a.b.a.b.w = "w" }',
      'model m(pattern: pattern = [a, b]) { a = b\n b = a\n stack(tokens, 3, pattern) as l }\nnames n { l.{i}.l.{i}.w = "w" }',
      "model m(p: pattern = p) { r = r\n stack(r.x, p + p + p + p, 3 * p) as p }",
      'block a(x: block = a(x: a)) -> [B, T, D] { x(x: x(x: x)) as a }\nmodel m() { a(a) }\nnames n { a.a.a.a.a.a.a.a = "w" }',
      `model m(p: pattern = [${"a, ".repeat(300)}]) { ${"a = [a, a, a, a]\n".repeat(40)} stack(x, 2, p) as l }\nnames n { ${'l.{i}.l.{i}.l.w = "w"\n'.repeat(50)} }`,
    ]) {
      const since = performance.now();
      useAll(viewOf(text));
      assert.ok(performance.now() - since < 5_000, text.slice(0, 80));
    }
  });
});
