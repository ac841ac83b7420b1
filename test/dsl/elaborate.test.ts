import assert from "node:assert/strict";
import { evaluate, type Values, valueFrom } from "../../src/graph/evaluate.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { verify } from "../../src/graph/verify.ts";
import { elaborateText, mistakesIn, modelOf } from "./files.ts";

const f32 = (shape: readonly number[], data: readonly number[]) =>
  valueFrom({ dtype: "f32", shape }, data);
const i32 = (shape: readonly number[], data: readonly number[]) =>
  valueFrom({ dtype: "i32", shape }, data);
const range = (count: number, scale = 1) =>
  Array.from({ length: count }, (_, i) => Math.sin(i + 1) * scale);

/** The first output of a graph, with two rows of three tokens. */
function run(
  graph: Graph,
  inputs: Values,
  parameters: Values = {},
  count = [3, 3],
  states?: Values,
) {
  const common = { position: i32([2, 3], [0, 1, 2, 0, 1, 2]), count: i32([2], count) };
  const given = { inputs: { ...common, ...inputs }, parameters };
  return evaluate(graph, states ? { ...given, states } : given);
}
const near = (got: ArrayLike<number>, want: readonly number[]) => {
  assert.equal(got.length, want.length);
  for (const [i, value] of want.entries())
    assert.ok(Math.abs(got[i]! - value) < 1e-9, `${i}: ${got[i]} is not ${value}`);
};

describe("elaborate", () => {
  it("names parameters and states by the path of their instance", () => {
    const text = `
block inner(x: [B, T, D]) -> [B, T, D] { param w: [D] = ones
  scan(0.5, w * x) as memory }
block outer(x: [B, T, D]) -> [B, T, D] { y = inner(x) as first
  inner(y) }`;
    const model = modelOf(text, "outer", { inputs: { x: [2, 3, 4] }, path: "top" });
    assert.deepEqual(
      model.parameters.map((p) => p.name),
      ["top.first.w", "top.inner.w"],
    );
    assert.deepEqual(
      model.graph.states.map((s) => s.name),
      ["seen", "top.first.memory.scan", "top.inner.memory.scan"],
    );
    assert.ok(model.values["top.first"] && model.values["top.y"]);
    verify(model.graph);
  });

  it("spreads a tensor over a longer one by the names of its dimensions", () => {
    const text = "block f(x: [B, T, D], w: [D], s: [B, T]) -> [B, T, D] { x * w + s }";
    const { graph } = modelOf(text, "f", { inputs: { x: [2, 3, 3], w: [3], s: [2, 3] } });
    const [x, w, s] = [range(18), range(3, 2), range(6, 3)];
    const { y } = run(graph, { x: f32([2, 3, 3], x), w: f32([3], w), s: f32([2, 3], s) }).outputs;
    near(
      y!.data,
      x.map((value, i) => value * w[i % 3]! + s[Math.floor(i / 3)]!),
    );
  });

  it("keeps a scan's state through tokens that are not real", () => {
    const text = "block f(x: [B, T, D]) -> [B, T, D] { scan(0.5, x) }";
    const { graph } = modelOf(text, "f", { inputs: { x: [2, 3, 1] } });
    const { states } = run(graph, { x: f32([2, 3, 1], [1, 2, 3, 4, 5, 6]) }, {}, [2, 0]);
    near(states.scan!.data, [2.5, 0]);
    near(states.seen!.data, [2, 0]);
  });

  it("remembers the last inputs of a convolution, and none of an earlier document", () => {
    const text = "block f(x: [B, T, C], w: [K, C]) -> [B, T, C] { conv1d(x, w) }";
    const { graph } = modelOf(text, "f", { inputs: { x: [2, 3, 1], w: [4, 1] } });
    const inputs = {
      x: f32([2, 3, 1], [1, 2, 3, 4, 5, 6]),
      w: f32([4, 1], [1000, 100, 10, 1]),
      position: i32([2, 3], [7, 8, 9, 3, 0, 1]),
    };
    const past = f32([2, 3, 1], [-3, -2, -1, -3, -2, -1]);
    const { outputs, states } = run(graph, inputs, {}, [2, 3], { past, seen: i32([2], [7, 3]) });
    near(outputs.y!.data.slice(0, 2), [-3000 - 200 - 10 + 1, -2000 - 100 + 10 + 2]);
    near(outputs.y!.data.slice(4), [5, 56]);
    near(states.past!.data, [-1, 1, 2, 0, 5, 6]);
  });

  it("decides an `if` on a setting and chooses by element on a tensor", () => {
    const text = `block f(x: [B, T, D], on: flag = false) -> [B, T, D] {
  y = if on then x * 2 else x * 3
  if position == 0 then 0 else y
}`;
    for (const on of [false, true]) {
      const { graph } = modelOf(text, "f", { inputs: { x: [2, 3, 1] }, settings: { on } });
      const factor = on ? 2 : 3;
      const { y } = run(graph, { x: f32([2, 3, 1], [1, 2, 3, 4, 5, 6]) }).outputs;
      near(
        y!.data,
        [0, 2, 3, 0, 5, 6].map((value) => value * factor),
      );
    }
  });

  it("passes block values, and hands the settings that they were given on", () => {
    const text = `
block scaled(x: [B, T, D], by: number) -> [B, T, D] { x * by }
block twice(x: [B, T, D], mix: block) -> [B, T, D] { mix(mix(x)) }
block f(x: [B, T, D]) -> [B, T, D] { triple = scaled(by: 3)
  twice(x, mix: triple) + stack(x, 3, [triple, scaled_by_one])
}
block scaled_by_one(x: [B, T, D]) -> [B, T, D] { x }`;
    const { graph } = modelOf(text, "f", { inputs: { x: [2, 3, 1] } });
    const { y } = run(graph, { x: f32([2, 3, 1], [1, 2, 3, 4, 5, 6]) }).outputs;
    near(
      y!.data,
      [1, 2, 3, 4, 5, 6].map((value) => value * 18),
    );
  });

  it("takes settings from outside before a configuration before fallbacks", () => {
    const text = `
model m(vocab: size = 5, width: size = 2 * vocab, depth: size = 3) { param e: [vocab, width] = normal(1 / depth)
  contract(gather(e, tokens), e, over: width) }
config m "big" { vocab = 7, depth = 4 }`;
    assert.deepEqual(modelOf(text, "m").settings, { vocab: 5, width: 10, depth: 3 });
    assert.deepEqual(modelOf(text, "m", { config: "big" }).settings, {
      vocab: 7,
      width: 14,
      depth: 4,
    });
    const model = modelOf(text, "m", { config: "big", settings: { vocab: 9 } });
    assert.deepEqual(model.settings, { vocab: 9, width: 18, depth: 4 });
    assert.deepEqual(model.parameters, [
      { name: "e", shape: [9, 18], initializer: { kind: "normal", variance: 0.25 } },
    ]);
    assert.deepEqual(Object.keys(model.graph.outputs), ["logits"]);
  });

  it("says what outside settings and configurations are wrong", () => {
    const text = `model m(vocab: size = 5, width: size = 4) { param e: [vocab, width] = ones
  contract(gather(e, tokens), e, over: width) }
config m "small" { width = 2 }`;
    const said = (options: object) =>
      elaborateText(text, "m", options).diagnostics.map((d) => `${d.message}; ${d.hint}`);
    assert.deepEqual(said({ settings: { widht: 3 } }), [
      "`m` has no setting `widht`; did you mean `width`?",
    ]);
    assert.match(said({ settings: { width: 2.5 } })[0]!, /`width` is 2.5, which is not a size/);
    assert.match(said({ config: "smal" })[0]!, /no configuration `smal`; did you mean `small`\?/);
  });
});

