import assert from "node:assert/strict";
import type { CompletionItem, SignatureHelp } from "vscode-languageserver-protocol/node";
import type { Client } from "./client.ts";
import { editor, sample } from "./editor.ts";

describe("completing", () => {
  let client: Client;
  before(async () => {
    client = await editor();
  });
  /** What is offered where `after` of the sample is replaced by a text with a `|`. */
  const offered = async (before: string, typed: string): Promise<readonly CompletionItem[]> => {
    const uri = await client.open(sample);
    await client.known(uri);
    await client.change(uri, before, typed.replace("|", ""));
    return client.ask<CompletionItem[]>("textDocument/completion", uri, typed);
  };
  const labels = async (before: string, typed: string): Promise<readonly string[]> =>
    (await offered(before, typed)).map(({ label }) => label);
  const has = (all: readonly string[], ...some: readonly string[]) => {
    for (const one of some) assert.ok(all.includes(one), `${one} among ${all.join(" ")}`);
  };
  const lacks = (all: readonly string[], ...some: readonly string[]) => {
    for (const one of some) assert.ok(!all.includes(one), `${one} among ${all.join(" ")}`);
  };

  it("offers what is in scope, with what it is", async () => {
    const all = await offered("  parts = split", "  k = |\n  parts = split");
    const of = (label: string) => all.find((item) => item.label === label);
    assert.equal(of("g")?.detail, "g: [B, T, hidden]");
    assert.equal(of("gain")?.detail, "gain: [D]");
    assert.equal(of("x")?.detail, "x: [B, T, D]");
    assert.equal(of("hidden")?.detail, "hidden: size = 2 * D");
    assert.match(of("linear")?.detail ?? "", /^block linear\(/);
    assert.match(of("center")?.detail ?? "", /^function center/);
    assert.match(of("least")?.detail ?? "", /^constant least/);
    assert.equal(of("scan")?.detail, "scan(decay, input)");
    assert.ok(of("if") && of("tokens"));
    lacks(
      all.map(({ label }) => label),
      "parts",
      "h",
      "width",
      "tiny",
      "param",
    );
  });
  it("puts near names before far ones", async () => {
    const all = await offered("  parts = split", "  k = |\n  parts = split");
    const order = [...all].sort((a, b) => ((a.sortText ?? "") < (b.sortText ?? "") ? -1 : 1));
    const at = (label: string) => order.findIndex((item) => item.label === label);
    assert.ok(at("g") < at("center") && at("center") < at("linear") && at("linear") < at("if"));
  });
  it("offers statement words only where a statement may begin", async () => {
    has(await labels("  parts = split", "  |\n  parts = split"), "param", "size", "g");
    lacks(await labels("  parts = split", "  k = g + |\n  parts = split"), "param", "size");
  });
  it("offers the settings of what is called that are not given yet", async () => {
    const all = await offered("linear(x, out: hidden)", "linear(x, out: hidden, |)");
    const variance = all.find(({ label }) => label === "variance");
    assert.equal(variance?.insertText, "variance: ");
    assert.equal(variance.detail, "variance: number = 1 / I");
    lacks(
      all.filter(({ insertText }) => insertText).map(({ label }) => label),
      "out",
    );
    has(
      all.map(({ label }) => label),
      "gain",
    );
  });
  it("offers settings of the language's functions, of block values and of functions", async () => {
    has(await labels("mean(x, over: D)", "mean(x, |)"), "over", "x", "D");
    has(await labels("  x = stack(", "  z = layer(|)\n  x = stack("), "eps", "mix");
    has(await labels("center(x, D) * gain", "center(|) * gain"), "D");
  });
  it("offers dimensions after over:, in types and where dimensions are named", async () => {
    for (const [before, typed] of [
      ["mean(x, over: D)", "mean(x, over: |)"],
      ["[2, K], hidden)", "[2, |], hidden)"],
      ["param gain: [D]", "param gain: [|]"],
    ] as const) {
      const all = await labels(before, typed);
      has(all, "D");
      lacks(all, "g", "linear", "scan");
    }
    has(await labels("[2, K], hidden)", "[2, |], hidden)"), "K", "hidden", "B");
  });
  it("offers types in parameter lists", async () => {
    const all = await labels("depth: size = 2,", "depth: size = 2, more: |,");
    assert.deepEqual([...all].sort(), ["block", "flag", "int", "number", "pattern", "size"]);
    has(await labels("hidden: size = 2 * D)", "hidden: size = 2 * D, y: [B, T, |])"), "D", "B");
  });
  it("offers fields after a dot", async () => {
    assert.deepEqual(await labels("both.kept", "both.|"), ["kept", "wide"]);
    assert.deepEqual(await labels("both.kept", "both.ke|"), ["kept", "wide"]);
  });
  it("offers a model's settings in its configurations, and its names as their values", async () => {
    const all = await labels("{ width = 64, pattern", "{ width = 64, |, pattern");
    assert.deepEqual([...all].sort(), ["depth", "vocab"]);
    has(await labels("pattern = [layer] }", "pattern = [layer, |] }"), "other", "layer");
    assert.deepEqual(await labels("config tiny", "config |"), ["tiny"]);
  });
  it("offers settings, config.json keys, paths and words in tables of names", async () => {
    has(await labels("config { vocab", "config { |\n vocab"), "depth", "pattern");
    has(await labels("config { vocab = vocab_size", "config { vocab = |"), "hidden_size");
    has(
      await labels("  views.gain =", "  |\n  views.gain ="),
      ...["layers.{i}.mlp_block.up.w", "embedding", "config"],
    );
    assert.deepEqual(await labels('views.gain = "gain"', 'views.gain = |"gain"'), ["transpose"]);
  });
  it("offers item words between items, and the block's name as its label", async () => {
    const all = await labels("/// Small, and", "|\n/// Small, and");
    assert.deepEqual([...all].sort(), [
      "block",
      "config",
      "constant",
      "function",
      "model",
      "names",
    ]);
    assert.deepEqual(await labels("as write)", "as |)"), ["linear"]);
  });
  it("offers nothing in comments, strings and names of new things", async () => {
    assert.deepEqual(await labels("/// Small", "/// Sm|all"), []);
    assert.deepEqual(await labels('"wte.weight"', '"wte|.weight"'), []);
    assert.deepEqual(await labels("  parts = split", "  size |\n  parts = split"), []);
  });
  it("works in an item that cannot be read, from what it was before", async () => {
    const uri = await client.open(sample);
    await client.known(uri);
    await client.change(uri, "block views(x", "block views( ) )) (x");
    await client.change(uri, "  parts = split", "  k = lin| \n  parts = split");
    has(
      (await client.ask<CompletionItem[]>("textDocument/completion", uri, "k = lin|")).map(
        (i) => i.label,
      ),
      ...["linear", "hidden", "gain"],
    );
  });

  it("shows the parameters of the call, and which comes next", async () => {
    const uri = await client.open(
      sample.replace("linear(x, out: hidden) as up", "linear(x, out: ) as up"),
    );
    const help = await client.ask<SignatureHelp>(
      "textDocument/signatureHelp",
      uri,
      "linear(x, out: |) as up",
    );
    const [shown] = help.signatures;
    assert.match(
      shown?.label ?? "",
      /^linear\(x: \[B, T, I\], out: size, variance: number = 1 \/ I\) -> /,
    );
    assert.equal(shown?.parameters?.[help.activeParameter ?? -1]?.label, "out: size");
    const first = await client.ask<SignatureHelp>(
      "textDocument/signatureHelp",
      uri,
      "linear(|x, out: ) as up",
    );
    assert.equal(first.activeParameter, 0);
    const ofScan = await client.ask<SignatureHelp>(
      "textDocument/signatureHelp",
      uri,
      "scan(sigmoid(decay), |linear",
    );
    assert.equal(ofScan.signatures[0]?.label, "scan(decay, input)");
    assert.equal(ofScan.activeParameter, 1);
    assert.equal(await client.ask("textDocument/signatureHelp", uri, "size K = |hidden"), null);
  });
});
