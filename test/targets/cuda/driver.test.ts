import assert from "node:assert/strict";
import { openCuda, openEmulatedCuda } from "../../../targets/cuda/device.ts";
import { openDriver } from "../../../targets/cuda/driver/driver.ts";
import { buildStandIn } from "../../../targets/cuda/stand-in/build.ts";
import { needs } from "./emulator/tools.ts";
import { isUserError } from "./errors.ts";
import { loadTotal, times, x } from "./running-total.ts";
import { onStandIn, type StandInOptions, withOptions } from "./stand-in.ts";

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
      const first = await loadTotal(devices[0]!);
      const [alone] = used();
      assert.deepEqual(used(), [alone, 0]);
      const sessions = [first, await loadTotal(devices[1]!)];
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
        const session = await loadTotal(device);
        const { y } = await session.run("total", { x }, session.fresh(), ["y"]);
        assert.deepEqual([...y!.data], times(1));
        await session.release();
      },
      { CAPABILITY: 133 },
    );
  });
});
