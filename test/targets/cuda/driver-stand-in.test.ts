import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CompilerBug } from "../../../src/graph/bug.ts";
import type { CudaDevice } from "../../../targets/cuda/device.ts";
import { addressParameters } from "../../../targets/cuda/driver/streams.ts";
import { buildEmulated } from "../../../targets/cuda/emulator/build.ts";
import { compilePtx } from "../../../targets/cuda/nvcc.ts";
import { buildStandIn } from "../../../targets/cuda/stand-in/build.ts";
import { needs } from "./emulator/tools.ts";
import { onStandIn } from "./stand-in.ts";

const kernels = `extern "C" __global__ void twice(const float* from, float* to) {
  to[threadIdx.x] = 2 * from[threadIdx.x];
}

extern "C" __global__ void __launch_bounds__(64) turned(const float* from, float* to) {
  extern __shared__ float shared[];
  shared[threadIdx.x] = from[threadIdx.x];
  __syncthreads();
  to[threadIdx.x] = shared[63 - threadIdx.x];
}
`;
const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Two buffers of 64 floats, the first written, and the function of that name. */
async function prepare({ context: gpu }: CudaDevice, name: string) {
  const { ptx } = await compilePtx(kernels);
  await buildEmulated(ptx);
  const module = gpu.loadModule(ptx, "the kernels");
  const [from, to] = [gpu.allocate(256, "from"), gpu.allocate(256, "to")];
  const stream = gpu.createStream();
  gpu.clear(from, 256, stream);
  const launch = (lanes: number, dynamicBytes: number) =>
    gpu.launch(
      {
        ...{ function: gpu.functionOf(module, name), name, lanes, dynamicBytes },
        ...{ grid: [1, 1, 1], parameters: addressParameters([from, to]) },
      },
      stream,
    );
  const release = () => {
    gpu.destroyStream(stream);
    for (const address of [from, to]) gpu.free(address);
    gpu.unloadModule(module);
  };
  return { module, launch, release, from, to, stream };
}

describe("the stand-in for the CUDA driver", function () {
  this.timeout(120_000);

  it("has the functions that cuda.h declares, for C programs, and builds their kernels by a command", async function () {
    needs(this, "g++", "nvcc");
    const include = ["/usr/local/cuda", process.env["CUDA_HOME"] ?? ""]
      .map((home) => join(home, "include"))
      .find((folder) => existsSync(join(folder, "cuda.h")));
    if (!include) {
      console.log("      skipped: cuda.h is not installed");
      return this.skip();
    }
    const libraries = dirname((await buildStandIn()).path);
    const folder = mkdtempSync(join(tmpdir(), "eyrie-stand-in-"));
    try {
      const program = join(folder, "program");
      const source = join(root, "test/targets/cuda/stand-in-program.cpp");
      const link = [`-L${libraries}`, "-lcuda", `-Wl,-rpath,${libraries}`];
      execFileSync("g++", ["-Wall", `-I${include}`, source, ...link, "-o", program]);
      // No two runs have this text, so its library is not built yet.
      const ptx = `// ${folder}\n${(await compilePtx(kernels)).ptx}`;
      writeFileSync(join(folder, "kernels.ptx"), ptx);
      const build = `cd ${root} && node --import tsx/esm targets/cuda/stand-in/build-ptx.ts`;
      const environment = {
        ...process.env,
        KERNELS: join(folder, "kernels.ptx"),
        EYRIE_PTX_BUILD: build,
      };
      const { stdout, stderr } = spawnSync(program, { env: environment, encoding: "utf8" });
      assert.equal(stderr, "");
      assert.deepEqual(stdout.trim().split("\n"), [
        "Eyrie's emulator on the CPU, 8.x, 1 devices, CUDA 13, context current",
        "256 bytes are used",
        "capturing 1, time passed",
        "31 · 2³ = 248",
        // The last context was released, so nothing is current.
        "cuMemAlloc(&from, bytes): CUDA_ERROR_INVALID_CONTEXT, invalid device context",
      ]);
      rmSync((await buildEmulated(ptx)).path);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("wants to be told of dynamic memory past 48 KiB, as a GPU does", function () {
    return onStandIn(this, async (device) => {
      const { context: gpu } = device;
      const { module, launch, release } = await prepare(device, "turned");
      launch(64, 256);
      assert.throws(() => launch(64, 100_000), /asks for 100000 bytes .* may have 49152; see/);
      const at = gpu.functionOf(module, "turned");
      gpu.allowDynamicBytes(at, 100_000, "turned");
      assert.equal(gpu.functionAttribute(at, "dynamicBytes"), 100_000);
      launch(64, 100_000);
      assert.throws(
        () => gpu.allowDynamicBytes(at, 200_000, "turned"),
        /kernel turned .*may ask for 166912 bytes/,
      );
      release();
    });
  });

  it("refuses a launch of more lanes than the kernel allows, and goes on", function () {
    return onStandIn(this, async (device) => {
      const { module, launch, release } = await prepare(device, "turned");
      const at = device.context.functionOf(module, "turned");
      assert.equal(device.context.functionAttribute(at, "maxLanes"), 64);
      assert.throws(() => launch(96, 384), /INVALID_VALUE.*96 threads, but at most 64/);
      launch(64, 256);
      release();
    });
  });

  it("names the buffer that a kernel or a copy reaches past, and by how much", function () {
    return onStandIn(this, async (device) => {
      const { context: gpu } = device;
      const { launch, release, from, to, stream } = await prepare(device, "twice");
      launch(64, 0);
      assert.throws(
        () => gpu.copy(to, from, 260, stream),
        /cuMemcpyDtoDAsync_v2: CUDA_ERROR_INVALID_VALUE.*reaches past the end of an allocation/,
      );
      assert.throws(() => launch(96, 0), /LAUNCH_FAILED.*twice.*0 bytes past the end of from/s);
      assert.throws(() => gpu.clear(to, 4, stream), CompilerBug);
      release();
    });
  });

  it("refuses handles that are not, or no longer, what they are taken for", function () {
    return onStandIn(this, async (device) => {
      const { context: gpu } = device;
      const { module, release, stream, to } = await prepare(device, "twice");
      assert.throws(() => gpu.functionOf(module, "thrice"), /NOT_FOUND.*no kernel thrice/);
      assert.throws(() => gpu.functionOf(stream, "twice"), /cuModuleGetFunction: .*INVALID_HANDLE/);
      release();
      assert.throws(() => gpu.free(to), /cuMemFree_v2: .*memory that is not allocated is freed/);
      assert.throws(() => gpu.destroyStream(stream), /INVALID_HANDLE/);
    });
  });
});
