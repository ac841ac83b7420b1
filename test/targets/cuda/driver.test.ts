import assert from "node:assert/strict";
import { CompilerBug, UserError } from "../../../src/graph/bug.ts";
import { type CudaDevice, openCuda, openEmulatedCuda } from "../../../targets/cuda/device.ts";
import { openDriver } from "../../../targets/cuda/driver/driver.ts";
import type { SymbolName } from "../../../targets/cuda/driver/symbols.ts";
import { buildProgram, loadCuda } from "../../../targets/cuda/executor.ts";
import { loadCudaSession } from "../../../targets/cuda/session.ts";
import { buildStandIn } from "../../../targets/cuda/stand-in/build.ts";
import { needs } from "./emulator/tools.ts";
import { runningTotal, spec, times, weights, x } from "./running-total.ts";
import { live, onStandIn, type StandInOptions, withOptions } from "./stand-in.ts";

const load = (device: CudaDevice, past = 0) =>
  loadCuda(device, { total: runningTotal("total", past) }, { total: spec }, weights);

const isUserError = (pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof UserError, `not a user's error: ${error}`);
  assert.match(error.message, pattern);
  assert.doesNotMatch(error.message, /\n/);
  return true;
};
const isBug = (pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof CompilerBug, `not a bug: ${error}`);
  assert.match(error.message, pattern);
  return true;
};

async function withLibrary<T>(library: string, work: () => T): Promise<T> {
  const before = process.env["EYRIE_LIBCUDA"];
  process.env["EYRIE_LIBCUDA"] = library;
  try {
    return work();
  } finally {
    if (before === undefined) delete process.env["EYRIE_LIBCUDA"];
    else process.env["EYRIE_LIBCUDA"] = before;
  }
}

describe("the CUDA driver", function () {
  this.timeout(120_000);

  it("is found by the option, else by EYRIE_LIBCUDA", async function () {
    needs(this, "g++");
    const { path } = await buildStandIn();
    assert.equal(openDriver({ library: path }).library, path);
    assert.equal(await withLibrary(path, () => openDriver().library), path);
    const elsewhere = () => openDriver({ library: path }).library;
    assert.equal(await withLibrary("/nowhere/libcuda.so", elsewhere), path);
  });

  it("says in one sentence that there is none, and what to do", async () => {
    await withLibrary("/nowhere/libcuda.so", () =>
      assert.throws(() => openCuda(), isUserError(/\/nowhere\/libcuda\.so does not load: .*/)),
    );
    assert.throws(
      () => openCuda({ library: "libm.so.6" }),
      isUserError(/libm\.so\.6 has no cuInit: install an NVIDIA driver/),
    );
    let driver = true;
    try {
      openCuda().release();
    } catch (error) {
      driver = false;
      isUserError(/install one, name its libcuda in EYRIE_LIBCUDA, or run .* cuda-cpu/)(error);
    }
    if (driver) console.log("      a driver is here: the sentence without one was not seen");
  });

  it("tells what its devices are", async function () {
    needs(this, "g++");
    const { path } = await buildStandIn();
    const options: StandInOptions = { DEVICES: 2, MEMORY: 12345678, DRIVER: 12060 };
    await withOptions(options, () => {
      const driver = openDriver({ library: path });
      assert.equal(driver.version, 12060);
      assert.equal(driver.deviceCount(), 2);
      assert.equal(driver.deviceName(1), "Eyrie's emulator on the CPU");
      assert.equal(driver.deviceBytes(1), 12345678);
      assert.equal(driver.deviceAttribute(0, "major"), 8);
    });
  });

  it("keeps two devices apart", async function () {
    needs(this, "g++", "nvcc");
    const { path } = await buildStandIn();
    await withOptions({ DEVICES: 2 }, async () => {
      const devices = [0, 1].map((ordinal) => openCuda({ library: path, ordinal }));
      const used = () =>
        devices.map(({ context }) => context.memory().total - context.memory().free);
      const first = await load(devices[0]!);
      const [alone] = used();
      assert.deepEqual(used(), [alone, 0]);
      const sessions = [first, await load(devices[1]!)];
      assert.deepEqual(used(), [alone, alone]);
      const states = sessions.map((session) => session.fresh());
      for (const runs of [1, 2, 3])
        for (const [i, session] of sessions.entries()) {
          const { y } = await session.run("total", { x }, states[i]!, ["y"]);
          assert.deepEqual([...y!.data], times(runs));
        }
      for (const session of sessions) await session.release();
      for (const device of devices) device.release();
    });
  });

  const refusals: readonly [string, StandInOptions, RegExp][] = [
    ["no device", { DEVICES: 0 }, /finds no GPU \(cuInit: CUDA_ERROR_NO_DEVICE, .*nvidia-smi/],
    ["a device before Ampere", { CAPABILITY: 75 }, /compute capability 7\.5, .* need 8\.0/],
    ["a stub", { FAIL: "cuInit:1:34" }, /the toolkit's stub, .*LD_LIBRARY_PATH/],
    ["two versions", { FAIL: "cuInit:1:803" }, /library and kernel module differ .*restart/],
    ["a device that another holds", { FAIL: "cuDevicePrimaryCtxRetain:1:46" }, /another process/],
  ];
  for (const [what, options, sentence] of refusals)
    it(`refuses ${what} with a sentence that says what to do`, async function () {
      needs(this, "g++");
      await assert.rejects(withOptions(options, openEmulatedCuda), isUserError(sentence));
    });

  it("names the device that is not there", async function () {
    needs(this, "g++");
    const { path } = await buildStandIn();
    assert.throws(
      () => openCuda({ library: path, ordinal: 3 }),
      isUserError(/no GPU of that number for GPU 3 \(cuDeviceGet: CUDA_ERROR_INVALID_DEVICE/),
    );
  });

  it("takes a GPU newer than our table by what it tells of itself", function () {
    return onStandIn(
      this,
      async (device) => {
        assert.equal(device.architecture, "sm_133");
        assert.equal(device.caps.maxWorkgroupBytes, 163 * 1024);
        const session = await load(device);
        const { y } = await session.run("total", { x }, session.fresh(), ["y"]);
        assert.deepEqual([...y!.data], times(1));
        await session.release();
      },
      { CAPABILITY: 133 },
    );
  });
});

describe("a failing CUDA call", function () {
  this.timeout(60_000);

  it("at a load without enough memory frees everything, and says what was asked and what is free", function () {
    return onStandIn(
      this,
      async (device) => {
        await assert.rejects(
          load(device),
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
        const session = await load(device);
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
      const session = await load(device, 2);
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
        const session = await load(device, 2);
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
      const session = await load(device, 2);
      await assert.rejects(session.run("total", { x }, session.fresh(), []), CompilerBug);
      await session.release();
    });
    await onStandIn(this, async (device) => {
      const session = await load(device);
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
          load(device),
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
        const session = await load(device);
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
        const session = await load(device);
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
