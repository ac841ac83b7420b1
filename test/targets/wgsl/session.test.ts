import assert from "node:assert/strict";
import { KernelBuilder } from "../../../codegen/build.ts";
import type { BufferPlan, KernelText, Program } from "../../../codegen/program.ts";
import type { EntrySpec, Weights } from "../../../targets/executor.ts";
import type { Tensor } from "../../../targets/tensor.ts";
import { toKernelText } from "../../../targets/wgsl/print.ts";
import { loadSession } from "../../../targets/wgsl/session.ts";
import { deviceOrSkip } from "../../device.ts";

const n = 6;
const stored = { dtype: "f32", shape: [2, 3], bytes: 4 * n } as const;

/** scaled = weight · x */
function scaleKernel(): KernelText {
  const k = new KernelBuilder();
  const [weight, x, scaled] = [
    k.buffer("weight", "f32", n),
    k.buffer("x", "f32", n),
    k.buffer("scaled", "f32", n),
  ];
  const lane = k.builtin("lane");
  k.store(scaled, lane, k.load(weight, lane).times(k.load(x, lane)));
  return toKernelText(k.finish("scale", n));
}

/** next = total + scaled + one; y = next; the ring's first slot counts runs. */
function addKernel(): KernelText {
  const k = new KernelBuilder();
  const [total, scaled, one] = [
    k.buffer("total", "f32", n),
    k.buffer("scaled", "f32", n),
    k.buffer("one", "f32", 1),
  ];
  const [next, y, ring] = [
    k.buffer("next", "f32", n),
    k.buffer("y", "f32", n),
    k.buffer("ring", "i32", 4),
  ];
  const lane = k.builtin("lane");
  const sum = k.let("sum", k.load(total, lane).plus(k.load(scaled, lane)).plus(k.load(one, 0)));
  k.store(next, lane, sum);
  k.store(y, lane, sum);
  k.when(lane.equals(0), () => k.store(ring, 0, k.load(ring, 0).plus(1)));
  return toKernelText(k.finish("add", n));
}

/** A running total of weight · x + 1, where the weight is columns 1 to 3 of a [2, 5] parameter. */
function runningTotal(): Program<KernelText> {
  const buffers: readonly BufferPlan[] = [
    { ...stored, kind: "parameter", name: "weight", piece: { axis: 1, start: 1, size: 3 } },
    { ...stored, kind: "input", name: "x" },
    { ...stored, kind: "temporary", name: "scaled", slot: 0, offset: 0 },
    { kind: "constant", name: "one", dtype: "f32", shape: [1], bytes: 4, values: [1] },
    { ...stored, kind: "state", name: "total", updatedInPlace: false },
    { ...stored, kind: "next", name: "total.next", state: "total" },
    { ...stored, kind: "output", name: "y" },
    { kind: "state", name: "ring", dtype: "i32", shape: [2, 2], bytes: 16, updatedInPlace: true },
  ];
  const steps = [
    { kernel: 0, buffers: [0, 1, 2], grid: [1, 1, 1], region: "scale" },
    { kernel: 1, buffers: [4, 2, 3, 5, 6, 7], grid: [1, 1, 1], region: "add" },
  ] as const;
  return { name: "total", buffers, slots: [24], kernels: [scaleKernel(), addKernel()], steps };
}

const spec: EntrySpec = {
  inputs: [{ name: "x", dtype: "f32", shape: [2, 3] }],
  outputs: [{ name: "y", dtype: "f32", shape: [2, 3] }],
  states: [
    { name: "total", dtype: "f32", shape: [2, 3] },
    { name: "ring", dtype: "i32", shape: [2, 2] },
  ],
};

