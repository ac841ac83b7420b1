/** Plans: shared kernels, slots of the arena, states, and the printed form. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { entrySpec } from "../../codegen/entry-spec.ts";
import { fuseOptions } from "../../codegen/fuse-options.ts";
import { type Kernel, minimumCaps, type Stmt } from "../../codegen/kernel.ts";
import { lower } from "../../codegen/lower.ts";
import { plan } from "../../codegen/plan.ts";
import { printProgram, printRegions } from "../../codegen/print-program.ts";
import type { Program } from "../../codegen/program.ts";
import { largestLiveSet, placeInSlots } from "../../codegen/slots.ts";
import { totalTraffic } from "../../codegen/traffic.ts";
import { standardLibrary } from "../../dsl/standard-node.ts";
import { compile } from "../../src/compile.ts";
import { GraphBuilder } from "../../src/graph/build.ts";
import type { Graph, Node, Type } from "../../src/graph/graph.ts";
import { fuse } from "../../src/passes/fuse.ts";
import { programOf, worstProgramError } from "./whole.ts";

const sumOf = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
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

/** No two temporaries are alive in the same step at the same place, and none is read where its slot is written. */
function assertApart(program: Program<Kernel>): void {
  const lives = program.buffers.flatMap((b, i) => {
    const steps = program.steps.flatMap((s, at) => (s.buffers.includes(i) ? [at] : []));
    return b.kind === "temporary" ? [{ ...b, from: steps[0]!, until: steps.at(-1)! }] : [];
  });
  for (const a of lives) {
    assert.ok(a.offset + a.bytes <= program.slots[a.slot]!);
    assert.equal(a.offset % 256, 0);
    for (const b of lives) {
      const together = a.slot === b.slot && a.from <= b.until && b.from <= a.until;
      const apart = a.offset + a.bytes <= b.offset || b.offset + b.bytes <= a.offset;
      assert.ok(a === b || !together || apart);
    }
  }
  for (const { kernel, buffers } of program.steps) {
    const access = new Map<number, boolean>();
    for (const [i, b] of buffers.entries()) {
      const plan = program.buffers[b]!;
      if (plan.kind !== "temporary") continue;
      const written = program.kernels[kernel]!.buffers[i]!.access !== "read";
      assert.equal(access.get(plan.slot) ?? written, written);
      access.set(plan.slot, written);
    }
  }
}

describe("plan", () => {
  it("shares the kernels of equal layers and computes what the graph means", () => {
    const graph = layers(4, 8);
    const program = programOf(graph, minimumCaps);
    assert.ok(program.kernels.length < program.steps.length);
    assert.ok(worstProgramError(graph, minimumCaps) < 1e-5);
  });
  it("tells kernels apart by what they do, not by names or notes", () => {
    const graph = layers(3, 8);
    const lowered = lower(fuse(graph, fuseOptions(minimumCaps)), minimumCaps);
    const count = (change: (kernel: Kernel, at: number) => Kernel): number => {
      const changed = lowered.map((region, at) => ({
        ...region,
        parts: region.parts.map(({ lowered: one, split }) => ({
          split,
          lowered: {
            ...one,
            kernels: one.kernels.map((k) => ({ ...k, kernel: change(k.kernel, at) })),
          },
        })),
      }));
      return plan(changed, graph, "noted", minimumCaps).separate.kernels.length;
    };
    const note = (text: string): Stmt => ({ kind: "note", text });
    const kernels = count((kernel) => kernel);
    assert.equal(
      count((k, at) => ({ ...k, name: `${k.name}_${at}`, body: [note(`${at}`), ...k.body] })),
      kernels,
    );
    // A barrier that nobody needs makes each a kernel of its own.
    const barrier: Stmt = { kind: "barrier" };
    assert.equal(
      count((k, at) => ({ ...k, body: [...k.body, ...Array<Stmt>(at).fill(barrier)] })),
      lowered.length,
    );
  });

  it("lets temporaries share slots only when they are not alive together", () => {
    const program = programOf(layers(6, 12), minimumCaps);
    assertApart(program);
    assert.ok(program.slots.length < program.buffers.filter((b) => b.kind === "temporary").length);
  });
  it("places the largest first, and side by side what is never read and written in one step", () => {
    const temporary = (bytes: number) =>
      ({
        kind: "temporary",
        name: "t",
        dtype: "f32",
        shape: [bytes / 4],
        bytes,
        slot: 0,
        offset: 0,
      }) as const;
    const memory = { space: "buffer", name: "m", scalar: "f32", length: 1 } as const;
    const using = (...access: ("read" | "write")[]) => ({
      ...{ name: "k", workgroupMemory: [], registers: [], workgroupSize: 1, body: [] },
      buffers: access.map((a) => ({ memory, access: a })),
    });
    const step = (kernel: number, ...buffers: number[]) =>
      ({ kernel, buffers, grid: [1, 1, 1], region: "r" }) as const;
    const { slots, buffers } = placeInSlots({
      name: "p",
      buffers: [300, 288, 64, 800].map(temporary),
      kernels: [using("write", "write"), using("read", "read", "write"), using("write")],
      steps: [step(0, 0, 1), step(1, 0, 1, 2), step(2, 3)],
    });
    assert.deepEqual(
      buffers.map((b) => (b.kind === "temporary" ? [b.slot, b.offset] : [])),
      [
        [0, 0],
        [0, 512],
        [1, 0],
        [0, 0],
      ],
    );
    assert.deepEqual(slots, [800, 64]);
  });
  it("takes hardly more room than is needed at one time", () => {
    for (const name of ["griffin", "hawk", "mqa", "recurrentgemma-9b", "zoo/mamba", "zoo/rwkv"]) {
      const text = readFileSync(new URL(`../../examples/${name}.eyrie`, import.meta.url), "utf8");
      const { compiled } = compile([{ file: name, text }], {
        standard: standardLibrary(),
        caps: { ...minimumCaps, maxBuffersPerKernel: 16, maxBindingBytes: 2 ** 31 },
        entries: ["prefill", "decode"],
      });
      for (const { program } of Object.values(compiled!.entries)) {
        assertApart(program);
        const share = sumOf(program.slots) / largestLiveSet(program);
        // Most are within 1.07. Where recurrence and width are equal, six slots do the work of five.
        assert.ok(share <= 1.2, `${name} ${program.name}: ${share}`);
      }
    }
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
