/** Kernels as CUDA C++17: legalize, spell, and put what they share at the head of one file. Needs no device. */
import type { Kernel } from "../../codegen/kernel.ts";
import { type Dialect, printKernel } from "../../codegen/print.ts";
import type { KernelText } from "../../codegen/program.ts";
import { CompilerBug } from "../../src/graph/bug.ts";
import type { Target } from "../target.ts";
import { spelling } from "./dialect.ts";
import { printHead } from "./head.ts";
import { legalize } from "./legalize.ts";
import { layOut } from "./memory.ts";
import { identifier } from "./words.ts";
import { wrapKernel } from "./wrap.ts";

/** All that a launch needs to know: blocks of (workgroupSize, 1, 1) threads, and buffers as pointers in binding order. */
export type CudaKernelText = KernelText & {
  /** The function's name in the compiled file. */
  readonly entry: string;
  readonly workgroupSize: number;
  /** Dynamic shared memory of a launch in bytes; 0 for nearly all kernels. */
  readonly dynamicBytes: number;
};

const dialect: Dialect = { ...spelling, wrap: wrapKernel };

/** The kernel as a file of its own, and how it is launched. */
export function toKernelText(kernel: Kernel): CudaKernelText {
  return { ...launchOf(kernel), code: printCudaFile([kernel]) };
}

/** The same without text, for kernels of which printCudaFile makes one file; `code` is empty. */
export function launchOf(kernel: Kernel): CudaKernelText {
  return {
    name: kernel.name,
    code: "",
    access: kernel.buffers.map((b) => b.access),
    entry: identifier(kernel.name),
    workgroupSize: kernel.workgroupSize,
    dynamicBytes: layOut(kernel).dynamicBytes,
  };
}

/** One file of all kernels, whose names differ; `notes` become comments at its top. */
export function printCudaFile(
  kernels: readonly Kernel[],
  { notes = [] }: { readonly notes?: readonly string[] } = {},
): string {
  const names = new Set(kernels.map((k) => k.name));
  if (names.size < kernels.length) throw new CompilerBug("two kernels of a file have one name");
  const legal = kernels.map(legalize);
  const head = printHead(legal);
  const parts = [
    ...(notes.length > 0 ? [notes.map(spelling.note).join("\n")] : []),
    ...(head === "" ? [] : [head]),
    ...legal.map((kernel) => printKernel(kernel, dialect)),
  ];
  return `${parts.join("\n\n")}\n`;
}

export const cuda: Target = {
  name: "cuda",
  extension: "cu",
  print: (kernels) => printCudaFile(kernels),
};
