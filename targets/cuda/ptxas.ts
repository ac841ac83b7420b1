/** Reads what `ptxas -v` tells of each kernel. */
import { CompilerBug } from "../../src/graph/bug.ts";

/** What one kernel takes on one architecture. */
export type KernelResources = {
  /** Registers a lane. */
  readonly registers: number;
  /** Static workgroup (shared) memory in bytes; dynamic memory is the launch's. */
  readonly workgroupBytes: number;
  /** Bytes a lane of stack in local memory: arrays with indices that are not known, and spilled registers. */
  readonly stackBytes: number;
  /** Bytes that instructions store to and load from spilled registers. */
  readonly spillStores: number;
  readonly spillLoads: number;
  readonly barriers: number;
};

const head = /^ptxas info\s*: Compiling entry function '(.+?)' for '/;
const stack = /(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads/;
const used = /^ptxas info\s*: Used (\d+) registers/;

/** By kernel name. */
export function readResources(report: string): Readonly<Record<string, KernelResources>> {
  const resources: Record<string, KernelResources> = {};
  let name: string | null = null;
  let frame: readonly number[] = [0, 0, 0];
  for (const line of report.split("\n")) {
    const entry = head.exec(line);
    if (entry) name = entry[1]!;
    const bytes = stack.exec(line);
    if (bytes) frame = bytes.slice(1).map(Number);
    const registers = used.exec(line);
    if (!registers) continue;
    if (name === null) throw new CompilerBug(`ptxas tells of registers before a kernel: ${line}`);
    resources[name] = {
      registers: Number(registers[1]),
      workgroupBytes: numberBefore(line, "bytes smem"),
      barriers: numberBefore(line, "barriers"),
      stackBytes: frame[0]!,
      spillStores: frame[1]!,
      spillLoads: frame[2]!,
    };
    name = null;
  }
  return resources;
}

function numberBefore(line: string, unit: string): number {
  const found =
    new RegExp(`(\\d+) ${unit}`).exec(line) ?? new RegExp(`used (\\d+) ${unit}`).exec(line);
  return found ? Number(found[1]) : 0;
}