describe("checkFile", () => {
  it("finds every mistake of a file at once, also in blocks that no model uses", () => {
    const text = `block a(x: [B, T, D], out: size) -> [B, T, out] {
  param w: [D, out] = normall(1)
  y = contract(x, w, over: out)
  q = x + sigmiod(y)
  m = mean(x, over: T)
  t = x + position
  p = linear(x, out: D) + linear(x, out: D)
  h = linear(q * m * t * p, outt: D) + linear
  x + h
}
block b(x: [B, T, D], n: size) -> [B, T, D] { x + linear(x, out: n) }`;
    const found = mistakesIn(text);
    assert.deepEqual(
      found.map((line) => line.replace(/ at .*/s, "")),
      [
        "2: E0202",
        "3: E0305",
        "4: E0202",
        "5: E0311",
        "6: E0308",
        "7: E0205",
        "8: E0401",
        "8: E0209",
        "11: E0301",
      ],
    );
    assert.match(
      found.at(-1)!,
      /\[B, T, D\] and \[B, T, n\] do not fit in `\+`: `D` and `n` disagree/,
    );
  });

  it("reads branches that are not taken", () => {
    const text =
      "block f(x: [B, T, D], on: flag = true) -> [B, T, D] { if on then x else x * scal }";
    assert.deepEqual(mistakesIn(text), ["1: E0201 at scal: nothing here is named `scal`"]);
  });

  it("tells apart dimensions of one size by their names", () => {
    const text =
      "block f(x: [B, T, D]) -> [B, T, D] { size E = D\n y = linear(x, out: E)\n x + y }";
    assert.match(mistakesIn(text)[0]!, /3: E0301 at x \+ y/);
  });

  it("ends on blocks that call themselves, by name or by value", () => {
    const byName =
      "block f(x: [B, T, D]) -> [B, T, D] { g(x) }\nblock g(x: [B, T, D]) -> [B, T, D] { f(x) }";
    assert.match(mistakesIn(byName)[0]!, /for ever: f → g → f/);
    const byValue = `block f(x: [B, T, D], mix: block) -> [B, T, D] { mix(x, mix: mix) }
block g(x: [B, T, D]) -> [B, T, D] { f(x, mix: f) }`;
    assert.match(mistakesIn(byValue).join("\n"), /E0212/);
  });

  it("blames no block for the stand-in sizes that it is checked with", () => {
    const text = `block f(x: [B, T, D], parts: size) -> [B, T, D] { size K = D / (7 * parts)
  merge(split(x, D, [7, parts, K]), [7, parts, K], D) }`;
    assert.deepEqual(mistakesIn(text), []);
  });

  it("checks every named configuration", () => {
    const text = `model m(vocab: size = 6, width: size = 6, parts: size = 3) { param e: [vocab, width] = ones
  x = block_linear(gather(e, tokens), blocks: parts)
  contract(x, e, over: width) }
config m "odd" { width = 7 }
config m "typo" { widht = 7 }
config n "other" { width = 7 }`;
    const found = mistakesIn(text);
    assert.ok(
      found.some((line) => line.includes("E0406") && line.includes("`blocks` = 3 does not divide")),
    );
    assert.ok(
      found.some((line) => line.startsWith("5: E0401")) &&
        found.some((line) => line.startsWith("6: E0203")),
    );
  });
});
