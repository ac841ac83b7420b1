import assert from "node:assert/strict";
import { type EntryExplanation, explain, printExplanation } from "../../src/explain.ts";
import { compiledText, modelWith } from "../limits/text.ts";

const wide = { maxBuffersPerKernel: 16 };

/** A recurrence that no part of the compiler knows: gates for every element, a decay that learns its speed, documents, a gate behind. */
const leaky = modelWith(
  `  param speed: [D] = uniform(-3, 0)
  g = sigmoid(linear(x, out: D) as keep)
  i = tanh(linear(x, out: D) as write)
  o = silu(linear(x, out: D) as show)
  rate = exp(-exp(speed) * g)
  a = if position == 0 then 0 else rate
  h = scan(a, sqrt(1 - a * a) * i)
  y = h * o
  linear(y, out: D) as back`,
  6,
);
/** What stands in front of its scan: two products' sums with their biases, and everything made of them. */
const gates = ["keep", "g", "rate", "a", "write", "i"];
/** The same with a matrix for each head: what is written is an outer product, and it is never stored. */
const matrix = modelWith(
  `  size H = D / 16
  size V = D / 2
  size K = 8
  size HK = 16
  param bias: [H] = zeros
  k = split(project(x, out: HK) as key, HK, [H, K])
  v = split(project(x, out: D) as value, D, [H, V])
  q = split(project(x, out: HK) as query, HK, [H, K])
  f = if position == 0 then 0 else sigmoid(project(x, out: H) as forget + bias)
  u = outer(v, exp(-abs(k)))
  s = scan(spread(f, [B, T, H, V, K]), u)
  y = contract(s, q, over: K)
  merge(y, [H, V], D)`,
  2,
);

const leakyCompiled = () => compiledText(leaky, { caps: wide, entries: ["prefill"] });
const prefillOf = (text: string, name?: string): EntryExplanation =>
  explain(compiledText(text, { caps: wide, entries: ["prefill"] }), name ? { name } : {})
    .entries[0]!;
const lastOf = (path: string) => path.slice(path.lastIndexOf(".") + 1);

describe("an explanation", () => {
  it("shows a recurrence that nobody has seen as one scan with its gates in front and its output behind", () => {
    const { regions } = prefillOf(leaky);
    const [scan, ...others] = regions.filter((r) => r.anchor?.op === "scan");
    // The last layer's output is computed for the last token only, behind its scan.
    assert.equal(others.length, 1);
    assert.equal(scan?.numbers.length, 5);
    assert.equal(scan.recipe, "scan");
    assert.equal(scan.anchor?.value, "layers.{i}.h");
    const inside = scan.prologue.values.map(lastOf);
    for (const name of gates) assert.ok(inside.includes(name), name);
    assert.deepEqual(scan.prologue.operations.sqrt, 1);
    assert.deepEqual(scan.prologue.operations.tanh, 1);
    assert.ok(scan.epilogue.values.includes("layers.{i}.y"));
    assert.deepEqual(scan.epilogue.operations, { mul: 1 });
    assert.equal(scan.kernels.length, 1);
    assert.equal(scan.kernels[0]?.dispatches, 1);
  });
  it("finds no arithmetic of that recurrence outside its scan and its products, but some with eight buffers", () => {
    const alone = prefillOf(leaky).regions.filter((r) => r.anchor === null);
    assert.deepEqual(
      alone.filter((r) => r.epilogue.flops > 0),
      [],
    );
    const few = explain(compiledText(leaky, { entries: ["prefill"] })).entries[0]!;
    const scan = few.regions.find((r) => r.anchor?.op === "scan")!;
    const inside = scan.prologue.values.map(lastOf);
    assert.ok(!gates.every((name) => inside.includes(name)), inside.join());
  });
  it("shows a scan over matrices whose outer product is never stored", () => {
    const { regions } = prefillOf(matrix);
    const scans = regions.filter((r) => r.anchor?.op === "scan");
    for (const scan of scans) {
      assert.deepEqual(scan.anchor?.shape, [1, 16, 2, 16, 8]);
      assert.ok(scan.prologue.values.map(lastOf).includes("u"));
      assert.ok(
        scan.reads.every((r) => r.kind === "state" || r.shape.length < 5),
        scan.name,
      );
    }
    assert.equal(
      scans.reduce((n, r) => n + r.numbers.length, 0),
      2,
    );
  });
  it("tells equal layers once, and numbers every region of the program exactly once", () => {
    const { regions, totals } = prefillOf(leaky);
    const numbers = regions.flatMap((r) => r.numbers).sort((a, b) => a - b);
    assert.deepEqual(
      numbers,
      Array.from({ length: totals.regions }, (_, i) => i + 1),
    );
    assert.ok(regions.length < totals.regions * 0.6);
    const scan = regions.find((r) => r.anchor?.op === "scan")!;
    assert.deepEqual(scan.indices, ["0", "1", "2", "3", "4"]);
  });
  it("adds up: what regions cost is what the entry costs", () => {
    const { regions, totals } = prefillOf(leaky);
    const sum = (pick: (r: (typeof regions)[number]) => number) =>
      regions.reduce((n, r) => n + pick(r) * r.numbers.length, 0);
    assert.equal(
      sum((r) => r.cost.flops),
      totals.flops,
    );
    assert.equal(
      sum((r) => r.cost.read),
      totals.read,
    );
    assert.equal(
      sum((r) => r.cost.written),
      totals.written,
    );
    // What runs beside others is dispatched once for all of them.
    const joined = leakyCompiled().entries.prefill!.joined;
    assert.equal(
      sum((r) => r.kernels.reduce((n, k) => n + k.dispatches, 0)),
      joined.reduce((n, steps) => n + steps.length, 0),
    );
    assert.equal(totals.dispatches, joined.length);
    assert.ok(regions.some((r) => r.beside.length > 0));
    for (const r of regions)
      assert.equal(
        r.prologue.flops + (r.anchor?.flops ?? 0) + r.epilogue.flops,
        r.cost.flops,
        r.name,
      );
  });
  it("says why a recipe took a region, and which declined before it", () => {
    const [scan] = prefillOf(leaky, "h").regions;
    assert.equal(scan?.because, "its anchor is a scan");
    assert.deepEqual(scan.declined.slice(0, 2), ["sample", "ring"]);
    assert.ok(!scan.declined.includes("scan"));
    const product = prefillOf(leaky).regions.find((r) => r.recipe === "matmul");
    assert.match(product!.because, /^its anchor is a product of 16 rows by 32 columns, 32 terms/);
  });
  it("says what keeps neighbours apart: products, other readers, and a device's buffers", () => {
    const reasons = (buffers: number, name: string) =>
      explain(
        compiledText(leaky, { caps: { maxBuffersPerKernel: buffers }, entries: ["prefill"] }),
        { name },
      ).entries[0]!.regions.flatMap((r) => r.boundaries.map((b) => b.reason));
    assert.ok(reasons(16, "h").some((r) => /a contract and a scan have kernels of/.test(r)));
    assert.ok(reasons(16, "y").some((r) => /a product reads its operands many times/.test(r)));
    assert.ok(!reasons(16, "h").some((r) => /buffers of this device/.test(r)));
    assert.ok(reasons(8, "h").some((r) => /more than the 8 buffers of this device/.test(r)));
  });
});

