import assert from "node:assert/strict";
import { KernelBuilder } from "../../codegen/build.ts";
import { allocateMemory, type FaultKind, interpret, KernelFault } from "../../codegen/interpret.ts";
import type { Scalar } from "../../codegen/kernel.ts";
import { bitcast, call, cast, fma, literal, spread, type Val, vector } from "../../codegen/val.ts";
import type { ScalarName } from "../../src/graph/graph.ts";

const none = { subgroup: null };

/** Runs what `write` records over 8 lanes, with a zeroed and an unwritten buffer of 8 cells. */
function run(
  write: (k: KernelBuilder, lane: Val) => void,
  groups = 1,
  subgroup: { size: number } | null = null,
): number[] {
  const k = new KernelBuilder();
  const out = k.buffer("out", "f32", 8);
  const lane = k.builtin("lane");
  k.store(out, lane, 0);
  k.barrier();
  write(k, lane);
  const memory = allocateMemory("f32", 8, true);
  interpret(k.finish("tested", 8), [groups, 1, 1], [memory], { subgroup });
  return [...memory.data];
}

function faults(
  kind: FaultKind,
  write: (k: KernelBuilder, lane: Val) => void,
  more: Partial<KernelFault["place"]> = {},
  size = 0,
): void {
  assert.throws(
    () => run(write, 1, size ? { size } : null),
    (e: unknown) => {
      assert.ok(e instanceof KernelFault, String(e));
      assert.equal(e.kind, kind, e.message);
      assert.equal(e.place.kernel, "tested");
      for (const [key, value] of Object.entries(more))
        assert.deepEqual(e.place[key as keyof typeof more], value, e.message);
      return true;
    },
  );
}

/** The value of an expression of constants that were stored and loaded, so that nothing is folded. */
function value(fn: ScalarName, scalar: Scalar, ...args: readonly number[]): number {
  const k = new KernelBuilder();
  const from = k.buffer("from", scalar, args.length);
  const result = call(fn, ...args.map((_, i) => k.load(from, i)));
  const to = k.buffer("to", result.type.scalar, 1);
  k.store(to, 0, result);
  const [source, target] = [
    allocateMemory(scalar, args.length, true),
    allocateMemory(result.type.scalar, 1, true),
  ];
  source.data.set(args);
  interpret(k.finish("value", 1), [1, 1, 1], [source, target], none);
  return target.data[0]!;
}