const weights: Weights = { read: async () => Float32Array.from({ length: 10 }, (_, i) => i) };
const x: Tensor = { dtype: "f32", shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
/** weight · x + 1 with the weight's columns 1 to 3: [[1, 2, 3], [6, 7, 8]]. */
const once = [2, 5, 10, 25, 36, 49];

const load = (device: GPUDevice, options = {}) =>
  loadSession(device, { total: runningTotal() }, { total: spec }, weights, options);

describe("a session on a device", () => {
  it("runs steps in order, carries state from run to run, and starts fresh states at zero", async function () {
    const session = await load((await deviceOrSkip(this)).device);
    const state = session.fresh();
    assert.equal(state.batch, 2);
    const first = await session.run("total", { x }, state, ["y"]);
    assert.deepEqual([...first["y"]!.data], once);
    const second = await session.run("total", { x }, state, ["y"]);
    assert.deepEqual(
      [...second["y"]!.data],
      once.map((v) => 2 * v),
    );
    const other = await session.run("total", { x }, session.fresh(), ["y"]);
    assert.deepEqual([...other["y"]!.data], once);
    await session.release();
  });

  it("copies, saves and restores states as values", async function () {
    const session = await load((await deviceOrSkip(this)).device);
    const state = session.fresh();
    await session.run("total", { x }, state, []);
    const copied = await session.copy(state);
    await session.run("total", { x }, state, []);
    const saved = await session.download(copied);
    assert.deepEqual([...saved["total"]!.data], once);
    assert.deepEqual([...saved["ring"]!.data], [1, 0, 0, 0]);
    const restored = await session.upload(saved);
    const after = await session.run("total", { x }, restored, ["y"]);
    assert.deepEqual(
      [...after["y"]!.data],
      once.map((v) => 2 * v),
    );
    await session.release();
  });

  it("keeps runs that are not awaited in order", async function () {
    const session = await load((await deviceOrSkip(this)).device);
    const state = session.fresh();
    const runs = await Promise.all([1, 2, 3].map(() => session.run("total", { x }, state, ["y"])));
    for (const [i, run] of runs.entries())
      assert.deepEqual(
        [...run["y"]!.data],
        once.map((v) => (i + 1) * v),
      );
    await session.release();
  });

  it("creates equal kernels once and says how far it is", async function () {
    const { device } = await deviceOrSkip(this);
    const seen: string[] = [];
    const programs = { a: runningTotal(), b: runningTotal() };
    const session = await loadSession(device, programs, { a: spec, b: spec }, weights, {
      onProgress: (done, total) => seen.push(`${done}/${total}`),
    });
    assert.deepEqual(seen, ["0/2", "1/2", "2/2"]);
    await session.release();
  });

  it("measures the pass where the device has timestamps", async function () {
    const { device } = await deviceOrSkip(this);
    if (!device.features.has("timestamp-query")) return this.skip();
    const session = await load(device, { profile: true });
    await session.run("total", { x }, session.fresh(), ["y"]);
    assert.ok(session.passTime()! >= 0);
    await session.release();
  });

  it("times every step by itself, by timestamps or by the clock, and updates in place alone", async function () {
    const { device } = await deviceOrSkip(this);
    const blind = new Proxy(device, {
      get: (of, key) => {
        const value = Reflect.get(of, key, of) as unknown;
        if (key === "features") return new Set();
        return typeof value === "function" ? (value.bind(of) as unknown) : value;
      },
    });
    for (const [on, by] of [
      [device, device.features.has("timestamp-query") ? "device" : "clock"],
      [blind, "clock"],
    ] as const) {
      const session = await load(on);
      const state = session.fresh();
      await session.run("total", { x }, state, []);
      const before = await session.download(state);
      const times = await session.timeSteps!("total", state);
      assert.equal(times.by, by);
      assert.equal(times.milliseconds.length, 2);
      for (const ms of times.milliseconds) assert.ok(ms > 0 && ms < 1e5, `${ms}`);
      const { ring, ...others } = await session.download(state);
      const { ring: ringBefore, ...othersBefore } = before;
      assert.deepEqual(others, othersBefore);
      assert.deepEqual([ringBefore!.data[0], ring!.data[0]], [1, 2]);
      assert.equal((await session.time!("total", state, 3)).by, by);
      assert.equal((await session.download(state)).ring!.data[0], 5);
      await session.release();
    }
  });

  it("says in one sentence what is wrong with a call", async function () {
    const session = await load((await deviceOrSkip(this)).device);
    const state = session.fresh();
    await assert.rejects(
      session.run("sum", { x }, state, []),
      /no entry "sum"; the entries are total/,
    );
    await assert.rejects(session.run("total", { x }, state, ["z"]), /no output "z"; it has y/);
    await assert.rejects(session.run("total", {}, state, ["y"]), /needs the input "x"/);
    state.release();
    await assert.rejects(session.run("total", { x }, state, ["y"]), /this state was released/);
    await session.release();
    await assert.rejects(session.run("total", { x }, state, ["y"]), /this session was released/);
    assert.throws(() => session.fresh(), /this session was released/);
  });

  it("names the tensor that is larger than a buffer can be, with both sizes", async function () {
    const { device } = await deviceOrSkip(this);
    const program = runningTotal();
    const bytes = 2 ** 40;
    const large: Program<KernelText> = {
      ...program,
      buffers: [...program.buffers, { ...stored, kind: "output", name: "logits", bytes }],
    };
    const most = Math.min(device.limits.maxBufferSize, device.limits.maxStorageBufferBindingSize);
    await assert.rejects(
      loadSession(device, { total: large }, { total: spec }, weights),
      new RegExp(`"logits" takes ${bytes} bytes.* ${most};`),
    );
  });

  it("refuses weights of another size by the parameter's name", async function () {
    const { device } = await deviceOrSkip(this);
    const { piece: _, ...whole } = runningTotal().buffers[0] as BufferPlan & { kind: "parameter" };
    const program = { ...runningTotal(), buffers: [whole, ...runningTotal().buffers.slice(1)] };
    await assert.rejects(
      loadSession(device, { total: program }, { total: spec }, weights),
      /parameter "weight" holds 6 values \(2×3\), but the weights give 10/,
    );
  });
});
