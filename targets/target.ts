/** What a target is to the compiler: a name and a spelling of kernels. Devices and runtimes are not seen from here. */
import type { Kernel } from "../codegen/kernel.ts";
import type { KernelText } from "../codegen/program.ts";

export type Target = {
  readonly name: string;
  /** File name ending of a kernel's text. */
  readonly extension: string;
  /** The kernel as text; the kernel is one that the interpreter accepts. */
  toKernelText(kernel: Kernel): KernelText;
};
