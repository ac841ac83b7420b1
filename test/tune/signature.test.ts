import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { lower } from "../../codegen/lower.ts";
import { numbered } from "../../codegen/numbered.ts";
import { signatureOf } from "../../src/tune/signature.ts";
import { tasksOf } from "../../src/tune/tasks.ts";
import { compiledText, modelWith } from "../limits/text.ts";

const body = (gate: string, weight: string, out: string) => `  param ${weight}: [D] = uniform(-1, 1)
  ${gate} = sigmoid(linear(x, out: D) as keep)
  ${out} = scan(${gate}, x * ${weight})
  linear(${out}, out: D) as back`;
const compiled = (text: string, width = 32) =>
  compiledText(text, { caps: { maxBuffersPerKernel: 16 }, settings: { width } });
const signaturesOf = (text: string, width?: number) =>
  tasksOf(compiled(text, width)).tasks.map((t) => t.signature);
const plain = modelWith(body("g", "speed", "h"), 5);

describe("a region's signature", () => {
  it("is 16 hexadecimal digits, and stays the same from run to run", () => {
    for (const signature of signaturesOf(plain)) assert.match(signature, /^[0-9a-f]{16}$/);
    assert.deepEqual(signaturesOf(plain), signaturesOf(plain));
  });
  it("knows no names", () => {
    const renamed = modelWith(body("gate", "rate", "state"), 5)
      .replaceAll("layers", "blocks")
      .replaceAll("layer(", "unit(")
      .replaceAll("embedding", "table")
      .replaceAll(" m(", " other(");
    assert.notEqual(renamed, plain);
    assert.deepEqual(signaturesOf(renamed), signaturesOf(plain));
  });
  it("is one for all layers, and one for all depths", () => {
    const { entries } = compiled(plain);
    const lowered = Object.values(entries).flatMap((e) => e.lowered);
    const deeper = new Set(signaturesOf(modelWith(body("g", "speed", "h"), 9)));
    assert.ok(signaturesOf(plain).length < lowered.length / 3);
    assert.deepEqual(deeper, new Set(signaturesOf(plain)));
  });
  it("is one for regions with other regions in front of them, and for no others", () => {
    const layers = compiled(plain).entries.prefill!.lowered.filter((l) => l.recipe === "scan");
    const [first, second] = layers.map((l) => signatureOf(l.region, { name: "scan" }));
    assert.equal(first, second);
    assert.notEqual(numbered(layers[0]!.region).key, numbered(layers[1]!.region).key);
    assert.notEqual(signatureOf(layers[0]!.region, { name: "gemv" }), first);
  });
  it("stands for the same choices wherever it is", () => {
    const offers = new Map<string, string>();
    let shared = 0;
    const text = readFileSync(new URL("../../examples/griffin.eyrie", import.meta.url), "utf8");
    const settings = {
      ...{ vocab: 70, width: 16, rnn_width: 24, heads: 2, head_dim: 8, gate_blocks: 2 },
      ...{ hidden: 20, window: 5, depth: 9 },
    };
    for (const barriers of ["cheap", "dear"] as const) {
      offers.clear();
      const { entries, caps } = compiledText(text, { settings, caps: { barriers } });
      for (const { fused } of Object.values(entries))
        lower(fused, caps, (region, recipe, choices) => {
          const signature = signatureOf(region, recipe);
          const offer = JSON.stringify(choices.map((c) => c.schedule));
          if (offers.has(signature)) shared++;
          assert.equal(offers.get(signature) ?? offer, offer, region.name);
          offers.set(signature, offer);
          return choices[0]!;
        });
    }
    assert.ok(shared > 20, `${shared}`);
  });
  it("tells sizes and operations apart", () => {
    const all = new Set(signaturesOf(plain));
    const scans = (text: string, width?: number) =>
      tasksOf(compiled(text, width)).tasks.filter((t) => t.recipe.name === "scan");
    for (const { signature } of scans(plain, 64)) assert.ok(!all.has(signature));
    const tanh = modelWith(body("g", "speed", "h").replace("sigmoid", "tanh"), 5);
    for (const { signature } of scans(tanh)) assert.ok(!all.has(signature));
  });
});
