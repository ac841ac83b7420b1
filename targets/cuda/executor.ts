/** From compiled programs to a session on a CUDA device: printed, compiled by nvcc, built for what runs them, and loaded. */
import type { Kernel } from "../../codegen/kernel.ts";
import type { Program } from "../../codegen/program.ts";
import type { EntrySpec, Weights } from "../executor.ts";
import { architectureNames } from "./architectures.ts";
import type { CudaDevice } from "./device.ts";
import { buildEmulated } from "./emulator/build.ts";
import { assemble, compilePtx } from "./nvcc.ts";
import { launchOf, printCudaFile } from "./print.ts";
import type { CudaImage, CudaProgram } from "./session/functions.ts";
import { type CudaLoadOptions, type CudaSession, loadCudaSession } from "./session.ts";

/** Compiles what is not yet in the cache, and loads. A UserError without nvcc, and on the CPU without g++. */
export async function loadCuda(
  device: CudaDevice,
  programs: Readonly<Record<string, Program<Kernel>>>,
  entries: Readonly<Record<string, EntrySpec>>,
  weights: Weights,
  options: CudaLoadOptions = {},
): Promise<CudaSession> {
  const named = Object.entries(programs).map(
    async ([name, program]) => [name, await buildProgram(device, program)] as const,
  );
  const built = Object.fromEntries(await Promise.all(named));
  return loadCudaSession(device, built, entries, weights, options);
}

/** One file of all the program's kernels. */
export async function buildProgram(
  device: CudaDevice,
  program: Program<Kernel>,
): Promise<CudaProgram> {
  const { ptx } = await compilePtx(printCudaFile(program.kernels), { file: `${program.name}.cu` });
  const image = await buildImage(device, ptx);
  return { program: { ...program, kernels: program.kernels.map(launchOf) }, image };
}

/** The CPU takes PTX that was translated before; a GPU its own machine code, or PTX where our table does not know it. */
async function buildImage({ emulated, architecture }: CudaDevice, ptx: string): Promise<CudaImage> {
  if (emulated) {
    await buildEmulated(ptx);
    return { ptx, cubins: {} };
  }
  if (!architectureNames.includes(architecture)) return { ptx, cubins: {} };
  // A user's kernel that spills is slow, not wrong: it runs.
  const made = await assemble(ptx, [architecture], { warnings: "pass" });
  const { [architecture]: assembled } = made;
  return { ptx, cubins: assembled ? { [architecture]: assembled.cubin } : {} };
}
