import assert from "node:assert/strict";
import { KernelBuilder } from "../../../codegen/build.ts";
import type { Kernel } from "../../../codegen/kernel.ts";
import type { BufferPlan, Program } from "../../../codegen/program.ts";
import { cast } from "../../../codegen/val.ts";
import type { CudaDevice } from "../../../targets/cuda/device.ts";
import { loadCuda } from "../../../targets/cuda/executor.ts";
import type { CudaLoadOptions } from "../../../targets/cuda/session.ts";
import type { EntrySpec, StateHandle } from "../../../targets/executor.ts";
import { once, runningTotal, spec, stored, times, weights, x } from "./running-total.ts";
import { live, onStandIn as onStandInWith } from "./stand-in.ts";

const load = (
  device: CudaDevice,
  options: CudaLoadOptions = {},
  program: Program<Kernel> = runningTotal(),
) => loadCuda(device, { total: program }, { total: spec }, weights, options);

/** The first three and the last two values of one parameter, and the last of two others in halves. */
function ends(large: number): Program<Kernel> {
  const k = new KernelBuilder();
  const [long, odd, other, y] = [
    k.buffer("large", "f32", large),
    k.buffer("odd", "f16", 3),
    k.buffer("other", "bf16", 3),
    k.buffer("y", "f32", 7),
  ];
  const places = [0, 1, 2, large - 2, large - 1];
  for (const [to, at] of places.entries()) k.store(y, to, k.load(long, at));
  k.store(y, places.length, cast(k.load(odd, 2), "f32"));
  k.store(y, places.length + 1, cast(k.load(other, 2), "f32"));
  return {
    name: "ends",
    buffers: [
      { kind: "parameter", name: "large", dtype: "f32", shape: [large], bytes: 4 * large },
      { kind: "parameter", name: "odd", dtype: "f16", shape: [3], bytes: 8 },
      { kind: "parameter", name: "other", dtype: "bf16", shape: [3], bytes: 8 },
      { kind: "output", name: "y", dtype: "f32", shape: [7], bytes: 28 },
    ],
    slots: [],
    kernels: [k.finish("ends", 1)],
    steps: [{ kernel: 0, buffers: [0, 1, 2, 3], grid: [1, 1, 1], region: "ends" }],
  };
}

const endsSpec: EntrySpec = {
  inputs: [],
  outputs: [{ name: "y", dtype: "f32", shape: [7] }],
  states: [],
};

