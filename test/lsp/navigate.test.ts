import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { DocumentHighlight, Location } from "vscode-languageserver-protocol/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { Client } from "./client.ts";
import { editor, sample } from "./editor.ts";

describe("finding", () => {
  let client: Client;
  let uri = "";
  before(async () => {
    client = await editor();
    uri = await client.open(sample);
  });
  /** The text of places, each with what stands before it on its line. */
  const shown = (places: readonly Location[]): readonly string[] =>
    places.map(({ uri: of, range }) => {
      const text = of === uri ? sample : readFileSync(fileURLToPath(of), "utf8");
      const document = TextDocument.create(of, "eyrie", 0, text);
      const before = { start: { line: range.start.line, character: 0 }, end: range.start };
      return `${document.getText(before).trim()}⟨${document.getText(range)}⟩`;
    });
  const definitions = async (marked: string) =>
    shown(await client.ask<Location[]>("textDocument/definition", uri, marked));
  const references = async (marked: string, includeDeclaration = true) =>
    shown(
      await client.ask<Location[]>("textDocument/references", uri, marked, {
        context: { includeDeclaration },
      }),
    );

  it("goes from a use to its definition", async () => {
    for (const [marked, expected] of [
      ["cen|ter(x, D) * gain", "function⟨center⟩"],
      ["le|ast) as", "constant⟨least⟩"],
      ["vie|ws(x, hidden: 64)", "block⟨views⟩"],
      ["views(x, hid|den: 64)", "block views(x: [B, T, D],⟨hidden⟩"],
      ["split(|g, hidden", "⟨g⟩"],
      ["[2, |K], hidden)", "size⟨K⟩"],
      ["param gain: [|D]", "block views(x: [B, T,⟨D⟩"],
      ["both.ke|pt", "block views(x: [B, T, D], hidden: size = 2 * D) -> {⟨kept⟩"],
      ["kep|t: center", "block views(x: [B, T, D], hidden: size = 2 * D) -> {⟨kept⟩"],
      ["pattern = [lay|er, other]", "⟨layer⟩"],
      ["pattern = [lay|er] }", "⟨layer⟩"],
      ["config ti|ny", "model⟨tiny⟩"],
      ['"wide" { wid|th', "vocab: size = 256,⟨width⟩"],
      ["config { voc|ab", "⟨vocab⟩"],
      [
        "  layers|.{i}.temporal_block.decay",
        "x = stack(gather(embedding, tokens), depth, pattern) as⟨layers⟩",
      ],
      ["temporal_block.wri|te", "scan(sigmoid(decay), linear(x, out: D) as⟨write⟩"],
      ["temporal_block.dec|ay", "param⟨decay⟩"],
      ["  vie|ws.gain", "block⟨views⟩"],
    ] as const)
      assert.deepEqual(await definitions(marked), [expected], marked);
  });
  it("goes into the standard library's files", async () => {
    const [place, ...others] = await client.ask<Location[]>(
      "textDocument/definition",
      uri,
      "resid|ual(mix: memory(), hidden: 2",
    );
    assert.equal(others.length, 0);
    assert.match(place?.uri ?? "", /^file:\/\/.*\/dsl\/std\/residual\.eyrie$/);
    for (const [marked, expected] of [
      ["(mi|x: memory(), hidden: 2", "⟨mix⟩"],
      ["layers.{i}.tempo|ral_block.decay", " as⟨temporal_block⟩"],
    ] as const) {
      const [found, ...more] = await definitions(marked);
      assert.ok(found?.endsWith(expected) && more.length === 0, found);
    }
  });
  it("understands a standard file that is opened itself", async () => {
    const path = new URL("../../dsl/std/residual.eyrie", import.meta.url);
    const text = readFileSync(path, "utf8");
    const std = await client.open(text, path.href);
    assert.deepEqual((await client.diagnostics(std)).diagnostics, []);
    const [place] = await client.ask<Location[]>("textDocument/definition", std, "gated_|mlp(n");
    assert.match(place?.uri ?? "", /\/dsl\/std\/mlp\.eyrie$/);
    await client.change(std, "gated_mlp(n", "gated_mpl(n");
    assert.deepEqual(
      (await client.diagnostics(std)).diagnostics.map(({ code }) => code),
      ["E0202"],
    );
    await client.close(std);
  });
  it("finds nothing for what the language has itself", async () => {
    assert.deepEqual(await definitions("sc|an(sigmoid"), []);
    assert.deepEqual(await definitions("tok|ens)"), []);
  });
  it("finds every place of a name, its definition among them where it is asked for", async () => {
    assert.deepEqual(await references("lay|er = "), [
      "vocab: size = 256, width: size = 32, depth: size = 2, pattern: pattern = [⟨layer⟩",
      "⟨layer⟩",
      'config tiny "wide" { width = 64, pattern = [⟨layer⟩',
    ]);
    assert.equal((await references("lay|er = ", false)).length, 2);
    assert.equal((await references("width: si|ze", true)).length, 0, "a word is no name");
    const width = await references("wid|th: size = 32");
    assert.equal(width.length, 8, width.join("\n"));
  });
  it("finds places of standard blocks in this file", async () => {
    assert.deepEqual(await references("line|ar(x, out: hidden)"), [
      "g =⟨linear⟩",
      "scan(sigmoid(decay),⟨linear⟩",
      "block⟨linear⟩",
    ]);
  });
  it("finds the definition of what cannot be read any more", async () => {
    const broken = await client.open(sample);
    await client.ask("textDocument/hover", broken, "gain|:");
    await client.change(broken, "block memory(x", "block 3 (x");
    const [place] = await client.ask<Location[]>(
      "textDocument/definition",
      broken,
      "sigmoid(dec|ay)",
    );
    assert.deepEqual(place?.range.start, client.at(broken, "param |decay").position);
  });
  it("marks the places of a name in its file", async () => {
    const marks = await client.ask<DocumentHighlight[]>(
      "textDocument/documentHighlight",
      uri,
      "|g = ",
    );
    assert.deepEqual(
      marks.map(({ kind }) => kind),
      [3, 2],
    );
  });
});
