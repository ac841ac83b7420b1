import assert from "node:assert/strict";
import type { DocumentSymbol, SemanticTokens, TextEdit } from "vscode-languageserver-protocol/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { formatText } from "../../dsl/format.ts";
import { tokenModifiers, tokenTypes } from "../../src/lsp/colours.ts";
import type { Client } from "./client.ts";
import { editor, sample } from "./editor.ts";

describe("a file in an editor", () => {
  let client: Client;
  let uri = "";
  before(async () => {
    client = await editor();
    uri = await client.open(sample);
  });
  const about = <R>(method: string, of = uri): Promise<R> =>
    client.connection.sendRequest<R>(`textDocument/${method}`, { textDocument: { uri: of } });

  it("has an outline of its items and what they define", async () => {
    const symbols = await about<DocumentSymbol[]>("documentSymbol");
    assert.deepEqual(
      symbols.map(({ name, detail }) => `${detail} ${name}`),
      [
        ...["constant least", "function center", "block views", "block memory", "model tiny"],
        ...['config tiny "wide"', "names mine"],
      ],
    );
    const views = symbols.find(({ name }) => name === "views");
    assert.deepEqual(
      views?.children?.map(({ name }) => name),
      ["x", "hidden", "K", "gain", "g", "parts", "h", "up"],
    );
    for (const symbol of symbols.flatMap((s) => [s, ...(s.children ?? [])])) {
      const { range, selectionRange: name } = symbol;
      const document = client.document(uri);
      const [from, to] = [document.offsetAt(range.start), document.offsetAt(range.end)];
      assert.ok(from <= document.offsetAt(name.start) && document.offsetAt(name.end) <= to);
    }
  });
  it("keeps its outline while the text is broken", async () => {
    const broken = await client.open(sample.replace("  h = merge(", "  h = merge(("));
    const names = (await about<DocumentSymbol[]>("documentSymbol", broken)).map((s) => s.name);
    assert.ok(names.includes("tiny") && names.includes("views"), names.join(" "));
  });

  /** Each coloured name with its type and modifiers. */
  const coloured = async (of = uri) => {
    const { data } = await about<SemanticTokens>("semanticTokens/full", of);
    const document = client.document(of);
    let [line, character] = [0, 0];
    return Array.from({ length: data.length / 5 }, (_, i) => {
      const [down, along, length, type, modifiers] = data.slice(5 * i, 5 * i + 5) as number[];
      character = (down === 0 ? character : 0) + along!;
      line += down!;
      const range = { start: { line, character }, end: { line, character: character + length! } };
      const flags = tokenModifiers.filter((_, bit) => (modifiers! >> bit) & 1);
      return `${document.getText(range)} ${[tokenTypes[type!], ...flags].join(" ")}`;
    });
  };
  it("colours names by what they are", async () => {
    const all = await coloured();
    for (const expected of [
      ...["least variable declaration readonly", "center function declaration"],
      ...["views class declaration", "x parameter declaration", "D typeParameter declaration"],
      ...[
        "D typeParameter",
        "B typeParameter defaultLibrary",
        "hidden parameter",
        "K typeParameter",
      ],
      ...["gain property declaration", "linear class defaultLibrary", "up label declaration"],
      ...[
        "scan function defaultLibrary",
        "kept property declaration",
        "tokens variable defaultLibrary",
      ],
      ...["out property defaultLibrary", "layers label", "tiny class", "width property"],
    ])
      assert.ok(all.includes(expected), `${expected} among ${all.join(", ")}`);
  });
  it("colours whole names only, in the order of the text", async () => {
    for (const one of await coloured()) assert.match(one, /^\w+ \w/);
  });

  it("is formatted by as small an edit as does it", async () => {
    const formatted = formatText(sample, "x");
    assert.ok("text" in formatted);
    const rough = formatted.text.replace("gain: [D] = ones", "gain:[D]   =   ones");
    const untidy = await client.open(rough);
    const edits = await about<TextEdit[]>("formatting", untidy);
    assert.equal(TextDocument.applyEdits(client.document(untidy), edits), formatted.text);
    assert.ok(
      edits.every(({ newText }) => newText.length < 40),
      JSON.stringify(edits),
    );
  });
  it("is left alone by the formatter where it is in its layout, or broken", async () => {
    const formatted = formatText(sample, "x");
    assert.ok("text" in formatted);
    assert.deepEqual(await about("formatting", await client.open(formatted.text)), []);
    assert.deepEqual(await about("formatting", await client.open("block f(")), []);
  });
});