describe("the kernel interpreter", () => {
  it("rounds f32 after every operation", () => {
    assert.equal(value("add", "f32", 16777216, 1), 16777216);
    assert.equal(value("exp", "f32", 1), Math.fround(Math.E));
    assert.equal(value("rsqrt", "f32", 4), 0.5);
    assert.equal(value("mod", "f32", -5.5, 2), -1.5);
  });
  it("rounds f16 to its ten fraction bits, ties to even", () => {
    assert.equal(value("add", "f16", 2048, 1), 2048);
    assert.equal(value("add", "f16", 2048, 3), 2052);
    assert.equal(value("mul", "f16", 65504, 2), Infinity);
    assert.equal(value("div", "f16", 1, 3), 0.333251953125);
    assert.equal(value("mul", "f16", 2 ** -14, 2 ** -10), 2 ** -24);
    assert.equal(value("mul", "f16", 2 ** -14, 2 ** -11), 0);
  });
  it("wraps integers and truncates their division", () => {
    assert.equal(value("add", "u32", 0xffffffff, 2), 1);
    assert.equal(value("sub", "u32", 1, 2), 0xffffffff);
    assert.equal(
      value("mul", "u32", 0xd2511f53, 0xcd9e8d57),
      Number((0xd2511f53n * 0xcd9e8d57n) & 0xffffffffn),
    );
    assert.equal(value("div", "i32", -7, 2), -3);
    assert.equal(value("mod", "i32", -7, 2), -1);
    assert.equal(value("div", "u32", 0xfffffffe, 2), 0x7fffffff);
    assert.equal(value("shr", "u32", 0x80000000, 31), 1);
    assert.equal(value("shr", "i32", -4, 1), -2);
    assert.equal(value("bitxor", "u32", 0xffffffff, 1), 0xfffffffe);
  });
  it("converts with truncation and saturation, and reinterprets bits", () => {
    const results = run((k, lane) => {
      const out = lane.below(1);
      k.when(out, () => {
        const v = k.variable("v", literal(-2.75, "f32"));
        const store = (i: number, x: Val) =>
          k.store({ space: "buffer", name: "out", scalar: "f32", length: 8 }, i, x);
        store(0, cast(cast(v.get(), "i32"), "f32"));
        store(1, cast(cast(v.get(), "u32"), "f32"));
        v.set(literal(3e9, "f32"));
        store(2, cast(cast(v.get(), "i32"), "f32"));
        v.set(literal(1, "f32"));
        store(3, cast(bitcast(v.get(), "u32"), "f32"));
        store(4, cast(cast(v.get(), "bool"), "f32"));
      });
    });
    assert.deepEqual(results.slice(0, 5), [-2, 0, 2147483648, 0x3f800000, 1]);
  });
  it("calculates with vectors element by element", () => {
    const k = new KernelBuilder();
    const [from, to] = [k.buffer("from", "f32", 8), k.buffer("to", "f32", 8)];
    const a = k.load(from, 4, 4);
    const ramp = vector([0, 1, 2, 3].map((i) => literal(i, "f32")));
    k.store(to, 0, fma(a, 2, ramp));
    k.store(to, 4, spread(a.component(3), 4));
    const [source, target] = [allocateMemory("f32", 8, true), allocateMemory("f32", 8, false)];
    source.data.set([0, 0, 0, 0, 1, 2, 3, 4]);
    interpret(k.finish("vectors", 1), [1, 1, 1], [source, target], none);
    assert.deepEqual([...target.data], [2, 5, 8, 11, 4, 4, 4, 4]);
  });
  for (const size of [4, 8]) {
    it(`sums, maximises, shuffles and broadcasts within subgroups of ${size}`, () => {
      const k = new KernelBuilder();
      const out = k.buffer("out", "f32", 32);
      const lane = k.builtin("lane");
      const own = k.let("own", cast(lane, "f32"));
      k.store(out, lane, k.subgroup("sum", own));
      k.store(out, lane.plus(8), k.subgroup("max", own));
      k.store(
        out,
        lane.plus(16),
        k.subgroup("shuffle_xor", own, 1).plus(cast(k.builtin("subgroup_lane"), "f32").times(10)),
      );
      k.store(out, lane.plus(24), k.subgroup("broadcast", own, 2));
      const memory = allocateMemory("f32", 32, false);
      interpret(k.finish("subgroups", 8), [1, 1, 1], [memory], { subgroup: { size } });
      const lanes = [...Array(8).keys()];
      const mates = (l: number) =>
        lanes.filter((m) => Math.floor(m / size) === Math.floor(l / size));
      assert.deepEqual(
        [...memory.data],
        [
          ...lanes.map((l) => mates(l).reduce((a, b) => a + b)),
          ...lanes.map((l) => Math.max(...mates(l))),
          ...lanes.map((l) => (l ^ 1) + (l % size) * 10),
          ...lanes.map((l) => mates(l)[2]),
        ],
      );
    });
  }
  it("accepts a tree sum over workgroup memory, and calls it a race without its barrier", () => {
    const sum = (barrier: boolean) => (k: KernelBuilder, lane: Val) => {
      const partial = k.workgroup("partial", "f32", 8);
      k.store(partial, lane, cast(lane, "f32"));
      k.barrier();
      for (const step of [4, 2, 1]) {
        k.when(lane.below(step), () =>
          k.store(partial, lane, k.load(partial, lane).plus(k.load(partial, lane.plus(step)))),
        );
        if (barrier) k.barrier();
      }
      k.when(lane.equals(0), () =>
        k.store({ space: "buffer", name: "out", scalar: "f32", length: 8 }, 0, k.load(partial, 0)),
      );
    };
    assert.equal(run(sum(true))[0], 28);
    faults("race", sum(false), { memory: "partial" });
  });
  it("calls it a race when two workgroups touch a buffer's cell and one writes, barrier or not", () => {
    const k = new KernelBuilder();
    const out = k.buffer("out", "f32", 2);
    k.store(out, k.builtin("workgroup_x"), 1);
    k.barrier();
    k.when(k.builtin("workgroup_x").equals(1), () => k.store(out, 1, k.load(out, 0)));
    assert.throws(
      () => interpret(k.finish("groups", 1), [2, 1, 1], [allocateMemory("f32", 2, true)], none),
      (e: unknown) =>
        e instanceof KernelFault && e.kind === "race" && e.place.workgroup.join() === "1,0,0",
    );
  });
  it("names an index out of range with its memory, lane and statement", () => {
    const beyond = (k: KernelBuilder, lane: Val) => k.store(k.registers("own", "f32", 4), lane, 1);
    faults("out-of-range", beyond, {
      memory: "own",
      index: 4,
      lane: 4,
      statement: "own[lane] = 1.0",
    });
    run((k, lane) => {
      const own = k.registers("own", "f32", 4);
      k.when(lane.below(4), () => k.store(own, lane, 1));
    });
  });
  it("refuses an index below zero and a vector that is not aligned", () => {
    faults(
      "out-of-range",
      (k, lane) => k.load(k.workgroup("w", "f32", 8), cast(lane, "i32").minus(1)),
      { index: -1 },
    );
    faults("misaligned", (k, lane) => k.load(k.workgroup("w", "f32", 64), lane.plus(1), 4), {
      index: 1,
    });
  });
  it("refuses to read registers, workgroup memory and buffers that nothing wrote", () => {
    faults("unwritten-read", (k) => k.load(k.registers("own", "f32", 4), 2), {
      memory: "own",
      index: 2,
    });
    faults("unwritten-read", (k, lane) => k.load(k.workgroup("shared", "f32", 8), lane), {
      memory: "shared",
      index: 0,
    });
    const k = new KernelBuilder();
    const [from, to] = [k.buffer("from", "f32", 1), k.buffer("to", "f32", 1)];
    k.store(to, 0, k.load(from, 0));
    const buffers = [allocateMemory("f32", 1, false), allocateMemory("f32", 1, false)];
    assert.throws(
      () => interpret(k.finish("copy", 1), [1, 1, 1], buffers, none),
      /copy: unwritten-read, from\[0\]/,
    );
  });
  it("forgets workgroup memory between workgroups", () => {
    assert.throws(
      () =>
        run((k, lane) => {
          const shared = k.workgroup("shared", "f32", 8);
          k.when(k.builtin("workgroup_x").equals(0), () => k.store(shared, lane, 1));
          k.when(k.builtin("workgroup_x").equals(1), () => void k.load(shared, lane));
        }, 2),
      (e: unknown) => e instanceof KernelFault,
    );
  });
  it("refuses a barrier that not all lanes reach, or reach in different iterations", () => {
    faults("divergent-barrier", (k, lane) => k.when(lane.below(4), () => k.barrier()), {
      statement: "barrier",
    });
    faults("divergent-barrier", (k, lane) => k.loop("i", 0, lane.plus(1), 1, () => k.barrier()));
    faults("divergent-barrier", (k, lane) =>
      k.loop("i", 0, 8, 1, (i) => k.when(i.equals(lane), () => k.barrier())),
    );
    run((k) => k.loop("i", 0, 3, 1, () => k.barrier()));
  });
  it("refuses a subgroup operation that part of a subgroup reaches, and accepts whole subgroups", () => {
    const sum = (lanes: number) => (k: KernelBuilder, lane: Val) =>
      k.when(lane.below(lanes), () => void k.subgroup("sum", cast(lane, "f32")));
    faults("divergent-barrier", sum(2), {}, 4);
    run(sum(4), 1, { size: 4 });
  });
  it("lets subgroups go round loops of their own and still meet at a barrier", () => {
    run(
      (k, lane) => {
        k.loop("i", 0, lane.over(4).plus(1), 1, () => void k.subgroup("sum", cast(lane, "f32")));
        k.barrier();
      },
      1,
      { size: 4 },
    );
  });
  it("refuses integer division by zero and allows it for floats", () => {
    faults("division-by-zero", (k, lane) => k.let("q", literal(8, "u32").over(lane)), { lane: 0 });
    assert.equal(value("div", "f32", 1, 0), Infinity);
  });
});
