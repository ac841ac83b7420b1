import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import type { Observer } from "../../../dsl/elaborate/observe.ts";
import { limits } from "../../../dsl/elaborate/session.ts";
import type { Model } from "../../../dsl/model.ts";
import { printGraph } from "../../../src/graph/print.ts";
import { topological } from "../../../src/graph/walk.ts";
import { elaborateText, modelOf, readText } from "../files.ts";

/** Where somebody watches, every layer is run. */
const watched: { readonly observe: Observer } = { observe: { value: () => {}, call: () => {} } };

/** The graph, what its values are called, and its parameters in their order. */
function described({ graph, values, parameters }: Model): unknown {
  const nodes = topological([...Object.values(graph.outputs), ...Object.values(values)]);
  const numbers = new Map(nodes.map((node, i) => [node, i]));
  return {
    graph: printGraph(graph),
    values: Object.entries(values).map(([path, node]) => [path, numbers.get(node), node.label]),
    parameters,
  };
}

function assertRepeats(text: string, target: string): Model {
  const model = modelOf(text, target);
  assert.deepEqual(described(model), described(modelOf(text, target, watched)));
  return model;
}

const files = (folder: string): readonly (readonly [string, string])[] =>
  readdirSync(new URL(`../../../${folder}`, import.meta.url))
    .filter((file) => file.endsWith(".eyrie"))
    .map((file) => [file, readText(`${folder}/${file}`)]);

/** A layer with a parameter, a state and named values. */
const layer = `block layer(x: [B, T, D]) -> [B, T, D] {
  param w: [D] = ones
  y = x * w
  scan(exp(-y * y), y) as memory
}
`;
const model = (body: string) => `${layer}
model net(width: size = 4) {
  param e: [8, width] = normal(1)
  x = gather(e, tokens)
  ${body}
}`;

describe("layers of a stack", () => {
  for (const [file, text] of [...files("examples"), ...files("examples/zoo")])
    it(`of ${file} are the same written again as run one by one`, () => {
      for (const [, name] of text.matchAll(/^model (\w+)/gm)) assertRepeats(text, name!);
    });

  it("have parameters, states and values of their own", () => {
    const { graph, parameters, values } = assertRepeats(model("stack(x, 3, [layer]) as l"), "net");
    assert.deepEqual(
      parameters.map(({ name }) => name),
      ["e", "l.0.w", "l.1.w", "l.2.w"],
    );
    assert.deepEqual(
      graph.states.map(({ name }) => name),
      ["l.0.memory.scan", "l.1.memory.scan", "l.2.memory.scan", "seen"],
    );
    assert.equal(values["l.2.y"]?.inputs[0], values["l.1"]);
  });

  it("share what a shared block keeps, within a layer and between layers", () => {
    assertRepeats(model("core = share(layer)\n  stack(x, 3, [core]) as l"), "net");
    const twice = `block twice(x: [B, T, D]) -> [B, T, D] {
  core = share(layer) as core
  first = core(x) as first
  core(first) as second
}
`;
    assertRepeats(`${twice}${model("stack(x, 3, [twice])")}`, "net");
  });

  it("may be stacks themselves", () => {
    const inner = `block inner(x: [B, T, D]) -> [B, T, D] {
  stack(x, 2, [layer]) as l
}
`;
    const { parameters } = assertRepeats(`${inner}${model("stack(x, 2, [inner]) as l")}`, "net");
    assert.deepEqual(parameters.at(-1)?.name, "l.1.l.1.w");
  });

  it("may stand in a shared block, whose parameters have its name and whose states have the layer's", () => {
    const inner = `block inner(x: [B, T, D]) -> [B, T, D] {
  stack(x, 2, [layer]) as l
}
`;
    const { parameters, graph } = assertRepeats(
      `${inner}${model("core = share(inner) as core\n  core(core(x) as a) as b")}`,
      "net",
    );
    assert.deepEqual(
      parameters.map(({ name }) => name),
      ["e", "core.l.0.w", "core.l.1.w"],
    );
    assert.equal(graph.states[1]?.name, "a.l.1.memory.scan");
  });

  it("name what they are given, where it has no name", () => {
    const naming = `block naming(x: [B, T, D]) -> [B, T, D] {
  given = x
  given + 1
}
`;
    const { values } = assertRepeats(`${naming}${model("stack(x * 2, 2, [naming]) as l")}`, "net");
    assert.equal(values["l.0.given"]?.label, "given");
  });

  it("keep nothing in a function, as no call does there", () => {
    const text = `function f(x) { stack(x, 2, [layer]) }\n${model("f(x)")}`;
    for (const how of [{}, watched])
      assert.deepEqual(
        elaborateText(text, "net", how).diagnostics.map(({ code }) => code),
        ["E0224"],
      );
  });

  it("are not taken in by tensors that are equal in the first layer only", () => {
    const mixed = `block mixed(x: [B, T, D], r: [B, T, D]) -> [B, T, D] {
  doubled = r * 2
  x + doubled * x
}
`;
    assertRepeats(`${mixed}${model("stack(x * 2, 3, [mixed], x)")}`, "net");
    assertRepeats(`${mixed}${model("stack(x, 3, [mixed], x)")}`, "net");
    const named = model("h = x * 3\n  stack(x, 3, [tripled])");
    assertRepeats(
      `block tripled(x: [B, T, D]) -> [B, T, D] { inside = x * 3\n inside }\n${named}`,
      "net",
    );
  });

  it("count as calls, whether run or written again", () => {
    const text = model(`stack(x, ${limits.layers}, [pair])`);
    const pair = `block one(x: [B, T, D]) -> [B, T, D] { x }
block pair(x: [B, T, D]) -> [B, T, D] { one(one(x) as a) as b }
`;
    for (const how of [{}, watched]) {
      const { model: none, diagnostics } = elaborateText(`${pair}${text}`, "net", how);
      assert.equal(none, null);
      assert.deepEqual(
        diagnostics.map(({ code }) => code),
        ["E0417"],
      );
    }
  });
});