/** At once, or only when the host asks for it, as on a GPU: waits that are missing show then. */
for (const LATE of [0, 1] as const)
  describe(`a session of CUDA kernels, whose work happens ${LATE ? "late" : "at once"}`, function () {
    this.timeout(120_000);
    const onStandIn = (test: Mocha.Context, work: (device: CudaDevice) => Promise<void>) =>
      onStandInWith(test, work, { LATE });

    it("runs steps in order, carries state from run to run, and starts fresh states at zero", function () {
      return onStandIn(this, async (device) => {
        const session = await load(device);
        assert.equal(session.executor, "cuda-cpu");
        const state = session.fresh();
        assert.equal(state.batch, 2);
        for (const runs of [1, 2, 3, 4]) {
          const { y } = await session.run("total", { x }, state, ["y"]);
          assert.deepEqual([...y!.data], times(runs));
        }
        const other = await session.run("total", { x }, session.fresh(), ["y"]);
        assert.deepEqual([...other["y"]!.data], once);
        await session.release();
      });
    });

    it("launches kernels one by one in a state's first run, and as one graph made once from then on", function () {
      return onStandIn(this, async (device) => {
        const session = await load(device);
        const { calls } = device.context.standIn!;
        const state = session.fresh();
        const seen: number[][] = [];
        for (let run = 0; run < 4; run++) {
          await session.run("total", { x }, state, []);
          seen.push([
            calls("cuLaunchKernel"),
            calls("cuGraphInstantiateWithFlags"),
            calls("cuGraphLaunch"),
          ]);
        }
        assert.deepEqual(seen, [
          [2, 0, 0],
          [4, 1, 1],
          [4, 1, 2],
          [4, 1, 3],
        ]);
        // One event serves all runs that are awaited, and one pinned block.
        assert.deepEqual([live(device, "event"), live(device, "host")], [1, 1]);
        assert.equal(live(device, "graph"), 0);
        assert.equal(live(device, "executable"), 1);
        state.release();
        assert.equal(live(device, "executable"), 0);
        await session.release();
      });
    });

    it("copies, saves and restores states as values", function () {
      return onStandIn(this, async (device) => {
        const session = await load(device);
        const state = session.fresh();
        await session.run("total", { x }, state, []);
        const copied = await session.copy(state);
        await session.run("total", { x }, state, []);
        const saved = await session.download(copied);
        assert.deepEqual([...saved["total"]!.data], once);
        assert.deepEqual([...saved["ring"]!.data], [1, 0, 0, 0]);
        const restored = await session.upload(saved);
        const after = await session.run("total", { x }, restored, ["y"]);
        assert.deepEqual([...after["y"]!.data], times(2));
        await session.release();
      });
    });

    it("keeps runs that are not awaited in order, and finishes them before it is released", function () {
      return onStandIn(this, async (device) => {
        const session = await load(device, { profile: true });
        const state = session.fresh();
        const runs = [1, 2, 3].map(() => session.run("total", { x }, state, ["y"]));
        state.release();
        await session.release();
        for (const [i, run] of (await Promise.all(runs)).entries())
          assert.deepEqual([...run["y"]!.data], times(i + 1));
      });
    });

    it("frees a state's buffers when it is released, and all else with the session", function () {
      return onStandIn(this, async (device) => {
        const session = await load(device);
        const before = live(device, "memory");
        const states: StateHandle[] = [session.fresh(), session.fresh()];
        await session.run("total", { x }, states[0]!, ["y"]);
        assert.equal(live(device, "memory"), before + 4);
        for (const state of states) state.release();
        states[0]!.release();
        assert.equal(live(device, "memory"), before);
        session.fresh();
        await session.release();
        await session.release();
        assert.equal(live(device, "all"), 0);
      });
    });

    it("loads equal images once and says how far it is", function () {
      return onStandIn(this, async (device) => {
        const seen: string[] = [];
        const programs = { a: runningTotal(), b: runningTotal() };
        const session = await loadCuda(device, programs, { a: spec, b: spec }, weights, {
          onProgress: (done, total) => seen.push(`${done}/${total}`),
        });
        assert.deepEqual(seen, ["0/1", "1/1"]);
        assert.equal(live(device, "module"), 1);
        const state = session.fresh();
        for (const [i, entry] of ["a", "b", "a", "b"].entries()) {
          const { y } = await session.run(entry, { x }, state, ["y"]);
          assert.deepEqual([...y!.data], times(i + 1));
        }
        await session.release();
      });
    });

    it("measures the kernels of a run between two events where it is asked to", function () {
      return onStandIn(this, async (device) => {
        const plain = await load(device);
        await plain.run("total", { x }, plain.fresh(), ["y"]);
        assert.equal(plain.passTime(), null);
        await plain.release();
        const session = await load(device, { profile: true });
        assert.equal(session.passTime(), null);
        await session.run("total", { x }, session.fresh(), ["y"]);
        assert.ok(session.passTime()! >= 0);
        await session.release();
      });
    });

    it("times every step by itself, and knows what it holds", function () {
      return onStandIn(this, async (device) => {
        const session = await load(device);
        const state = session.fresh();
        await session.run("total", { x }, state, ["y"]);
        const { by, milliseconds } = await session.timeSteps!("total", state);
        assert.equal(by, "device");
        assert.equal(milliseconds.length, 2);
        assert.ok(milliseconds.every((ms) => ms >= 0));
        const { now, peak } = session.memory!();
        assert.deepEqual(now, peak);
        assert.equal(now.weights, 24);
        assert.equal(now.states, 24 + 16);
        assert.equal(now.arena, 24);
        await session.release();
        assert.deepEqual(session.memory!(), {
          now: { weights: 0, states: 0, arena: 0, other: 0 },
          peak,
        });
      });
    });

    it("uploads parameters larger than a pinned block in parts, and an odd number of halves whole", function () {
      return onStandIn(this, async (device) => {
        const large = 5 * 2 ** 20;
        const { calls } = device.context.standIn!;
        const read = async (name: string) =>
          Float32Array.from({ length: name === "large" ? large : 3 }, (_, i) => i);
        const session = await loadCuda(device, { ends: ends(large) }, { ends: endsSpec }, { read });
        // The large one in two parts, the odd ones, and no constants.
        assert.equal(calls("cuMemcpyHtoDAsync_v2"), 4);
        const { y } = await session.run("ends", {}, session.fresh(), ["y"]);
        assert.deepEqual([...y!.data], [0, 1, 2, large - 2, large - 1, 2, 2]);
        await session.release();
      });
    });

    it("says in one sentence what is wrong with a call", function () {
      return onStandIn(this, async (device) => {
        const session = await load(device);
        const state = session.fresh();
        await assert.rejects(
          session.run("sum", { x }, state, []),
          /no entry "sum"; the entries are total/,
        );
        await assert.rejects(session.run("total", { x }, state, ["z"]), /no output "z"; it has y/);
        await assert.rejects(session.run("total", {}, state, ["y"]), /needs the input "x"/);
        await assert.rejects(session.upload({}), /lack the state "total"/);
        state.release();
        await assert.rejects(session.run("total", { x }, state, ["y"]), /this state was released/);
        await session.release();
        await assert.rejects(
          session.run("total", { x }, state, ["y"]),
          /this session was released/,
        );
        assert.throws(() => session.fresh(), /this session was released/);
      });
    });

    it("says that its device was released", function () {
      return onStandIn(this, async (device) => {
        const session = await load(device);
        device.release();
        assert.throws(() => session.fresh(), /this device was released; open another one/);
        await session.release();
        await assert.rejects(load(device), /this device was released; open another one/);
      });
    });

    it("names the tensor that is larger than a buffer can be, with both sizes", function () {
      return onStandIn(this, async (device) => {
        const logits: BufferPlan = { ...stored, kind: "output", name: "logits", bytes: 2 ** 40 };
        const program = { ...runningTotal(), buffers: [...runningTotal().buffers, logits] };
        await assert.rejects(
          load(device, {}, program),
          /"logits" takes 1099511627776 bytes.* at most 4294967292;/,
        );
      });
    });

    it("refuses weights of another size by the parameter's name", function () {
      return onStandIn(this, async (device) => {
        const { piece: _, ...whole } = runningTotal().buffers[0] as BufferPlan & {
          kind: "parameter";
        };
        const program = { ...runningTotal(), buffers: [whole, ...runningTotal().buffers.slice(1)] };
        await assert.rejects(
          load(device, {}, program),
          /parameter "weight" holds 6 values \(2×3\), but the weights give 10/,
        );
      });
    });
  });
