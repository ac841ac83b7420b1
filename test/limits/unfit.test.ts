import assert from "node:assert/strict";
import { compileText, described, modelWith } from "./text.ts";

const small = { maxBindingBytes: 4096 };
const said = (text: string, options: Parameters<typeof compileText>[1]) => {
  const { compiled, diagnostics } = compileText(text, options);
  assert.equal(compiled, null);
  return diagnostics;
};

describe("what a device cannot hold", () => {
  const text = modelWith("  y = x * 2\n  linear(y, out: D) as map");

  it("is told at the value's own name with its dimensions, once for all entries that have it", () => {
    const mixed = modelWith("  scan(0.5, x * 2) as kept");
    const [found] = said(mixed, { caps: small, chunk: 64 });
    assert.equal(
      described(found!, mixed),
      "3: E0610 at scan(0.5, x * 2) as kept: `layers.0.kept` [B, T, D] = [1, 64, 32] in f32 is 8 KiB (prefill, score), and a binding of this device holds 4 KiB",
    );
  });
  it("is no matter where only the last token is computed", () => {
    const [found] = said(text, { caps: small, chunk: 64 });
    assert.match(found!.message, /^`layers.0.y` .* \(score\), and/);
    const entries = ["prefill", "decode"] as const;
    assert.notEqual(compileText(text, { caps: small, chunk: 64, entries }).compiled, null);
  });
  it("comes with the largest chunk with which all of it fits, and it does", () => {
    const found = said(text, { caps: small, chunk: 64 });
    assert.deepEqual([...new Set(found.map((d) => d.hint))], ["use `--chunk 16` or less"]);
    assert.notEqual(compileText(text, { caps: small, chunk: 16 }).compiled, null);
    assert.equal(compileText(text, { caps: small, chunk: 17 }).compiled, null);
  });
  it("asks for a smaller batch where the tokens are few already", () => {
    const [found] = said(text, { caps: small, chunk: 1, batch: 40 });
    assert.equal(found!.hint, "use `--batch 16` or less");
    assert.notEqual(compileText(text, { caps: small, chunk: 1, batch: 16 }).compiled, null);
  });
  it("is told once for all layers, with their number", () => {
    const body = "  w = linear(x, out: D) as map\n  scan(0.5, w)";
    const found = said(modelWith(body, 3), { caps: { maxBindingBytes: 2048 }, chunk: 32 });
    const layers = found.filter((d) => d.message.includes("layers."));
    assert.ok(layers.length > 0);
    assert.equal(new Set(found.map((d) => `${d.span.from}`)).size, found.length);
    assert.ok(
      layers.some((d) => /\((2|3) of them\)/.test(d.message)),
      layers[0]?.message,
    );
  });
  it("points at a state's own call, and speaks of what keeps tokens in sight", () => {
    const body = "  q = split(x, D, [2, 16])\n  merge(attend(q, q, q), [2, 16], D)".replaceAll(
      "2, 16",
      "H, K",
    );
    const attention = modelWith(`  size H = D / 16\n  size K = D / 2\n${body}`);
    const found = said(attention, { caps: { maxBindingBytes: 16384 }, context: 200 });
    const state = found.find((d) => d.message.includes("keys"));
    assert.equal(attention.slice(state?.span.from, state?.span.to), "attend(q, q, q)");
    assert.match(state!.hint, /`--context`/);
  });
  it("names a parameter that can be split nowhere, with its `param` statement", () => {
    const body = "  param bias: [D] = zeros\n  x * sigmoid(bias)";
    const found = said(modelWith(body), { caps: { maxBindingBytes: 100 }, chunk: 1 });
    const one = found.find((d) => d.message.includes("bias"))!;
    assert.match(
      described(one, modelWith(body)),
      /^3: E0611 at bias: `layers.0.bias` \[D\] = \[32\] in f32 is 128 B; a binding of this device holds 100 B, and/,
    );
    assert.match(one.hint, /--precision bf16/);
  });
  it("names both of two parameters that a product would need in pieces", () => {
    const low = modelWith(`  size R = 2 * D
  size O = D
  param up: [D, R] = normal(1 / D)
  param down: [R, O] = normal(1 / D)
  w = contract(up, down, over: R)
  merge(contract(x, w, over: D), [O], D)`);
    const [found] = said(low, { caps: { maxBindingBytes: 4096 } }).filter(
      (d) => d.code === "E0612",
    );
    assert.match(
      described(found!, low),
      /E0612 at w: `layers.0.w` needs `layers.0.up` and `layers.0.down` in several places at once/,
    );
  });
  it("names what has too many workgroups", () => {
    const found = said(text, { caps: { maxWorkgroupsPerDimension: 1 }, chunk: 64 });
    assert.ok(found.some((d) => d.code === "E0613"));
    assert.match(found[0]!.message, /^`layers.0.y` takes 8 workgroups, more than the 1 of one/);
  });
});
