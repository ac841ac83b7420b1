import assert from "node:assert/strict";
import { CompilerBug } from "../../../src/graph/bug.ts";
import type { CudaDevice } from "../../../targets/cuda/device.ts";
import type { SymbolName } from "../../../targets/cuda/driver/symbols.ts";
import { buildProgram, loadCuda } from "../../../targets/cuda/executor.ts";
import { loadCudaSession } from "../../../targets/cuda/session.ts";
import { isBug, isUserError } from "./errors.ts";
import { loadTotal, runningTotal, spec, times, weights, x } from "./running-total.ts";
import { live, onStandIn } from "./stand-in.ts";

describe("a failing CUDA call", function () {
  this.timeout(60_000);

  it("at a load without enough memory frees everything, and says what was asked and what is free", function () {
    return onStandIn(
      this,
      async (device) => {
        await assert.rejects(
          loadTotal(device),
          isUserError(
            /not enough memory for "arena slot 0", which takes 24 bytes \(cuMemAlloc_v2: CUDA_ERROR_OUT_OF_MEMORY, out of memory; 16 of 40 bytes are free\); use a smaller/,
          ),
        );
        assert.equal(live(device, "all"), 0);
      },
      { MEMORY: 40 },
    );
  });

  it("for a state without enough memory leaves the session as it was", function () {
    return onStandIn(
      this,
      async (device) => {
        const session = await loadTotal(device);
        const state = session.fresh();
        const before = live(device, "memory");
        assert.throws(() => session.fresh(), isUserError(/not enough memory for "ring"/));
        assert.equal(live(device, "memory"), before);
        const { y } = await session.run("total", { x }, state, ["y"]);
        assert.deepEqual([...y!.data], times(1));
        state.release();
        session.fresh();
        await session.release();
      },
      // Weight, slot, next, input, one and output, one state, and the first buffer of another.
      { MEMORY: 24 * 5 + 4 + 40 + 30 },
    );
  });

  it("of a kernel names what it did wrong, lasts, and leaves nothing behind", function () {
    return onStandIn(this, async (device) => {
      const session = await loadTotal(device, 2);
      const state = session.fresh();
      const wrong =
        /a kernel failed on the GPU for kernel scale \(cuLaunchKernel: CUDA_ERROR_LAUNCH_FAILED, unspecified launch failure; .*scale.*past the end of/s;
      await assert.rejects(session.run("total", { x }, state, ["y"]), isBug(wrong));
      await assert.rejects(session.download(state), isBug(/CUDA_ERROR_LAUNCH_FAILED/));
      assert.throws(() => session.fresh(), isBug(/CUDA_ERROR_LAUNCH_FAILED/));
      state.release();
      await session.release();
    });
  });

  it("of a kernel is found when the host asks how far the work is, where that happens late", function () {
    return onStandIn(
      this,
      async (device) => {
        const session = await loadTotal(device, 2);
        const state = session.fresh();
        const wrong =
          /a kernel failed on the GPU \(cuEventQuery: CUDA_ERROR_LAUNCH_FAILED, .*scale.*past the end of weight/s;
        const runs = [0, 1].map(() => session.run("total", { x }, state, ["y"]));
        for (const run of await Promise.allSettled(runs)) {
          assert.equal(run.status, "rejected");
          isBug(wrong)(run.reason);
        }
        assert.throws(() => session.fresh(), isBug(/CUDA_ERROR_LAUNCH_FAILED/));
        await session.release();
      },
      { LATE: 1 },
    );
  });

  it("of a kernel is over when the device is released", async function () {
    await onStandIn(this, async (device) => {
      const session = await loadTotal(device, 2);
      await assert.rejects(session.run("total", { x }, session.fresh(), []), CompilerBug);
      await session.release();
    });
    await onStandIn(this, async (device) => {
      const session = await loadTotal(device);
      await session.run("total", { x }, session.fresh(), []);
      await session.release();
    });
  });

  it("names an output that no kernel wrote", function () {
    return onStandIn(this, async (device) => {
      const program = { ...runningTotal(), steps: runningTotal().steps.slice(0, 1) };
      const session = await loadCuda(device, { total: program }, { total: spec }, weights);
      await assert.rejects(
        session.run("total", { x }, session.fresh(), ["y"]),
        isBug(/for "y" \(.*byte 0 of 24 that are read back was never written/),
      );
      await session.release();
    });
  });

  it("of a driver too old for the PTX says which CUDA it is for", function () {
    return onStandIn(
      this,
      async (device) => {
        await assert.rejects(
          loadTotal(device),
          isUserError(
            /too old for these kernels for the kernels of total \(.*the driver is for CUDA 12\.4; .*install a newer driver/,
          ),
        );
      },
      { DRIVER: 12040 },
    );
  });

  it("gives machine code for the exact architecture to the driver before PTX", function () {
    return onStandIn(this, async (device) => {
      const { program, image } = await buildProgram(device, runningTotal());
      const withCubin = (name: string) => ({
        total: {
          program,
          image: { ...image, cubins: { [name]: Buffer.from("\x7fELF machine code") } },
        },
      });
      const session = await loadCudaSession(device, withCubin("sm_90"), { total: spec }, weights);
      await session.release();
      await assert.rejects(
        loadCudaSession(device, withCubin("sm_80"), { total: spec }, weights),
        isUserError(/do not run on this GPU .*runs PTX, and was given machine code/),
      );
    });
  });

  it("says where the kernel library of a PTX was looked for", function () {
    return onStandIn(this, async (device) => {
      const { program } = await buildProgram(device, runningTotal());
      const ptx = ".version 8.0\n.target sm_80\n.address_size 64\n// never built\n";
      await assert.rejects(
        loadCudaSession(
          device,
          { total: { program, image: { ptx, cubins: {} } } },
          { total: spec },
          weights,
        ),
        isUserError(/CUDA_ERROR_NO_BINARY_FOR_GPU.*there is no \/.*\.so; EYRIE_PTX_BUILD names no/),
      );
    });
  });

  it("that says the device is lost tells to start again", function () {
    return onStandIn(
      this,
      async (device) => {
        const session = await loadTotal(device);
        const state = session.fresh();
        await session.run("total", { x }, state, ["y"]);
        await assert.rejects(
          session.run("total", { x }, state, ["y"]),
          isUserError(
            /cuGraphLaunch: CUDA_ERROR_ECC_UNCORRECTABLE.*start again in a fresh process/,
          ),
        );
        await assert.rejects(session.copy(state), isUserError(/CUDA_ERROR_ECC_UNCORRECTABLE/));
        await session.release();
      },
      { FAIL: "cuGraphLaunch:1:214" },
    );
  });

  it("in the capture of a graph leaves the stream as it was", function () {
    return onStandIn(
      this,
      async (device) => {
        const session = await loadTotal(device);
        const state = session.fresh();
        await session.run("total", { x }, state, ["y"]);
        const failing = session.run("total", { x }, state, ["y"]);
        await assert.rejects(failing, isBug(/for kernel add \(cuLaunchKernel: CUDA_ERROR_UNKNOWN/));
        assert.equal(live(device, "graph"), 0);
        const { y } = await session.run("total", { x }, state, ["y"]);
        assert.deepEqual([...y!.data], times(2));
        await session.release();
      },
      { FAIL: "cuLaunchKernel:4:999" },
    );
  });

  it("at any place names the call, and all that was made before is given back", async function () {
    const everything = async (device: CudaDevice) => {
      const programs = { total: runningTotal() };
      const options = { profile: true };
      const session = await loadCuda(device, programs, { total: spec }, weights, options);
      try {
        const state = session.fresh();
        for (let run = 0; run < 2; run++) await session.run("total", { x }, state, ["y"]);
        await session.download(await session.copy(state));
      } finally {
        await session.release();
      }
    };
    const made = new Map<string, number>();
    await onStandIn(this, async (device) => {
      await everything(device);
      for (const name of doing) made.set(name, device.context.standIn!.calls(name));
    });
    for (const [name, count] of made) {
      assert.ok(count > 0, `${name} is not called`);
      for (const at of new Set([1, 2, count].filter((n) => n <= count)))
        await onStandIn(
          this,
          (device) =>
            assert.rejects(everything(device), isBug(new RegExp(`${name}: CUDA_ERROR_UNKNOWN`))),
          { FAIL: `${name}:${at}:999` },
        );
    }
  });
});

/** The calls of a load and some runs that make or do something, rather than give it back. */
const doing: readonly SymbolName[] = [
  ...(["cuModuleLoadDataEx", "cuModuleGetFunction", "cuFuncGetAttribute"] as const),
  ...(["cuMemAlloc_v2", "cuMemHostAlloc", "cuMemcpyHtoDAsync_v2"] as const),
  ...(["cuMemcpyDtoHAsync_v2", "cuMemcpyDtoDAsync_v2", "cuMemsetD8Async"] as const),
  ...(["cuStreamCreate", "cuStreamBeginCapture_v2", "cuStreamEndCapture"] as const),
  ...(["cuEventCreate", "cuEventRecord", "cuEventQuery", "cuEventElapsedTime"] as const),
  ...(["cuLaunchKernel", "cuGraphInstantiateWithFlags", "cuGraphLaunch"] as const),
];
