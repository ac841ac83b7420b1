import assert from "node:assert/strict";
import { minimumCaps } from "../../codegen/kernel.ts";
import { GraphBuilder } from "../../src/graph/build.ts";
import type { Graph, Node } from "../../src/graph/graph.ts";
import { fuse } from "../../src/passes/fuse.ts";
import type { Region } from "../../src/passes/regions.ts";
import { storeWide } from "../../src/passes/widen.ts";
import { worstProgramError } from "../codegen/whole.ts";

/** Rows of a table in bf16, cast as the laws leave them. */
function rows() {
  const g = new GraphBuilder();
  const table = g.parameter("table", { dtype: "bf16", shape: [6, 8] });
  const gathered = g.gather(table, g.input("tokens", { dtype: "i32", shape: [1, 3] }));
  return { g, table, gathered, x: g.cast(gathered, "f32") };
}

const region = (
  inputs: readonly Node[],
  body: readonly Node[],
  outputs = body.slice(-1),
): Region => ({
  ...{ name: "region", anchor: null, inputs, body, outputs },
});
const never = () => false;

describe("storing halves", () => {
  it("moves the cast of every reader into the region that stores", () => {
    const { g, table, gathered, x } = rows();
    const [double, triple] = [g.map("mul", x, 2), g.map("mul", x, 3)];
    const found = storeWide(
      [
        region([table], [gathered]),
        region([gathered], [x, double]),
        region([gathered], [x, triple]),
      ],
      never,
    );
    assert.deepEqual(found, [
      region([table], [gathered, x]),
      region([x], [double]),
      region([x], [triple]),
    ]);
  });
  it("leaves out a region that did nothing but cast", () => {
    const { g, table, gathered, x } = rows();
    const double = g.map("mul", x, 2);
    const before = [region([table], [gathered]), region([gathered], [x]), region([x], [double])];
    assert.deepEqual(storeWide(before, never), [
      region([table], [gathered, x]),
      region([x], [double]),
    ]);
  });
  it("leaves halves alone that somebody wants as they are", () => {
    const { g, table, gathered, x } = rows();
    const moved = g.reshape(gathered, [3, 8]);
    const before = [region([table], [gathered]), region([gathered], [x, moved], [x, moved])];
    assert.equal(storeWide(before, never), before);
    const cast = [region([table], [gathered]), region([gathered], [x])];
    assert.equal(
      storeWide(cast, (node) => node === gathered),
      cast,
    );
  });
  it("leaves no half stored between two norms and products of the same rows", () => {
    const { g, x } = rows();
    const squares = g.reduce("sum", g.map("mul", x, x), 2);
    const w = (name: string) => g.parameter(name, { dtype: "f32", shape: [8, 4] });
    const product = (name: string) => g.contract(x, w(name), "btd", "dk", "btk");
    const outputs = { squares, a: product("a"), b: product("b") };
    const graph: Graph = { name: "rows", outputs, states: [] };
    const stored = fuse(graph, { maxBuffers: 8 }).regions.flatMap((r) => r.outputs);
    assert.ok(stored.every((node) => node.type.dtype === "f32"));
    assert.ok(worstProgramError(graph, minimumCaps, { tokens: [5, 0, 2] }) < 1e-5);
  });
});
