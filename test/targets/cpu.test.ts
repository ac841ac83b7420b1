import assert from "node:assert/strict";
import { KernelBuilder } from "../../codegen/build.ts";
import { type Kernel, minimumCaps } from "../../codegen/kernel.ts";
import type { BufferPlan, Program } from "../../codegen/program.ts";
import { cast } from "../../codegen/val.ts";
import { GraphBuilder } from "../../src/graph/build.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { loadEvaluator } from "../../targets/cpu/evaluate.ts";
import { loadInterpreter } from "../../targets/cpu/interpret.ts";
import type { EntrySpec, Session } from "../../targets/executor.ts";
import { rotaryTable } from "../../targets/inputs.ts";
import type { Tensor } from "../../targets/tensor.ts";

const f32 = (shape: readonly number[], data: readonly number[]): Tensor => ({
  dtype: "f32",
  shape,
  data: Float32Array.from(data),
});

/** y = x · weight + total, and total becomes y. */
const spec: EntrySpec = {
  inputs: [{ name: "x", dtype: "f32", shape: [1, 2] }],
  outputs: [{ name: "y", dtype: "f32", shape: [1, 2] }],
  states: [{ name: "total", dtype: "f32", shape: [1, 2] }],
};
const weights = { read: async () => Float32Array.from([9, 9, 10, 20]) };

const buffer = (name: string, rest: object): BufferPlan =>
  ({ name, dtype: "f32", shape: [1, 2], bytes: 8, ...rest }) as unknown as BufferPlan;

/** The product goes through a temporary; the weight is the second row of a parameter. */
function program(steps: readonly ("product" | "sum")[]): Program<Kernel> {
  const product = new KernelBuilder();
  const [x, w, t] = ["x", "w", "t"].map((n) => product.buffer(n, "f32", 2));
  product.store(
    t!,
    product.builtin("lane"),
    product.load(x!, product.builtin("lane")).times(product.load(w!, product.builtin("lane"))),
  );
  const sum = new KernelBuilder();
  const [from, old, next, y] = ["t", "old", "next", "y"].map((n) => sum.buffer(n, "f32", 2));
  const total = sum.let(
    "sum",
    sum.load(from!, sum.builtin("lane")).plus(sum.load(old!, sum.builtin("lane"))),
  );
  for (const to of [next!, y!]) sum.store(to, sum.builtin("lane"), total);
  const all = {
    product: { kernel: 0, buffers: [0, 1, 2], grid: [1, 1, 1], region: "product" },
    sum: { kernel: 1, buffers: [2, 3, 4, 5], grid: [1, 1, 1], region: "sum" },
  } as const;
  return {
    name: "decode",
    buffers: [
      buffer("x", { kind: "input" }),
      buffer("w", { kind: "parameter", piece: { axis: 0, start: 1, size: 1 } }),
      buffer("t", { kind: "temporary", slot: 0 }),
      buffer("total", { kind: "state", updatedInPlace: false }),
      buffer("total.next", { kind: "next", state: "total" }),
      buffer("y", { kind: "output" }),
    ],
    slots: [8],
    kernels: [product.finish("product", 2), sum.finish("sum", 2)],
    steps: steps.map((s) => all[s]),
  };
}

function graph(): Graph {
  const g = new GraphBuilder();
  const type = { dtype: "f32", shape: [1, 2] } as const;
  const total = g.state("total", type);
  const w = g.slice(g.parameter("w", { dtype: "f32", shape: [2, 2] }), 0, 1, 1);
  const y = g.map("add", g.map("mul", g.input("x", type), w), total);
  return {
    name: "decode",
    outputs: { y },
    states: [{ name: "total", current: total as Graph["states"][number]["current"], next: y }],
  };
}

const executors: Record<string, () => Promise<Session>> = {
  interpreter: () =>
    loadInterpreter(
      { decode: program(["product", "sum"]) },
      { decode: spec },
      weights,
      minimumCaps,
    ),
  evaluator: () => loadEvaluator({ decode: graph() }, { decode: spec }, weights),
};

