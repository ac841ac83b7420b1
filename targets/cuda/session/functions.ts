/** Loads the images of programs into the device's context, and finds each kernel in them. */
import { setImmediate } from "node:timers/promises";
import type { Program } from "../../../codegen/program.ts";
import { CompilerBug } from "../../../src/graph/bug.ts";
import type { CudaDevice } from "../device.ts";
import type { CudaKernelText } from "../print.ts";

/** What nvcc made of a program's kernels: PTX that the driver compiles for any GPU, and machine code by architecture. */
export type CudaImage = {
  readonly ptx: string;
  /** By architecture: "sm_90". */
  readonly cubins: Readonly<Record<string, Uint8Array>>;
};

export type CudaProgram = {
  readonly program: Program<CudaKernelText>;
  readonly image: CudaImage;
};

export type LoadedFunction = {
  readonly address: bigint;
  readonly name: string;
  readonly lanes: number;
  readonly dynamicBytes: number;
};

export type Functions = {
  of(program: Program<CudaKernelText>, kernel: number): LoadedFunction;
  release(): void;
};

export type Progress = (done: number, total: number) => void;

/** Each distinct image once; between images Node's loop gets a turn, because the driver takes up to seconds for PTX. */
export async function loadFunctions(
  device: CudaDevice,
  programs: readonly CudaProgram[],
  onProgress: Progress = () => {},
): Promise<Functions> {
  const { context: gpu } = device;
  const modules = new Map<string, bigint>();
  const total = new Set(programs.map(({ image }) => image.ptx)).size;
  const release = () => {
    for (const module of modules.values()) gpu.unloadModule(module);
    modules.clear();
  };
  const found = new Map<CudaKernelText, LoadedFunction>();
  onProgress(0, total);
  try {
    for (const { program, image } of programs) {
      const known = modules.get(image.ptx);
      if (known === undefined) await setImmediate();
      const module = known ?? loadImage(device, program.name, image);
      modules.set(image.ptx, module);
      if (known === undefined) onProgress(modules.size, total);
      for (const kernel of program.kernels) found.set(kernel, findFunction(device, module, kernel));
    }
  } catch (error) {
    release();
    throw error;
  }
  return {
    of: (program, kernel) => found.get(program.kernels[kernel]!) ?? lost(program, kernel),
    release,
  };
}

/** The machine code for exactly this architecture where there is one, else the PTX. */
const loadImage = ({ context, architecture }: CudaDevice, program: string, image: CudaImage) =>
  context.loadModule(image.cubins[architecture] ?? image.ptx, `the kernels of ${program}`);

function lost(program: Program<CudaKernelText>, kernel: number): never {
  throw new CompilerBug(`kernel ${kernel} of ${program.name} was not loaded`);
}

function findFunction(
  { context: gpu }: CudaDevice,
  module: bigint,
  { name, entry, workgroupSize: lanes, dynamicBytes }: CudaKernelText,
): LoadedFunction {
  const address = gpu.functionOf(module, entry);
  const most = gpu.functionAttribute(address, "maxLanes");
  if (lanes > most)
    throw new CompilerBug(`kernel ${name} has ${lanes} lanes, and the GPU runs ${most} of it`);
  if (dynamicBytes > 0) gpu.allowDynamicBytes(address, dynamicBytes, name);
  return { address, name, lanes, dynamicBytes };
}
