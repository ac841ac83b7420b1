/** A kernel's function around the lines of its body: its parameters and its workgroup memory. */
import type { BufferUse, Kernel, Memory } from "../../codegen/kernel.ts";
import { layOut } from "./memory.ts";
import { scalarNames, wideMemories } from "./types.ts";
import { identifier } from "./words.ts";

export function wrapKernel(kernel: Kernel, body: readonly string[]): string {
  const wide = wideMemories(kernel);
  const { declared, given } = layOut(kernel);
  return [
    `extern "C" __global__ void __launch_bounds__(${boundsOf(kernel)})`,
    `${identifier(kernel.name)}(${parametersOf(kernel)}) {`,
    ...declared.map((memory) => `  ${declaration(memory, wide.has(memory))}`),
    ...(given.length > 0
      ? ["  extern __shared__ __align__(16) unsigned char dynamic_memory[];"]
      : []),
    ...given.map(({ memory, offset }) => `  ${pointer(memory, offset)}`),
    ...(body.some((line) => line.includes("threadIdx"))
      ? [`  __builtin_assume(threadIdx.x < ${kernel.workgroupSize}u);`]
      : []),
    ...body,
    "}",
  ].join("\n");
}

/**
 * Told nothing, ptxas now and then spills a register so that 2048 lanes fit on a multiprocessor; told that one workgroup is to
 * fit, it takes more than it needs. For 256 lanes it may take all of the 255 that a lane can have, which spills nothing.
 */
const residentLanes = 256;
/** Where a lane's arrays are no longer than this, it lives with half as many, and two large workgroups fit. */
const shortArrays = 48;
/** So many are resident on every architecture. */
const residentWorkgroups = 16;

/** The lanes of a workgroup, and how many workgroups are to fit on a multiprocessor. */
function boundsOf({ workgroupSize, registers }: Kernel): string {
  const arrays = registers.reduce((sum, { length }) => sum + length, 0);
  const twice = workgroupSize >= residentLanes && arrays <= shortArrays;
  const workgroups = Math.floor((twice ? 2 * residentLanes : residentLanes) / workgroupSize);
  return `${workgroupSize}, ${Math.min(Math.max(workgroups, 1), residentWorkgroups)}`;
}

/** On one line where they fit, else one a line. */
function parametersOf({ name, buffers }: Kernel): string {
  const all = buffers.map(parameter);
  const line = all.join(", ");
  return name.length + line.length <= 95 ? line : `\n    ${all.join(",\n    ")}`;
}

function parameter({ memory, access }: BufferUse): string {
  const constant = access === "read" ? "const " : "";
  return `${constant}${scalarNames[memory.scalar]}* __restrict__ ${identifier(memory.name)}`;
}

function declaration({ name, scalar, length }: Memory, wide: boolean): string {
  const alignment = wide ? "__align__(16) " : "";
  return `__shared__ ${alignment}${scalarNames[scalar]} ${identifier(name)}[${length}];`;
}

function pointer({ name, scalar }: Memory, offset: number): string {
  const type = scalarNames[scalar];
  const from = offset === 0 ? "dynamic_memory" : `dynamic_memory + ${offset}`;
  return `${type}* const ${identifier(name)} = reinterpret_cast<${type}*>(${from});`;
}
