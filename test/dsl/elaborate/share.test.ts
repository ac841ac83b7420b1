import assert from "node:assert/strict";
import type { Model } from "../../../dsl/model.ts";
import { elaborateText, modelOf } from "../files.ts";
import { assertNear, errorsIn, numbers, outputsOf } from "./run.ts";

const blocks = `block layer(x: [B, T, D], hidden: size = 3) -> [B, T, D] {
  x + project(tanh(project(x, out: hidden) as up), out: D) as down
}
block memory(x: [B, T, D], start: number = 1) -> [B, T, D] {
  param rate: [D] = normal(start)
  scan(sigmoid(rate), x)
}
block twice(x: [B, T, D], inner: block) -> [B, T, D] { inner(inner(x) as first) as second }
block wrapped(x: [B, T, D], inner: block) -> [B, T, D] { twice(x, inner: inner) * 2 }`;
const model = (body: string) => `${blocks}
model m(width: size = 4) {
  param e: [9, width] = ones
  x = gather(e, tokens)
${body}
}`;
const parametersOf = ({ parameters }: Model) => parameters.map(({ name }) => name).slice(1);
const statesOf = ({ graph }: Model) => graph.states.map(({ name }) => name);
const made = (body: string) => modelOf(model(body), "m");
const errors = (body: string) => errorsIn(model(body));

describe("a shared block", () => {
  it("has one set of parameters, however often it is applied", () => {
    const found = made("core = share(layer(hidden: 7)) as core\n  core(core(x)) + core(x)");
    assert.deepEqual(parametersOf(found), ["core.up.w", "core.down.w"]);
    assert.deepEqual(found.parameters[1]?.shape, [4, 7]);
  });

  it("computes the same as a block whose parameters are equal", () => {
    const shared = outputsOf(made("core = share(memory())\n  core(core(x) as a) as b")).logits!;
    const [rate, e] = [numbers([4], 1), numbers([9, 4])];
    const tokens = [0, 1, 2, 2, 1, 0];
    const scan = (v: readonly number[]) => {
      const h = [...v];
      for (let i = 4; i < 24; i++)
        if (i !== 12 && i % 12 >= 4) h[i] = h[i]! + h[i - 4]! / (1 + Math.exp(-rate[i % 4]!));
      return h;
    };
    const x = tokens.flatMap((token) => e.slice(4 * token, 4 * token + 4));
    assertNear(shared.data, scan(scan(x)));
  });

  it("is named after its block where it has no label, beside its applications", () => {
    assert.deepEqual(parametersOf(made("core = share(layer)\n  core(x)")), [
      "layer.up.w",
      "layer.down.w",
    ]);
    const found = made("core = share(memory)\n  core(x)");
    assert.deepEqual(
      [parametersOf(found), statesOf(found)],
      [["memory.rate"], ["memory.scan", "seen"]],
    );
  });

  it("keeps states with each application, which then need names", () => {
    const found = made("m = share(memory) as core\n  m(m(x) as a) as b");
    assert.deepEqual(parametersOf(found), ["core.rate"]);
    assert.deepEqual(statesOf(found), ["a.scan", "b.scan", "seen"]);
    assert.deepEqual(errors("m = share(memory) as core\n  m(m(x))"), [
      "14: E0205 two instances are named `memory` in `m`",
    ]);
  });

  it("is a block value: in stacks, patterns and settings, and with more settings given", () => {
    const found = made(
      `core = share(memory) as core
  y = stack(x, 3, [core]) as first
  z = stack(y, [core, layer, share(layer(hidden: 5)) as wide] + 2 * [core]) as second
  w = wrapped(z, inner: core) as a
  v = wrapped(w, inner: core) as b
  n = share(memory(start: 2))
  n(v) as c`,
    );
    assert.deepEqual(parametersOf(found), [
      "core.rate",
      "second.1.up.w",
      "second.1.down.w",
      "wide.up.w",
      "wide.down.w",
      "memory.rate",
    ]);
    assert.deepEqual(statesOf(found), [
      "a.twice.first.scan",
      "a.twice.second.scan",
      "b.twice.first.scan",
      "b.twice.second.scan",
      "c.scan",
      "first.0.scan",
      "first.1.scan",
      "first.2.scan",
      "second.0.scan",
      "second.3.scan",
      "second.4.scan",
      "seen",
    ]);
  });

  it("needs no labels where blocks around it keep nothing of their own", () => {
    const body = `core = share(layer) as core
  y = twice(twice(x, inner: core), inner: core)
  stack(stack(y, 2, [core]), [core])`;
    assert.deepEqual(parametersOf(made(body)), ["core.up.w", "core.down.w"]);
    assert.deepEqual(errors(body), []);
  });

  it("inside a block has one set of parameters for each place where the block stands", () => {
    const text = `${model("inside(inside(x) as a) as b")}
block inside(x: [B, T, D]) -> [B, T, D] {
  core = share(layer) as core
  core(core(x))
}`;
    assert.deepEqual(parametersOf(modelOf(text, "m")), [
      "a.core.up.w",
      "a.core.down.w",
      "b.core.up.w",
      "b.core.down.w",
    ]);
    const shared = text.replace(
      "inside(inside(x) as a) as b",
      "i = share(inside)\n  i(i(x) as a) as b",
    );
    assert.deepEqual(parametersOf(modelOf(shared, "m")), [
      "inside.core.up.w",
      "inside.core.down.w",
    ]);
  });

  it("has parameters of one shape and one start", () => {
    const sizes = `s = share(project(out: 7)) as s
  y = s(x)
  z = s(y)
  x * mean(z, over: 7)`;
    assert.deepEqual(errors(sizes), [
      "15: E0426 the parameter `s.w` of a shared block would be both [4, 7] and [7, 7]",
    ]);
    const { diagnostics } = elaborateText(model(sizes), "m");
    const text = model(sizes);
    assert.deepEqual(
      diagnostics[0]?.related
        .slice(0, 2)
        .map(({ span, message }) => [
          message,
          span.file === "user.eyrie" ? text.slice(span.from, span.to) : span.file,
        ]),
      [
        ["first applied here", "s(x)"],
        ["declared here", "std:linear.eyrie"],
      ],
    );
    assert.deepEqual(errors("s = share(memory)\n  s(x, start: 2) as a + s(x, start: 3) as b"), [
      "14: E0427 the parameter `memory.rate` of a shared block would start in two ways",
    ]);
    assert.match(
      elaborateText(model("s = share(project(out: 7))\n  stack(x, 2, [s])"), "m").diagnostics[0]!
        .message,
      /`project\.w` of a shared block would be both \[4, 7\] and \[7, 7\]/,
    );
  });

  it("has a name of its own among the instances of a body", () => {
    const body = `a = share(layer) as core
  b = share(memory) as core
  c = layer(x) as core
  a(x) + b(x) + c`;
    assert.deepEqual(errors(body), [
      "14: E0205 two instances are named `core` in `m`",
      "15: E0205 two instances are named `core` in `m`",
    ]);
    const states = "m = share(memory)\n  m(x) as a + scan(0.5, x) as a";
    assert.deepEqual(errors(states), ["14: E0205 two instances are named `a` in `m`"]);
  });

  it("is made of one block value", () => {
    assert.deepEqual(
      errors("a = share(x)\n  b = share(layer, 4)\n  c = share(layer, hidden: 2)\n  a(b(c(x)))"),
      [
        "13: E0428 `share` needs a block value but gets a tensor [B, T, width]",
        "14: E0424 `share` takes 1 block value by place but gets 2",
        "15: E0401 `share` has no setting `hidden`",
      ],
    );
  });
});
