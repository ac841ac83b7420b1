import assert from "node:assert/strict";
import type { Range, WorkspaceEdit } from "vscode-languageserver-protocol/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { Client } from "./client.ts";
import { editor, sample } from "./editor.ts";

describe("renaming in an editor", () => {
  let client: Client;
  let uri = "";
  before(async () => {
    client = await editor();
    uri = await client.open(sample);
  });
  /** The sample with what is at `marked` renamed. */
  const renamed = async (marked: string, newName: string, of = uri): Promise<string> => {
    const edit = await client.ask<WorkspaceEdit>("textDocument/rename", of, marked, { newName });
    assert.deepEqual(Object.keys(edit.changes ?? {}), [of]);
    return TextDocument.applyEdits(client.document(of), edit.changes?.[of] ?? []);
  };
  const replaced = (...pairs: readonly (readonly [string, string])[]): string =>
    pairs.reduce((text, [from, to]) => {
      assert.ok(text.includes(from), from);
      return text.replaceAll(from, to);
    }, sample);
  const refused = (marked: string, newName: string, why: RegExp, of = uri) =>
    assert.rejects(client.ask("textDocument/rename", of, marked, { newName }), why);

  it("says first whether it can be done, and over what", async () => {
    const found = await client.ask<{ range: Range; placeholder: string }>(
      "textDocument/prepareRename",
      uri,
      "split(|g, hidden",
    );
    assert.equal(found.placeholder, "g");
    assert.equal(client.document(uri).getText(found.range), "g");
    await assert.rejects(
      client.ask("textDocument/prepareRename", uri, "sc|an(sig"),
      /belongs to the language/,
    );
    await assert.rejects(
      client.ask("textDocument/prepareRename", uri, "resid|ual(mix"),
      /belongs to the standard library/,
    );
    await assert.rejects(client.ask("textDocument/prepareRename", uri, "1e|-6"), /no name here/);
  });
  it("follows a value through its body", async () => {
    assert.equal(
      await renamed("split(|g, hidden", "grown"),
      replaced(["g = linear", "grown = linear"], ["split(g,", "split(grown,"]),
    );
  });
  it("follows a block through calls, block values and paths", async () => {
    const text = await renamed("block mem|ory", "recall");
    assert.equal(text, replaced(["block memory", "block recall"], ["memory()", "recall()"]));
    assert.match(
      await renamed("vie|ws(x, hidden", "pair"),
      /block pair\([\s\S]*both = pair\([\s\S]* {2}pair\.gain = /,
    );
  });
  it("follows a setting through arguments, configurations and tables", async () => {
    const text = await renamed("wid|th: size = 32", "breadth");
    assert.equal(text, replaced(["width", "breadth"]).replace("breadth", "breadth"));
    assert.match(text, /"wide" \{ breadth = 64/);
    assert.match(text, /breadth = hidden_size/);
  });
  it("follows a setting of a block to the calls that give it", async () => {
    const text = await renamed("hid|den: size = 2 * D", "inner");
    assert.match(
      text,
      /views\(x: \[B, T, D\], inner: size = 2 \* D\) -> \{ kept: \[B, T, D\], wide: \[B, T, inner\] \}/,
    );
    assert.match(text, /views\(x, inner: 64\)/);
    assert.match(
      text,
      /residual\(mix: memory\(\), hidden: 2 \* width/,
      "another block's setting stays",
    );
  });
  it("follows a dimension, a size, a field and a constant", async () => {
    const dimension = await renamed("views(x: [B, T, |D]", "E");
    assert.match(
      dimension,
      /views\(x: \[B, T, E\], hidden: size = 2 \* E\) -> \{ kept: \[B, T, E\]/,
    );
    assert.match(dimension, /center\(x, E\) \* gain/);
    assert.match(dimension, /block memory\(x: \[B, T, D\]\)/, "another block's dimension stays");
    assert.equal(
      await renamed("size |K", "P"),
      replaced(["size K", "size P"], ["[2, K]", "[2, P]"]),
    );
    assert.equal(
      await renamed("both.ke|pt", "main"),
      replaced(["kept: [B", "main: [B"], ["{ kept:", "{ main:"], [".kept", ".main"]),
    );
    assert.equal(
      await renamed("constant lea|st", "tiniest"),
      replaced(["constant least", "constant tiniest"], ["eps: least", "eps: tiniest"]),
    );
  });
  it("follows a function's parameter to the calls that name it", async () => {
    const named = await client.open(
      sample.replace("center(x, D) * gain", "center(x, D: D) * gain"),
    );
    assert.match(
      await renamed("function center(x, |D", "over_dim", named),
      /function center\(x, over_dim\) \{ x - mean\(x, over: over_dim\) \}[\s\S]*center\(x, over_dim: D\)/,
    );
  });
  it("follows block values into patterns of fallbacks and configurations", async () => {
    assert.equal(
      await renamed("lay|er = ", "step"),
      replaced(
        ["[layer, other]", "[step, other]"],
        ["layer = residual", "step = residual"],
        ["[layer]", "[step]"],
      ),
    );
  });
  it("follows labels and parameters into the paths of tables", async () => {
    assert.equal(
      await renamed("as lay|ers", "tower"),
      replaced(["as layers", "as tower"], ["  layers.{i}", "  tower.{i}"]),
    );
    assert.equal(
      await renamed("as wri|te", "enter"),
      replaced(["as write", "as enter"], ["block.write.", "block.enter."]),
    );
    assert.match(
      await renamed("param dec|ay", "leak"),
      /sigmoid\(leak\)[\s\S]*temporal_block\.leak = "h\.\{i\}\.decay"/,
    );
  });
  it("renames a configuration's title between its quotes", async () => {
    assert.equal(await renamed('"wi|de"', "wider yet"), replaced(['"wide"', '"wider yet"']));
    await refused('"wi|de"', 'a "b"', /without quotes/);
  });
  it("refuses what is no name, and words of the language", async () => {
    await refused("split(|g, hidden", "2g", /not a name/);
    await refused("split(|g, hidden", "", /not a name/);
    await refused("split(|g, hidden", "size", /word of the language/);
    await refused("split(|g, hidden", "tokens", /every body knows/);
    assert.match(
      await renamed("split(|g, hidden", "config"),
      /config = linear/,
      "soft words are names",
    );
  });
  it("refuses names that are taken, or would change what another place means", async () => {
    await refused("split(|g, hidden", "parts", /already defined in `views`/);
    await refused("split(|g, hidden", "D", /already defined in `views`/);
    await refused("split(|g, hidden", "merge", /already uses another `merge`/);
    await refused("param ga|in", "center", /already uses another `center`/);
    await refused("block mem|ory", "views", /already defines `views`/);
    await refused("block mem|ory", "linear", /already uses another `linear`/);
    await refused(
      "block mem|ory",
      "layer",
      /has a `layer` of its own|already uses another `layer`/,
    );
    await refused("as fi|nal_norm", "layers", /already has a label `layers`/);
    await refused("both.ke|pt", "wide", /already has a field `wide`/);
  });
  it("refuses a label that an instance without one has already", async () => {
    const twin = await client.open(
      "block a(x: [B, T, D]) -> [B, T, D] { linear(x, out: D) }\nblock b(x: [B, T, D]) -> [B, T, D] { a(x) + linear(x, out: D) as c }\n",
    );
    await refused("as |c", "a", /already has an instance `a`/, twin);
    await refused("block |a(", "c", /already has an instance `c`/, twin);
  });
  it("refuses a key of a table that stands for settings of two models", async () => {
    const two = await client.open(
      `${sample}\nmodel other_one(width: size = 8) {\n  param e: [256, width] = zeros\n  contract(gather(e, tokens), e, over: width)\n}\n`,
    );
    await refused(
      "wid|th: size = 32",
      "breadth",
      /`width` in `mine` stands for this and for another setting/,
      two,
    );
    await refused("wid|th = hidden_size", "breadth", /stands for 2 things here/, two);
  });
  it("refuses where a place may mean it that only a caller decides", async () => {
    const open = await client.open(
      `${sample}\nblock any(x: [B, T, D], inner: block) -> [B, T, D] { inner(x, hidden: 4) }\n`,
    );
    await refused("hid|den: size = 2 * D", "wider", /`hidden` in `any` may stand for this/, open);
  });
  it("waits until the text can be read", async () => {
    const broken = await client.open(sample.replace("  h = merge(", "  h = merge(("));
    await refused("split(|g, hidden", "grown", /mistakes of spelling/, broken);
  });
});
