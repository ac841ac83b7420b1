import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { CodeAction, Hover } from "vscode-languageserver-protocol/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { longFile } from "../../bench/front/long-file.ts";
import type { Client } from "./client.ts";
import { editor, sample } from "./editor.ts";

describe("mistakes in an editor", () => {
  let client: Client;
  before(async () => {
    client = await editor();
  });
  const wrongShapes = sample.replace("* gain, wide: h", "* gain * h, wide: h");
  const actionsAt = (uri: string, marked: string) => {
    const { textDocument, position } = client.at(uri, marked);
    const context = { diagnostics: [] };
    const range = { start: position, end: position };
    return client.connection.sendRequest<CodeAction[]>("textDocument/codeAction", {
      ...{ textDocument, range, context },
    });
  };

  it("are none in a text that has none", async () => {
    const uri = await client.open(sample);
    assert.deepEqual((await client.diagnostics(uri)).diagnostics, []);
  });
  it("stand where they are, with a code, both shapes, a hint and second places", async () => {
    const uri = await client.open(wrongShapes);
    const [found, ...others] = (await client.diagnostics(uri)).diagnostics;
    assert.equal(others.length, 0);
    assert.ok(found);
    const { range, code, source, severity, message } = found;
    assert.equal(client.document(uri).getText(range), "center(x, D) * gain * h");
    assert.deepEqual({ source, severity }, { source: "eyrie", severity: 1 });
    assert.match(String(code), /^E03/);
    assert.match(String(message), /\bD\b[\s\S]*hidden/);
    assert.match(String(message), /\nhint: /);
  });
  it("name places in the standard library by its real files", async () => {
    const uri = await client.open(
      sample.replace("linear(x, out: D) as write", "linear(position, out: D) as write"),
    );
    const { diagnostics } = await client.diagnostics(uri);
    const places = diagnostics.flatMap(
      (d) => d.relatedInformation?.map(({ location }) => location.uri) ?? [],
    );
    assert.ok(
      places.some((place) => /^file:\/\/.*\/dsl\/std\/linear\.eyrie$/.test(place)),
      JSON.stringify(diagnostics),
    );
  });
  it("are those of the unsaved text, each version once", async () => {
    const uri = await client.open(sample);
    await client.diagnostics(uri);
    await client.change(uri, "mean(x, over: D)", "meen(x, over: D)");
    const { version, diagnostics } = await client.diagnostics(uri);
    assert.equal(version, 2);
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ["E0202"],
    );
    await client.change(uri, "meen(x, over: D)", "mean(x, over: D)");
    assert.deepEqual((await client.diagnostics(uri)).diagnostics, []);
  });
  it("wait until typing rests", async () => {
    const uri = await client.open(sample);
    await client.diagnostics(uri);
    for (const [from, to] of [
      ["center", "c"],
      ["function c(", "function ce("],
      ["function ce(", "function center("],
    ] as const) {
      await client.change(uri, from, to);
      await pause(20);
    }
    await client.known(uri);
    assert.deepEqual(client.checked(uri), [1, 4]);
  });
  it("of a long text do not keep anybody waiting, and are not told once it has changed", async () => {
    const uri = await client.open(longFile(1_500));
    await client.ask("textDocument/hover", uri, "model net_0|");
    await pause(200);
    await client.ask("textDocument/hover", uri, "model net_0|");
    assert.deepEqual(client.published(uri), [], "the answer came while the check was on its way");
    await client.change(uri, "model net_0", "// changed\nmodel net_0");
    await client.known(uri);
    assert.deepEqual(
      client.published(uri).map(({ version }) => version),
      [2],
    );
  });
  it("go away with their document", async () => {
    const uri = await client.open(wrongShapes);
    await client.diagnostics(uri);
    await client.close(uri);
    await client.connection.sendRequest("textDocument/hover", {
      textDocument: { uri },
      position: { line: 0, character: 0 },
    });
    assert.deepEqual(client.published(uri).at(-1)?.diagnostics, []);
  });
  it("count UTF-16 units, as positions do", async () => {
    const text = '/// 🦅\nblock a(x: [B, T, D]) -> [B, T, D] { x } // 🦅\nnames "🦅🦅" §';
    const uri = await client.open(text);
    const { diagnostics } = await client.diagnostics(uri);
    const at = diagnostics.find(({ code }) => code === "E0101");
    assert.deepEqual(at?.range.start, { line: 2, character: 13 });
  });
  it("are told of texts that can hardly be read", async () => {
    for (const text of [
      "block",
      "block f(",
      "}}}",
      "model m() { x = ",
      '"',
      "\u0000",
      "block f(x: [B, T, D]) -> [B, T, D] { linear(x, out: }",
    ]) {
      const uri = await client.open(text);
      assert.ok((await client.diagnostics(uri)).diagnostics.length > 0, JSON.stringify(text));
    }
  });
  it("offer near names as fixes, and the fixes mend them", async () => {
    const uri = await client.open(
      sample.replace("mean(x, over", "meen(x, over").replace("out: hidden)", "outt: hidden)"),
    );
    const { diagnostics } = await client.diagnostics(uri);
    assert.deepEqual(diagnostics.map(({ code }) => code).sort(), ["E0202", "E0401"]);
    for (const marked of ["me|en", "ou|tt:"]) {
      const [fix] = await actionsAt(uri, marked);
      assert.match(fix?.title ?? "", /^Change to `(mean|out)`$/);
      assert.equal(fix?.kind, "quickfix");
      assert.equal(fix?.diagnostics?.length, 1);
      const edits = fix?.edit?.changes?.[uri] ?? [];
      const [edit] = edits;
      assert.ok(edit);
      await client.change(uri, client.document(uri).getText(edit.range), edit.newText);
    }
    assert.equal(client.document(uri).getText(), sample);
    assert.deepEqual((await client.diagnostics(uri)).diagnostics, []);
  });
  it("offer fixes where the text has moved since it was checked", async () => {
    const uri = await client.open(sample.replace("mean(x, over", "meen(x, over"));
    await client.diagnostics(uri);
    await client.change(uri, "constant least", "// more\nconstant least");
    const [fix] = await actionsAt(uri, "me|en");
    const [edit] = fix?.edit?.changes?.[uri] ?? [];
    assert.ok(edit);
    assert.match(TextDocument.applyEdits(client.document(uri), [edit]), /x - mean\(x, over: D\)/);
  });
  it("are explained under the mouse", async () => {
    const uri = await client.open(sample.replace("mean(x, over", "meen(x, over"));
    await client.diagnostics(uri);
    const { contents } = await client.ask<Hover>("textDocument/hover", uri, "me|en");
    assert.match(
      (contents as { value: string }).value,
      /^\*\*E0202: [\s\S]*Mended:\n\n```eyrie\n/m,
    );
  });
  it("show unused names as such", async () => {
    const uri = await client.open(sample.replace("h = merge", "unused = x\n  h = merge"));
    const [found] = (await client.diagnostics(uri)).diagnostics;
    assert.deepEqual(
      { code: found?.code, severity: found?.severity, tags: found?.tags },
      { code: "W0501", severity: 2, tags: [1] },
    );
  });
});
