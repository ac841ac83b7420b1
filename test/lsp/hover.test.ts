import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Hover, InlayHint } from "vscode-languageserver-protocol/node";
import type { Client } from "./client.ts";
import { editor, sample } from "./editor.ts";

describe("hovering", () => {
  let client: Client;
  let uri = "";
  before(async () => {
    client = await editor();
    uri = await client.open(sample);
    await client.diagnostics(uri);
    await client.known(uri);
  });
  const textAt = async (marked: string, of = uri): Promise<string> => {
    const hover = await client.ask<Hover | null>("textDocument/hover", of, marked);
    return hover ? (hover.contents as { value: string }).value : "";
  };

  it("shows the shape of a name by its dimensions, and their sizes", async () => {
    const text = await textAt("|g = linear");
    assert.match(text, /^```eyrie\ng: \[B, T, hidden\]\n```/);
    assert.match(text, /`hidden` = 64/);
  });
  it("shows the same where the name is used", async () => {
    assert.equal(await textAt("split(|g, hidden"), await textAt("|g = linear"));
  });
  it("marks the name that it speaks of", async () => {
    const hover = await client.ask<Hover>("textDocument/hover", uri, "split(|g, hidden");
    assert.ok(hover.range);
    assert.equal(client.document(uri).getText(hover.range), "g");
  });
  it("shows what sizes, settings, constants and dimensions come to", async () => {
    assert.match(await textAt("size |K = hidden"), /size K = hidden \/ 2[\s\S]*`K = 32`/);
    assert.match(await textAt("hid|den: size = 2"), /hidden: size = 2 \* D[\s\S]*`hidden = 64`/);
    assert.match(await textAt("least| = 1e-6"), /constant least = 1e-6/);
    assert.match(await textAt("views(x: [B, T, |D]"), /^```eyrie\nD = 32\n```/);
  });
  it("shows a block's signature, doc, and what it costs together and each", async () => {
    const text = await textAt("mem|ory(x: [B, T, D])");
    assert.match(text, /```eyrie\nblock memory\(x: \[B, T, D\]\) -> \[B, T, D\]\n```/);
    assert.match(text, /Remembers, and forgets with its decay\./);
    // decay 32, w 32 × 32, b 32; two layers.
    assert.match(text, /In `tiny`: 2 instances, 2,176 parameters, .* together; each 1,088 and/);
  });
  it("shows different costs of different instances", async () => {
    // Norms 64, memory 1 088, an MLP 32 or 64 wide: 3 168 or 6 304.
    assert.match(await textAt("res|idual(mix"), /2 instances, .*; each 4,320 or 7,456 and/);
  });
  it("shows costs of standard blocks, with their doc", async () => {
    const text = await textAt("line|ar(x, out: D) as write");
    assert.match(text, /y = x W \+ b/);
    assert.match(text, /In `tiny`: \d+ instances, [\d,]+ parameters/);
  });
  it("says that sizes stay symbolic where no model uses a block", async () => {
    const alone = await client.open("block alone(x: [B, T, D]) -> [B, T, D] { linear(x, out: D) }");
    await client.known(alone);
    assert.match(await textAt("al|one(", alone), /No model of this file .* symbolic/);
    assert.match(await textAt("line|ar(", alone), /No model of this file .* symbolic/);
    assert.doesNotMatch(await textAt("|x, out", alone), /=/, "stand-in sizes are nobody's sizes");
  });
  it("shows a model's parameters and arithmetic, also as configured", async () => {
    const text = await textAt("model ti|ny");
    assert.match(text, /With its fallbacks: [\d,]+ parameters, [\d.]+ [kM]FLOP a token/);
    assert.match(text, /“wide”: [\d,]+ parameters/);
    assert.match(await textAt('"wi|de"'), /config tiny "wide"[\s\S]*parameters/);
  });
  it("counts the parameters that a published model has", async () => {
    const griffin = await client.open(readFileSync("examples/griffin.eyrie", "utf8"));
    await client.known(griffin);
    const { model } = await import("../dsl/files.ts").then(({ elaborateText, readText }) =>
      elaborateText(readText("examples/griffin.eyrie"), "griffin", {
        ...{ batch: 1, tokens: 1, chunk: 1, context: 64 },
      }),
    );
    const all = model!.parameters.reduce((n, p) => n + p.shape.reduce((a, b) => a * b, 1), 0);
    assert.match(
      await textAt("model grif|fin", griffin),
      new RegExp(`fallbacks: ${all.toLocaleString("en-US")} parameters`),
    );
  });
  it("shows the language's own functions and their settings", async () => {
    assert.match(await textAt("sc|an(sig"), /scan\(decay, input\)[\s\S]*h = decay/);
    assert.match(await textAt("mean(x, ov|er"), /`over:` of `mean`/);
    assert.match(await textAt("tok|ens)"), /tokens: int\[B, T\]/);
    assert.match(await textAt("uni|form"), /uniform\(low, high\)/);
  });
  it("shows functions, their arguments, fields, labels and names of checkpoints", async () => {
    assert.match(await textAt("cen|ter(x, D) *"), /function center\(x, D\)[\s\S]*without its mean/);
    assert.match(await textAt("both.ke|pt"), /kept: \[B, T, D\]/);
    assert.match(await textAt("as u|p"), /up: \[B, T, hidden\][\s\S]*instance of `linear`/);
    assert.match(await textAt("temporal_block.dec|ay"), /param decay: \[D\] = uniform\(1, 4\)/);
    assert.match(await textAt("config { voc|ab"), /vocab: size = 256/);
  });
  it("says nothing of numbers, signs and comments", async () => {
    assert.equal(await textAt("1e|-6"), "");
    assert.equal(await textAt("// |🦅"), "");
  });
  it("goes on while the text is broken", async () => {
    const broken = await client.open(sample);
    await client.known(broken);
    await client.change(
      broken,
      "  g = linear(x, out: hidden) as up",
      "  g = linear(x, out: hidden as\n  (((",
    );
    assert.match(await textAt("|parts = ", broken), /parts: \[B, T, 2, K\]/);
    await client.diagnostics(broken);
    assert.match(await textAt("|parts = ", broken), /parts: \[B, T, 2, K\]/);
    assert.match(await textAt("model ti|ny", broken), /parameters/);
    await client.change(broken, "block memory(x", "block )) memory(x");
    assert.match(await textAt("mix: mem|ory()", broken), /Remembers/);
  });
  it("knows an item that cannot be read any more from what it was", async () => {
    const broken = await client.open(sample);
    await client.known(broken);
    await client.change(broken, "block memory(x", "block 3 (x");
    assert.match(await textAt("sigmoid(dec|ay)", broken), /param decay: \[D\][\s\S]*`D` = 32/);
  });
  it("counts shared parameters once, and arithmetic each time", async () => {
    const twice = `block one(x: [B, T, D]) -> [B, T, D] { linear(x, out: D) }
model m(width: size = 8) {
  param e: [16, width] = zeros
  core = share(one()) as core
  x = core(core(gather(e, tokens)) as again)
  contract(x, e, over: width)
}\n`;
    const shared = await client.open(twice);
    assert.deepEqual((await client.diagnostics(shared)).diagnostics, []);
    await client.known(shared);
    // 8 × 8 + 8 parameters; 2 · 64 + 8 operations each.
    assert.match(
      await textAt("block on|e", shared),
      /2 instances, 72 parameters, 272 FLOP a token together; each 72 and 136 FLOP/,
    );
  });
  it("sees unsaved text", async () => {
    const changed = await client.open(sample);
    await client.known(changed);
    await client.change(changed, "  h = merge", "  fresh = g * 2\n  h = merge");
    await client.known(changed);
    assert.match(await textAt("|fresh = ", changed), /fresh: \[B, T, hidden\]/);
  });
  it("hints at shapes beside names and inner calls that change them", async () => {
    const range = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
    const hints = await client.connection.sendRequest<InlayHint[]>("textDocument/inlayHint", {
      ...{ textDocument: { uri }, range },
    });
    const document = client.document(uri);
    const shown = hints.map(({ position, label }) => {
      const line = document.getText({
        start: { line: position.line, character: 0 },
        end: position,
      });
      return `${line.trim()} ⟨${label}⟩`;
    });
    for (const expected of [
      "g ⟨: [B, T, hidden]⟩",
      "parts ⟨: [B, T, 2, K]⟩",
      "both ⟨: { kept: [B, T, width], wide: [B, T, 64] }⟩",
      "x = stack(gather(embedding, tokens) ⟨[B, T, width]⟩",
    ])
      assert.ok(shown.includes(expected), `${expected} among\n${shown.join("\n")}`);
    assert.ok(!shown.some((hint) => hint.startsWith("layer ")), "block values have no shape");
    assert.ok(!shown.some((hint) => hint.includes("write ⟨")), "a shape that stays is no news");
    const few = await client.connection.sendRequest<InlayHint[]>("textDocument/inlayHint", {
      textDocument: { uri },
      range: { start: client.at(uri, "|g = ").position, end: client.at(uri, "|parts = ").position },
    });
    assert.equal(few.length, 1);
  });
});