describe("an explanation of one name", () => {
  const numbersOf = (name: string) => prefillOf(leaky, name).regions.flatMap((r) => r.numbers);

  it("takes a path, the end of one, or all below an instance", () => {
    const [h] = numbersOf("layers.3.h");
    assert.equal(numbersOf("layers.3.h").length, 1);
    assert.ok(numbersOf("h").includes(h!));
    assert.equal(numbersOf("h").length, 6);
    assert.ok(numbersOf("layers.3.keep").length >= 1);
  });
  it("takes parameters and states for what reads them", () => {
    assert.deepEqual(numbersOf("layers.2.speed"), numbersOf("layers.2.h"));
    assert.ok(numbersOf("embedding").length >= 2);
  });
  it("says so where no region computes the value", () => {
    const text = modelWith("  dead = x * 3\n  x * 2");
    assert.deepEqual(prefillOf(text, "dead").absent, ["layers.0.dead"]);
    assert.deepEqual(prefillOf(text, "dead").regions, []);
    assert.deepEqual(prefillOf(leaky, "h").absent, []);
  });
  it("refuses unknown names, with near ones", () => {
    assert.throws(() => prefillOf(leaky, "rat"), /m has no value "rat"; did you mean rate/);
  });
});

describe("a printed explanation", () => {
  const compiled = compiledText(leaky, { caps: wide, entries: ["prefill", "decode"] });

  it("is all its data can say, as JSON keeps it", () => {
    const data = explain(compiled, { device: "webgpu" });
    assert.deepEqual(JSON.parse(JSON.stringify(data)), data);
  });
  it("names the device, the tokens and every part of a region", () => {
    const text = printExplanation(explain(compiled, { name: "h", device: "lavapipe" }), "h");
    assert.match(
      text,
      /^h in m, prefill of 1 × 16 tokens on lavapipe: \d+ regions, \d+ dispatches/,
    );
    assert.match(text, /^h in m, decode of 1 × 1 tokens on lavapipe/m);
    assert.match(text, / {2}scan h in layers\.\{i\}, 5 times, i = 0–4$/m);
    assert.match(text, /^ {2}before .*\ba\b.*\(.*3 exp.*kFLOP\)$/m);
    assert.match(text, /^ {2}anchor {3}h: scan \[1, 16, 32\], 1\.02 kFLOP$/m);
    assert.match(text, /^ {2}after .*\by\b.*\(mul; 512 FLOP\)$/m);
    assert.match(text, /^ {2}reads .*parameter speed f32\[32\] 128 B/m);
    assert.match(text, /^ {2}why {6}its anchor is a scan; scan is the first recipe/m);
  });
});
