/** What a CUDA device can do, as the plain Caps that kernels are written for. Needs no device. */
import type { Caps } from "../../codegen/kernel.ts";
import { architectureOf } from "./architectures.ts";

/** Buffers come as pointers in a kernel's parameters, of which there are at least 4 KiB: this many is no hardship. */
const buffers = 64;

/**
 * Caps for kernels that every GPU of these architectures ("sm_80", …) runs; a UserError where one is unknown. Buffers have
 * u32 indices, so a binding holds less than 4 GiB; a grid may have 65535 workgroups along y and z, and more along x alone.
 */
export function cudaCaps(...names: readonly [string, ...string[]]): Caps {
  return {
    maxBindingBytes: 2 ** 32 - 4,
    maxBufferBytes: 2 ** 32 - 4,
    maxBuffersPerKernel: buffers,
    maxWorkgroupLanes: 1024,
    maxWorkgroupBytes: Math.min(...names.map((name) => architectureOf(name).workgroupBytes)),
    maxWorkgroupsPerDimension: 65535,
    subgroup: { size: 32 },
    f16: true,
    matrixUnits: true,
    asyncCopy: true,
    barriers: "cheap",
    // Some hundred multiprocessors with sixteen subgroups each.
    busyLanes: 65536,
  };
}
