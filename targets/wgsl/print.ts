/** A kernel as WGSL text: legalize, lay the memories out, spell. Needs no device. */
import type { Kernel } from "../../codegen/kernel.ts";
import { printKernel } from "../../codegen/print.ts";
import type { KernelText } from "../../codegen/program.ts";
import type { Target } from "../target.ts";
import { wgslDialect } from "./dialect.ts";
import { legalize } from "./legalize.ts";

/** The kernel's WGSL and how it accesses each binding. */
export function toKernelText(kernel: Kernel): KernelText {
  const legal = legalize(kernel);
  const code = printKernel(legal, wgslDialect(legal));
  return { name: kernel.name, code, access: kernel.buffers.map((b) => b.access) };
}

/** A WGSL module holds one kernel: the text is that of all modules. */
export const wgsl: Target = {
  name: "wgsl",
  extension: "wgsl",
  print: (kernels) => kernels.map((kernel) => toKernelText(kernel).code).join("\n"),
};
