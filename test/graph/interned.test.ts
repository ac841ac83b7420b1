import assert from "node:assert/strict";
import { GraphBuilder } from "../../src/graph/build.ts";
import type { Node } from "../../src/graph/graph.ts";

/** The same numbers whenever it is made. */
function draws(): (limit: number) => number {
  let state = 1;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** Some thousand operations on what was made before; many are asked for twice. */
function build(g: GraphBuilder, count: number): readonly Node[] {
  const made: Node[] = [g.input("x", { dtype: "f32", shape: [2, 2] }) as Node];
  const below = draws();
  const any = () => made[below(made.length)]!;
  for (let i = 0; i < count; i++) {
    const fn = (["add", "sub", "mul"] as const)[below(3)]!;
    made.push(below(4) === 0 ? g.map(fn, any(), below(5) - 2) : g.map(fn, any(), any()));
  }
  return made;
}

describe("the nodes of a builder", () => {
  it("are found again among thousands, and none is taken for another", () => {
    const g = new GraphBuilder();
    const first = build(g, 5_000);
    const { size } = g;
    assert.deepEqual(
      build(g, 5_000).map((node) => node.id),
      first.map((node) => node.id),
    );
    assert.equal(g.size, size);
    const texts = new Map(
      first.map((n) => [n.id, JSON.stringify([n.op, n.attrs, n.inputs.map((i) => i.id)])]),
    );
    assert.equal(new Set(texts.values()).size, texts.size);
  });

  it("of other inputs, attributes or operations are others", () => {
    const g = new GraphBuilder();
    const x = g.input("x", { dtype: "f32", shape: [2, 2] });
    const y = g.input("y", { dtype: "f32", shape: [2, 2] });
    const attrs = { shape: [4] };
    const both = { fn: "max", axis: 0, start: 0, size: 1 } as const;
    const nodes = [
      g.map("sub", x, y),
      g.map("sub", y, x),
      g.map("add", x, y),
      g.node("reshape", attrs, [x]),
      g.node("reshape", attrs, [y]),
      g.node("reshape", { shape: [1, 4] }, [x]),
      g.node("transpose", { order: [1, 0] }, [x]),
      g.node("slice", both, [x]),
      g.node("reduce", both, [x]),
    ];
    assert.equal(new Set(nodes).size, nodes.length);
  });

  it("must come from the builder that is asked", () => {
    const x = new GraphBuilder().input("x", { dtype: "f32", shape: [2] });
    const other = new GraphBuilder();
    other.input("y", { dtype: "f32", shape: [2] });
    assert.throws(() => other.map("neg", x), /another builder made/);
  });
});
