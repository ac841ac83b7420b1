/** The executors that tests run on: the shared device, or the CPU's two. */
import { type Executor, openExecutor, wgslExecutor } from "../src/execute/executors.ts";
import { deviceOrSkip } from "./device.ts";
import { needs } from "./targets/cuda/emulator/tools.ts";

/** Dawn on the shared device; the running test is skipped where no adapter opens. Do not release it. */
export async function executorOrSkip(test: Mocha.Context): Promise<Executor> {
  return wgslExecutor(await deviceOrSkip(test));
}

/** CUDA's machine code on the CPU; the running test is skipped, aloud, where nvcc or g++ is missing. Release it. */
export async function cudaOnCpuOrSkip(test: Mocha.Context): Promise<Executor> {
  needs(test, "nvcc", "g++");
  return openExecutor({ executor: "cuda-cpu" });
}

/** Every executor that runs wherever the tests do, by name; with EYRIE_CUDA_CPU=1 also CUDA on the CPU, which takes long to compile for. */
export const executors = {
  evaluate: () => openExecutor({ executor: "evaluate" }),
  interpret: () => openExecutor({ executor: "interpret" }),
  wgsl: executorOrSkip,
  ...((process.env.EYRIE_CUDA_CPU === "1" ? { "cuda-cpu": cudaOnCpuOrSkip } : {}) as object),
} as const satisfies Record<string, (test: Mocha.Context) => Promise<Executor>>;
