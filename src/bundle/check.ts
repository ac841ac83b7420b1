/** Checks that a program's numbers point at things that exist: what a schema cannot say. */
import { bytesOfNumber } from "../../codegen/bytes.ts";
import type { EntrySpec, TensorSpec } from "../../targets/executor.ts";
import { UserError } from "../graph/bug.ts";
import type { ManifestProgram } from "./bundle.ts";

/** An entry and its program have the same inputs, outputs and states. Throws one sentence that begins with `where`. */
export function checkEntry(entry: EntrySpec, { buffers }: ManifestProgram, where: string): void {
  for (const [kind, specs] of [
    ["input", entry.inputs],
    ["output", entry.outputs],
    ["state", entry.states],
  ] as const) {
    const owned = buffers.filter((buffer) => buffer.kind === kind);
    const stray =
      specs.find((spec) => !owned.some((buffer) => isSame(spec, buffer))) ??
      owned.find((buffer) => !specs.some((spec) => isSame(spec, buffer)));
    if (stray)
      throw new UserError(
        `${where} and its program disagree about the ${kind} "${stray.name}"; compile the model again`,
      );
  }
}

const isSame = (a: TensorSpec, b: TensorSpec): boolean =>
  a.name === b.name && a.dtype === b.dtype && a.shape.join() === b.shape.join();

/** Throws one sentence that begins with `where`. */
export function checkProgram(program: ManifestProgram, where: string): void {
  const fail = (what: string) => new UserError(`${where} ${what}; compile the model again`);
  const { buffers, slots, kernels, steps } = program;
  for (const buffer of buffers) {
    const size =
      bytesOfNumber(buffer.dtype) * buffer.shape.reduce((product, length) => product * length, 1);
    if (buffer.bytes < size)
      throw fail(`gives "${buffer.name}" ${buffer.bytes} bytes, but its shape takes ${size}`);
    if (
      buffer.kind === "temporary" &&
      !((slots[buffer.slot] ?? -1) >= buffer.offset + buffer.bytes)
    ) {
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
