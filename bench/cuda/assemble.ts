/** Programs through nvcc and ptxas: every kernel's machine code on every architecture, looked at and never run. */

import { CompilerBug } from "../../src/graph/bug.ts";
import { architectureOf } from "../../targets/cuda/architectures.ts";
import { assemble, compilePtx } from "../../targets/cuda/nvcc.ts";
import { launchOf, printCudaFile } from "../../targets/cuda/print.ts";
import { censusOf } from "../../targets/cuda/sass/census.ts";
import { readCubin } from "../../targets/cuda/sass/cubin.ts";
import type { Assembly } from "../../targets/cuda/sass/gates.ts";
import { findToolkit } from "../../targets/cuda/toolkit.ts";
import { architectures, type Program } from "./programs.ts";

export type AssembledKernel = Assembly & {
  readonly recipe: string;
  /** Machine instructions, those that fill the last lines of code among them. */
  readonly instructions: number;
};

/** Kernel by kernel, architecture by architecture. A CompilerBug where nvcc warns or ptxas rejects. */
export async function assembleProgram(program: Program): Promise<readonly AssembledKernel[]> {
  const { name, kernels } = program;
  const { ptx } = await compilePtx(printCudaFile(kernels.map((k) => k.kernel)));
  const made = await assemble(ptx, architectures);
  const steady = (await findToolkit()).setarch !== null;
  const code = architectures.map((a) => [a, readCubin(made[a].cubin)] as const);
  return kernels.flatMap(({ kernel, recipe }) =>
    code.map(([architecture, all]) => {
      const { entry } = launchOf(kernel);
      const [own, resources] = [all[entry], made[architecture].resources[entry]];
      if (!own || !resources)
        throw new CompilerBug(`ptxas made no ${entry} of ${name} for ${architecture}`);
      return {
        ...{ kernel, recipe, resources, architecture: architectureOf(architecture), steady },
        ...{ census: censusOf(own, architecture), instructions: own.length },
      };
    }),
  );
}
