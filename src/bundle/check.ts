/** Checks that a program's numbers point at things that exist: what a schema cannot say. */
import { UserError } from "../graph/bug.ts";
import type { ManifestProgram } from "./bundle.ts";

/** Throws one sentence that begins with `where`. */
export function checkProgram(program: ManifestProgram, where: string): void {
  const fail = (what: string) => new UserError(`${where} ${what}; compile the model again`);
  const { buffers, slots, kernels, steps } = program;
  for (const buffer of buffers) {
    const size =
      bytesOf(buffer.dtype) * buffer.shape.reduce((product, length) => product * length, 1);
    if (buffer.bytes < size)
      throw fail(`gives "${buffer.name}" ${buffer.bytes} bytes, but its shape takes ${size}`);
    if (buffer.kind === "temporary" && !((slots[buffer.slot] ?? -1) >= buffer.bytes)) {
      throw fail(`places "${buffer.name}" in slot ${buffer.slot}, which does not hold it`);
    }
  }
  for (const [at, step] of steps.entries()) {
    const kernel = kernels[step.kernel];
    if (kernel === undefined)
      throw fail(`runs kernel ${step.kernel} in step ${at}, but has ${kernels.length}`);
    if (step.buffers.length !== kernel.access.length) {
      throw fail(
        `gives ${kernel.name} ${step.buffers.length} buffers in step ${at}, but it takes ${kernel.access.length}`,
      );
    }
    const stray = step.buffers.find((buffer) => buffer >= buffers.length);
    if (stray !== undefined)
      throw fail(`binds buffer ${stray} in step ${at}, but has ${buffers.length}`);
  }
}

function bytesOf(dtype: ManifestProgram["buffers"][number]["dtype"]): number {
  return dtype === "f16" || dtype === "bf16" ? 2 : 4;
}
