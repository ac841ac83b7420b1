/** What a target is to the compiler: a name and a spelling of kernels. Devices and runtimes are not seen from here. */
import type { Kernel } from "../codegen/kernel.ts";

export type Target = {
  readonly name: string;
  /** File name ending of its texts. */
  readonly extension: string;
  /** All kernels of a program as one text; the kernels are ones that the interpreter accepts. */
  print(kernels: readonly Kernel[]): string;
};
