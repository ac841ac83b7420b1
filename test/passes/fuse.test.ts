import assert from "node:assert/strict";
import { GraphBuilder } from "../../src/graph/build.ts";
import { expm1, gelu, sigmoid } from "../../src/graph/functions.ts";
import type { Graph, Node } from "../../src/graph/graph.ts";
import { fuse } from "../../src/passes/fuse.ts";
import type { Fused } from "../../src/passes/regions.ts";

const B = 2;
const T = 5;
const D = 6;
const f32 = (...shape: number[]) => ({ dtype: "f32" as const, shape });

/** A gated recurrence between two products, as the standard library writes it. */
function recurrence(): Graph {
  const g = new GraphBuilder();
  const linear = (x: Node, name: string): Node => {
    const product = g.contract(x, g.parameter(`${name}.w`, f32(D, D)), "btd", "df", "btf");
    return g.map("add", product, g.broadcast(g.parameter(`${name}.b`, f32(D)), [B, T, D], [2]));
  };
  const x = g.input("x", f32(B, T, D));
  const live = g.broadcast(
    g.map(
      "lt",
      g.iota([B, T], 1),
      g.broadcast(g.input("count", { dtype: "i32", shape: [B] }), [B, T], [0]),
    ),
    [B, T, D],
    [0, 1],
  );
  const y = gelu(g, linear(x, "y"));
  const u = linear(x, "x");
  const r = sigmoid(g, linear(u, "r"));
  const i = sigmoid(g, linear(u, "i"));
  const logA = g.map("mul", r, -8);
  const a = g.map("exp", logA);
  const m = g.map("sqrt", g.map("neg", expm1(g, g.map("mul", logA, 2))));
  const h0 = g.state("h", f32(B, D));
  const h = g.scan(
    g.map("select", live, a, 1),
    g.map("select", live, g.map("mul", m, g.map("mul", i, u)), 0),
    h0,
    false,
  );
  const next = g.reshape(g.slice(h, 1, T - 1, 1), [B, D]);
  const out = g.map("add", linear(g.map("mul", h, y), "out"), x);
  return { name: "recurrence", outputs: { out }, states: [{ name: "h", current: h0, next }] };
}

const anchors = (fused: Fused) => fused.regions.map((r) => r.anchor?.op ?? "elementwise");

/** Every region's inputs are leaves or were stored by an earlier region; every wanted value is stored once. */
function assertRunnable(fused: Fused): void {
  const stored = new Set<Node>();
  for (const region of fused.regions) {
    for (const input of region.inputs) {
      const leaf = ["parameter", "input", "state"].includes(input.op);
      assert.ok(
        leaf || stored.has(input),
        `${region.name} reads %${input.id} ${input.op} before it is stored`,
      );
    }
    for (const output of region.outputs) {
      assert.ok(!stored.has(output), `${output.op} %${output.id} is stored twice`);
      stored.add(output);
    }
  }
  for (const node of [
    ...Object.values(fused.graph.outputs),
    ...fused.graph.states.map((s) => s.next),
  ])
    assert.ok(stored.has(node), `%${node.id} ${node.op} is wanted and not stored`);
}