for (const [name, load] of Object.entries(executors)) {
  describe(`the ${name} as a session`, () => {
    it("carries states from call to call, and copies, saves and restores them", async () => {
      const session = await load();
      const state = session.fresh();
      const step = async (s = state) => [
        ...(await session.run("decode", { x: f32([1, 2], [1, 2]) }, s, ["y"])).y!.data,
      ];
      assert.deepEqual(await step(), [10, 40]);
      assert.deepEqual(await step(), [20, 80]);
      const copy = await session.copy(state);
      const saved = await session.download(state);
      assert.deepEqual(await step(), [30, 120]);
      assert.deepEqual(await step(copy), [30, 120]);
      assert.deepEqual(await step(await session.upload(saved)), [30, 120]);
      assert.equal(state.batch, 1);
    });
    it("says what is missing or has another shape", async () => {
      const session = await load();
      await assert.rejects(
        session.run("decode", {}, session.fresh(), []),
        /decode needs the input "x": give it as f32 \[1, 2\]/,
      );
      await assert.rejects(
        session.run("decode", { x: f32([2], [1, 2]) }, session.fresh(), []),
        /must be f32 \[1, 2\], not f32 \[2\]/,
      );
      await assert.rejects(
        session.run("train", {}, session.fresh(), []),
        /there is no entry "train"; the entries are decode/,
      );
      await assert.rejects(session.upload({}), /lack the state "total"/);
      const released = session.fresh();
      released.release();
      await assert.rejects(session.download(released), /was released/);
    });
  });
}

describe("the interpreter's checks of a program", () => {
  it("find a temporary that is read before it is written, and outputs that stay unwritten", async () => {
    const run = async (steps: readonly ("product" | "sum")[]) => {
      const session = await loadInterpreter(
        { decode: program(steps) },
        { decode: spec },
        weights,
        minimumCaps,
      );
      await session.run("decode", { x: f32([1, 2], [1, 2]) }, session.fresh(), ["y"]);
    };
    await assert.rejects(run(["sum"]), /sum reads t, but its place in slot 0 is not its own/);
    await assert.rejects(run(["product"]), /leaves next total.next\[0\] unwritten/);
  });
});

describe("rotary tables", () => {
  it("hold the cosines of all angles, then their sines", () => {
    const table = rotaryTable(4, 10000, [0, 3]);
    const expected = [1, 1, 0, 0, Math.cos(3), Math.cos(0.03), Math.sin(3), Math.sin(0.03)];
    assert.deepEqual([...table], expected.map(Math.fround));
  });
  it("are filled in from positions", async () => {
    const k = new KernelBuilder();
    const [from, to] = [k.buffer("from", "f32", 4), k.buffer("to", "f32", 4)];
    k.store(to, k.builtin("lane"), cast(k.load(from, k.builtin("lane")), "f32"));
    const shape = [1, 1, 4];
    const source = { kind: "rotary", dims: 4, theta: 10000 } as const;
    const copy: Program<Kernel> = {
      name: "copy",
      buffers: [
        { kind: "input", name: "table", dtype: "f32", shape, bytes: 16, source },
        { kind: "output", name: "y", dtype: "f32", shape, bytes: 16 },
      ],
      slots: [],
      kernels: [k.finish("copy", 4)],
      steps: [{ kernel: 0, buffers: [0, 1], grid: [1, 1, 1], region: "copy" }],
    };
    const inputs = [
      { name: "position", dtype: "i32", shape: [1, 1] },
      { name: "table", dtype: "f32", shape, source },
    ] as const;
    const entry: EntrySpec = { inputs, outputs: [{ name: "y", dtype: "f32", shape }], states: [] };
    const session = await loadInterpreter({ copy }, { copy: entry }, weights, minimumCaps);
    const position: Tensor = { dtype: "i32", shape: [1, 1], data: Int32Array.of(3) };
    const { y } = await session.run("copy", { position }, session.fresh(), ["y"]);
    assert.deepEqual([...y!.data], [...rotaryTable(4, 10000, [3])]);
  });
});
