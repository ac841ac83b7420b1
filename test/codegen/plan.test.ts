/** Plans: shared kernels, slots of the arena, states, and the printed form. */
import assert from "node:assert/strict";
import { entrySpec } from "../../codegen/entry-spec.ts";
import { type Kernel, minimumCaps } from "../../codegen/kernel.ts";
import { printProgram, printRegions } from "../../codegen/print-program.ts";
import type { Program } from "../../codegen/program.ts";
import { placeInSlots } from "../../codegen/slots.ts";
import { totalTraffic } from "../../codegen/traffic.ts";
import { GraphBuilder } from "../../src/graph/build.ts";
import type { Graph, Node, Type } from "../../src/graph/graph.ts";
import { fuse } from "../../src/passes/fuse.ts";
import { programOf, worstProgramError } from "./whole.ts";

const f32 = (...shape: number[]): Type => ({ dtype: "f32", shape });

/** `depth` equal layers of product and norm, and a state that adds up. */
function layers(depth: number, width: number): Graph {
  const g = new GraphBuilder();
  let x: Node = g.input("x", f32(3, width));
  for (let i = 0; i < depth; i++) {
    const y = g.map(
      "tanh",
      g.contract(x, g.parameter(`layers.${i}.w`, f32(width, width)), "tk", "nk", "tn"),
    );
    const mean = g.reduce("sum", g.map("mul", y, y), 1);
    x = g.map(
      "add",
      x,
      g.map("mul", y, g.broadcast(g.map("rsqrt", g.map("add", mean, 1)), [3, width], [0])),
    );
  }
  const sum = g.state("sum", f32(3, width));
  return {
    name: "layers",
    outputs: { y: x },
    states: [{ name: "sum", current: sum, next: g.map("add", sum, x) }],
  };
}

/** No two temporaries of one slot are alive in the same step. */
function assertApart(program: Program<Kernel>): void {
  const lives = program.buffers.flatMap((b, i) => {
    const steps = program.steps.flatMap((s, at) => (s.buffers.includes(i) ? [at] : []));
    return b.kind === "temporary"
      ? [{ slot: b.slot, bytes: b.bytes, from: steps[0]!, until: steps.at(-1)! }]
      : [];
  });
  for (const a of lives) {
    assert.ok(a.bytes <= program.slots[a.slot]!);
    for (const b of lives)
      assert.ok(a === b || a.slot !== b.slot || a.until < b.from || b.until < a.from);
  }
}

describe("plan", () => {
  it("shares the kernels of equal layers and computes what the graph means", () => {
    const graph = layers(4, 8);
    const program = programOf(graph, minimumCaps);
    assert.ok(program.kernels.length < program.steps.length);
    assert.ok(worstProgramError(graph, minimumCaps) < 1e-5);
  });
  it("lets temporaries share slots only when they are not alive together", () => {
    const program = programOf(layers(6, 12), minimumCaps);
    assertApart(program);
    assert.ok(program.slots.length < program.buffers.filter((b) => b.kind === "temporary").length);
  });
  it("takes the smallest slot that fits and grows the largest where none does", () => {
    const temporary = (bytes: number) =>
      ({ kind: "temporary", name: "t", dtype: "f32", shape: [bytes / 4], bytes, slot: 0 }) as const;
    const step = (...buffers: number[]) =>
      ({ kernel: 0, buffers, grid: [1, 1, 1], region: "r" }) as const;
    const buffers = [temporary(400), temporary(40), temporary(32), temporary(800)];
    const { slots, buffers: placed } = placeInSlots({
      name: "p",
      buffers,
      kernels: [],
      steps: [step(0, 1), step(2), step(3)],
    });
    assert.deepEqual(
      placed.map((b) => (b.kind === "temporary" ? b.slot : -1)),
      [0, 1, 1, 0],
    );
    assert.deepEqual(slots, [800, 40]);
  });
  it("gives each state that is not a ring a buffer for its next value", () => {
    const { buffers } = programOf(layers(1, 4), minimumCaps);
    assert.equal(buffers.filter((b) => b.kind === "next" && b.state === "sum").length, 1);
    assert.ok(buffers.some((b) => b.kind === "state" && !b.updatedInPlace));
  });
  it("says what the entry takes and gives", () => {
    const graph = layers(1, 4);
    const spec = entrySpec(programOf(graph, minimumCaps), graph);
    assert.deepEqual(spec.inputs, [{ name: "x", dtype: "f32", shape: [3, 4] }]);
    assert.deepEqual(spec.outputs, [{ name: "y", dtype: "f32", shape: [3, 4] }]);
    assert.deepEqual(spec.states, [{ name: "sum", dtype: "f32", shape: [3, 4] }]);
  });
  it("says below what whole numbers pick rows as they are: of the largest table, and of none where they are reckoned with", () => {
    const g = new GraphBuilder();
    const i32 = (name: string) => g.input(name, { dtype: "i32", shape: [2] });
    const table = (name: string, rows: number) =>
      g.parameter(name, { dtype: "f32", shape: [rows, 3] });
    const picked = [
      g.gather(table("small", 5), i32("a")),
      g.gather(table("large", 9), i32("a")),
      g.gather(table("large", 9), g.map("mod", i32("b"), 9)),
    ];
    const y = picked.reduce((sum, x) => g.map("add", sum, x));
    const graph = { name: "tables", outputs: { y }, states: [] };
    const { inputs } = entrySpec(programOf(graph, minimumCaps), graph);
    assert.deepEqual(
      inputs.map(({ name, below }) => [name, below]),
      [
        ["a", 9],
        ["b", undefined],
      ],
    );
  });
  it("prints regions, buffers and steps with what they move", () => {
    const graph = layers(1, 4);
    const program = programOf(graph, minimumCaps);
    assert.match(
      printProgram(program),
      /^layers: \d+ dispatches of \d+ kernels, .* read and .* written, .* arena in \d+ slots?\n/,
    );
    assert.match(printRegions(fuse(graph, { maxBuffers: 8 })), /▸ %\d+.* = contract\(/);
  });
  it("counts the bytes of a copy as its reads and its writes", () => {
    const g = new GraphBuilder();
    const graph: Graph = {
      name: "copy",
      outputs: { y: g.map("neg", g.input("x", f32(100))) },
      states: [],
    };
    assert.deepEqual(totalTraffic(programOf(graph, minimumCaps)), { read: 400, written: 400 });
  });
  it("counts of a gathered table only the rows that can be read", () => {
    const g = new GraphBuilder();
    const rows = g.gather(
      g.parameter("table", f32(100000, 4)),
      g.input("tokens", { dtype: "i32", shape: [2] }),
    );
    const { read } = totalTraffic(
      programOf({ name: "gather", outputs: { rows }, states: [] }, minimumCaps),
    );
    assert.ok(read < 4000, `${read}`);
  });
});