describe("fuse", () => {
  it("makes a gated recurrence one scan region with its gates, its output product and its last state", () => {
    const fused = fuse(recurrence(), { maxBuffers: 16 });
    assertRunnable(fused);
    // Both gates read the same rows, and the recurrence needs both: one region.
    assert.deepEqual(anchors(fused).toSorted(), [
      "contract",
      "contract",
      "contract",
      "contract",
      "scan",
    ]);
    const scan = fused.regions.find((r) => r.anchor?.op === "scan");
    assert.ok(scan);
    const functions = scan.body.flatMap((n) => (n.op === "map" ? [n.attrs.fn] : []));
    for (const fn of ["exp", "sqrt", "select", "div"])
      assert.ok(functions.includes(fn as never), fn);
    assert.deepEqual(scan.outputs.map((o) => o.op).toSorted(), ["map", "reshape"]);
  });

  it("keeps regions within the buffers that a kernel may bind", () => {
    for (const maxBuffers of [8, 10, 12]) {
      const fused = fuse(recurrence(), { maxBuffers });
      assertRunnable(fused);
      for (const r of fused.regions)
        assert.ok(r.inputs.length + r.outputs.length <= maxBuffers, r.name);
    }
  });

  it("makes a norm one region over rows, with the values that other regions read stored once", () => {
    const g = new GraphBuilder();
    const x = g.input("x", f32(B, T, D));
    const square = g.reduce("sum", g.map("mul", x, x), 2);
    const gain = g.map("rsqrt", g.map("add", g.map("mul", square, 1 / D), 1e-6));
    const y = g.map(
      "mul",
      g.map("mul", x, g.broadcast(gain, [B, T, D], [0, 1])),
      g.broadcast(g.map("add", g.parameter("scale", f32(D)), 1), [B, T, D], [2]),
    );
    const a = g.contract(y, g.parameter("a", f32(D, 3)), "btd", "df", "btf");
    const b = g.contract(y, g.parameter("b", f32(D, 4)), "btd", "df", "btf");
    const fused = fuse({ name: "norm", outputs: { a, b }, states: [] }, { maxBuffers: 8 });
    assertRunnable(fused);
    assert.deepEqual(anchors(fused), ["reduce", "contract", "contract"]);
    assert.deepEqual(fused.regions[0]?.outputs, [y]);
  });

  it("makes products of few rows one region, each of those that read a norm with the norm in front", () => {
    const g = new GraphBuilder();
    const x = g.input("x", f32(1, 1, D));
    const square = g.reduce("sum", g.map("mul", x, x), 2);
    const y = g.map("mul", x, g.broadcast(g.map("rsqrt", square), [1, 1, D], [0, 1]));
    const product = (name: string, size: number) =>
      g.contract(y, g.parameter(name, f32(D, size)), "btd", "df", "btf");
    const [gate, up, narrow] = [product("gate", 4), product("up", 4), product("narrow", 3)];
    const outputs = { mixed: g.map("mul", gelu(g, gate), up), narrow };
    const fewRows = (n: Node) => n.inputs[0]!;
    const few = fuse({ name: "few", outputs, states: [] }, { maxBuffers: 8, fewRows });
    assertRunnable(few);
    assert.deepEqual(anchors(few), ["contract", "contract"]);
    assert.deepEqual(
      few.regions.map((r) => r.body.filter((n) => n.op === "contract").length),
      [2, 1],
    );
    for (const { body } of few.regions) assert.ok(body.includes(square));
    // Who else reads the norm needs it in memory; then nobody computes it for himself.
    const shown = fuse(
      { name: "shown", outputs: { ...outputs, y }, states: [] },
      { maxBuffers: 8, fewRows },
    );
    assertRunnable(shown);
    assert.deepEqual(anchors(shown), ["reduce", "contract", "contract"]);
  });

  it("computes products of many rows together only where some value needs both", () => {
    const g = new GraphBuilder();
    const x = g.input("x", f32(B, T, D));
    const product = (name: string) =>
      g.contract(x, g.parameter(name, f32(D, 4)), "btd", "df", "btf");
    const [gate, up, other] = [product("gate"), product("up"), product("other")];
    const outputs = { mixed: g.map("mul", gelu(g, gate), up), other };
    const fused = fuse({ name: "many", outputs, states: [] }, { maxBuffers: 8 });
    assertRunnable(fused);
    assert.deepEqual(
      fused.regions.map((r) => r.body.filter((n) => n.op === "contract").length).toSorted(),
      [1, 2],
    );
    const tight = fuse({ name: "many", outputs, states: [] }, { maxBuffers: 3 });
    assertRunnable(tight);
    for (const r of tight.regions) assert.ok(r.inputs.length + r.outputs.length <= 3);
  });

  it("makes a softmax one region whose anchor is its last reduction", () => {
    const g = new GraphBuilder();
    const x = g.map("exp", g.input("x", f32(B, D)));
    const wide = (n: Node) => g.broadcast(n, [B, D], [0]);
    const e = g.map("exp", g.map("sub", x, wide(g.reduce("max", x, 1))));
    const sum = g.reduce("sum", e, 1);
    const fused = fuse(
      { name: "softmax", outputs: { p: g.map("div", e, wide(sum)) }, states: [] },
      { maxBuffers: 8 },
    );
    assertRunnable(fused);
    assert.equal(fused.regions.length, 1);
    assert.equal(fused.regions[0]?.anchor, sum);
  });

  it("never makes regions wait for each other", () => {
    const g = new GraphBuilder();
    const x = g.input("x", f32(B, D));
    const product = (name: string) => g.contract(x, g.parameter(name, f32(D, D)), "bd", "df", "bf");
    const a = product("a");
    const q = product("q");
    const fused = fuse(
      { name: "tangle", outputs: { s: g.map("add", a, q), p: g.map("mul", a, q) }, states: [] },
      { maxBuffers: 8 },
    );
    assertRunnable(fused);
  });

  it("refuses a follower that would make its region wait for one that waits for it", () => {
    const g = new GraphBuilder();
    const x = g.input("x", f32(B, T, D));
    // The scan takes in `mixed`, which reads the product, and has no buffer left for `sum`; so the product must not take `sum` in.
    const h = g.scan(g.input("decay", f32(B, T, D)), x, g.input("initial", f32(B, D)));
    const product = g.contract(x, g.parameter("w", f32(D, D)), "btd", "df", "btf");
    const mixed = g.map("mul", h, product);
    const sum = g.map("add", product, h);
    const fused = fuse({ name: "wait", outputs: { h, mixed, sum }, states: [] }, { maxBuffers: 6 });
    assertRunnable(fused);
    assert.deepEqual(anchors(fused), ["contract", "scan", "elementwise"]);
    assert.ok(fused.regions[1]?.body.includes(mixed) && !fused.regions[0]?.body.includes(sum));
  });

  it("computes a value where it is made, not many times over where it is spread", () => {
    for (const [width, at] of [
      [16, "contract"],
      [2, "scan"],
    ] as const) {
      const g = new GraphBuilder();
      const shape = [B, T, D, width];
      const product = g.contract(
        g.input("x", f32(B, T, 3)),
        g.parameter("w", f32(3, D)),
        "btc",
        "cd",
        "btd",
      );
      const decay = g.map("exp", g.map("neg", product));
      const h = g.scan(
        g.broadcast(decay, shape, [0, 1, 2]),
        g.input("u", f32(...shape)),
        g.input("h", f32(B, D, width)),
      );
      const fused = fuse({ name: "spread", outputs: { h }, states: [] }, { maxBuffers: 8 });
      assertRunnable(fused);
      assert.deepEqual(anchors(fused), ["contract", "scan"]);
      const home = fused.regions.find((region) => region.body.includes(decay));
      assert.equal(home?.anchor?.op, at, `${width} times`);
    }
  });

  it("leaves a buffer for where a piece starts to regions that read a parameter in pieces", () => {
    const g = new GraphBuilder();
    const w = g.parameter("w", f32(D, D));
    let y: Node = g.contract(g.input("x", f32(B, D)), w, "bd", "df", "bf");
    for (let i = 0; i < 4; i++) y = g.map("add", y, g.input(`x${i}`, f32(B, D)));
    const graph: Graph = { name: "cut", outputs: { y }, states: [] };
    const buffersOf = (isCut: (node: Node) => boolean) => {
      const fused = fuse(graph, { maxBuffers: 6, isCut });
      assertRunnable(fused);
      const region = fused.regions.find((r) => r.inputs.includes(w));
      return (region?.inputs.length ?? 0) + (region?.outputs.length ?? 0);
    };
    assert.equal(
      buffersOf(() => false),
      6,
    );
    assert.equal(
      buffersOf((node) => node === w),
      5,
    );
  });
});
