/** Lowering: which recipe takes a region, parameters in pieces, copies, and what is refused. Results are held against the graph's meaning. */
import assert from "node:assert/strict";
import { type Caps, minimumCaps } from "../../codegen/kernel.ts";
import { lower } from "../../codegen/lower.ts";
import { UserError } from "../../src/graph/bug.ts";
import { GraphBuilder } from "../../src/graph/build.ts";
import type { Graph, Node, Type } from "../../src/graph/graph.ts";
import { fuse } from "../../src/passes/fuse.ts";
import { programOf, worstProgramError } from "./whole.ts";

const f32 = (...shape: number[]): Type => ({ dtype: "f32", shape });
const i32 = (...shape: number[]): Type => ({ dtype: "i32", shape });
const graphOf = (outputs: Record<string, Node>, states: Graph["states"] = []): Graph => ({
  name: "test",
  outputs,
  states,
});

/** Token embedding, a residual map, and the tied output product with a soft cap. */
function tied(vocabulary: number, width: number, dtype: "f32" | "f16" | "bf16" = "f32"): Graph {
  const g = new GraphBuilder();
  const table = g.cast(g.parameter("embed", { dtype, shape: [vocabulary, width] }), "f32");
  const x = g.map("mul", g.gather(table, g.input("tokens", i32(1, 2))), 2);
  const normal = g.map(
    "div",
    x,
    g.broadcast(
      g.map("sqrt", g.map("add", g.reduce("sum", g.map("mul", x, x), 2), 1)),
      [1, 2, width],
      [0, 1],
    ),
  );
  const logits = g.contract(g.map("add", normal, x), table, "btd", "vd", "btv");
  return graphOf({ logits: g.map("mul", g.map("tanh", g.map("div", logits, 30)), 30) });
}

const recipesOf = (graph: Graph, caps: Caps = minimumCaps) =>
  lower(fuse(graph, { maxBuffers: caps.maxBuffersPerKernel }), caps).map((l) => l.recipe);

describe("lower", () => {
  it("gives each region the first recipe that accepts it", () => {
    assert.deepEqual(recipesOf(tied(11, 8)).toSorted(), ["gemv", "rowwise"]);
  });
  it("cuts a tied embedding once for its gather and its product", () => {
    for (const [vocabulary, width, limit] of [
      [24, 8, 300],
      [13, 5, 120],
      [30, 6, 700],
    ] as const) {
      const graph = tied(vocabulary, width);
      const caps = { ...minimumCaps, maxBindingBytes: limit };
      const pieces = programOf(graph, caps).buffers.filter((b) => b.kind === "parameter");
      assert.ok(pieces.length > 1 && pieces.every((p) => p.bytes <= limit && p.piece?.axis === 0));
      assert.equal(
        pieces.reduce((sum, p) => sum + (p.piece?.size ?? 0), 0),
        vocabulary,
      );
      assert.ok(worstProgramError(graph, caps, { tokens: [vocabulary - 1, 4] }) < 1e-5);
    }
  });
  it("cuts what is stored in half precision", () => {
    const caps = { ...minimumCaps, maxBindingBytes: 200, f16: true };
    for (const half of ["f16", "bf16"] as const)
      assert.ok(worstProgramError(tied(24, 8, half), caps, { tokens: [0, 23] }) < 1e-4);
  });
  it("stores the rows that it gathers from pieces of a half as they are calculated with", () => {
    const g = new GraphBuilder();
    const table = g.parameter("embed", { dtype: "bf16", shape: [24, 8] });
    const rows = g.cast(g.gather(table, g.input("tokens", i32(1, 2))), "f32");
    const graph = graphOf({ y: g.reduce("sum", g.map("mul", rows, rows), 2) });
    const caps = { ...minimumCaps, maxBindingBytes: 200 };
    // Fused as if nothing were cut, so that lowering must take the gather out by itself.
    const lowered = lower(fuse(graph, { maxBuffers: 8 }), caps);
    const gathered = lowered.find(({ region }) => region.name.startsWith("gather"));
    assert.deepEqual(
      gathered?.region.outputs.map((n) => n.type.dtype),
      ["f32"],
    );
    assert.ok(worstProgramError(graph, caps, { tokens: [0, 23] }) < 1e-5);
  });
  it("shares one kernel among pieces of one size", () => {
    const program = programOf(tied(24, 8), { ...minimumCaps, maxBindingBytes: 256 });
    assert.ok(program.steps.length > program.kernels.length);
  });
  it("cuts a transposed product's weights along the columns", () => {
    const g = new GraphBuilder();
    const w = g.transpose(g.parameter("w", f32(6, 40)), [1, 0]);
    const graph = graphOf({ y: g.contract(g.input("x", f32(3, 6)), w, "tk", "nk", "tn") });
    const caps = { ...minimumCaps, maxBindingBytes: 500 };
    assert.ok(
      programOf(graph, caps).buffers.some((b) => b.kind === "parameter" && b.piece?.axis === 1),
    );
    assert.ok(worstProgramError(graph, caps) < 1e-5);
  });
  it("binds no more than the device allows where a product reads a parameter in pieces", () => {
    const g = new GraphBuilder();
    let y: Node = g.contract(
      g.input("x", f32(3, 8)),
      g.parameter("w", f32(40, 8)),
      "tk",
      "nk",
      "tn",
    );
    for (let i = 0; i < 6; i++) y = g.map("add", y, g.input(`x${i}`, f32(3, 40)));
    const caps = { ...minimumCaps, maxBindingBytes: 500, maxBuffersPerKernel: 6 };
    assert.ok(worstProgramError(graphOf({ y }), caps) < 1e-5);
  });
  it("says which tensor is too large where it cannot be cut", () => {
    const g = new GraphBuilder();
    const w = g.parameter("blocks.0.w", f32(100));
    const graph = graphOf({ y: g.map("add", g.input("x", f32(100)), w) });
    assert.throws(
      () => recipesOf(graph, { ...minimumCaps, maxBindingBytes: 256 }),
      (error: Error) => error instanceof UserError && /400 bytes.*256/.test(error.message),
    );
  });
  it("copies outputs that are inputs, states or given twice", () => {
    const g = new GraphBuilder();
    const x = g.input("x", f32(2, 3));
    const state = g.state("kept", f32(2, 3));
    const y = g.map("add", x, state);
    const graph = graphOf({ same: x, twice: y, again: y, old: state }, [
      { name: "kept", current: state, next: y },
    ]);
    assert.ok(worstProgramError(graph, minimumCaps) < 1e-6);
  });
  it("writes a ring in place only where nobody reads the old one afterwards", () => {
    for (const reader of [false, true]) {
      const g = new GraphBuilder();
      const keys = g.state("keys", f32(2, 5, 4));
      const count = g.input("count", i32(2));
      const next = g.ringWrite(keys, g.input("x", f32(2, 3, 4)), g.input("seen", i32(2)), count);
      const outputs = {
        sum: g.reduce("sum", next, 1),
        ...(reader ? { before: g.reduce("max", keys, 1) } : {}),
      };
      const graph = graphOf(outputs, [{ name: "keys", current: keys, next }]);
      const given = { seen: [4, 1], count: [3, 1] };
      assert.ok(worstProgramError(graph, minimumCaps, given) < 1e-6);
      const state = programOf(graph, minimumCaps).buffers.find((b) => b.kind === "state");
      if (!reader) assert.ok(state?.kind === "state" && state.updatedInPlace);
    }
  });
});
