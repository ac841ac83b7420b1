/** Whether a device offers what a bundle's kernels were written for. */
import type { Caps } from "../../codegen/kernel.ts";
import { UserError } from "../graph/bug.ts";

const limits = [
  "maxBindingBytes",
  "maxBufferBytes",
  "maxBuffersPerKernel",
  "maxWorkgroupLanes",
  "maxWorkgroupBytes",
  "maxWorkgroupsPerDimension",
] as const;

/** Throws a UserError that names every lack. */
export function requireCaps(needed: Caps, has: Caps): void {
  const short = limits
    .filter((limit) => needed[limit] > has[limit])
    .map((limit) => `${limit} ${has[limit]} where ${needed[limit]} was assumed`);
  if (needed.f16 && !has.f16) short.push("no f16");
  if (needed.matrixUnits && !has.matrixUnits) short.push("no matrix units");
  if (needed.asyncCopy && !has.asyncCopy) short.push("no asynchronous copies");
  if (needed.subgroup !== null && needed.subgroup.size !== has.subgroup?.size) {
    short.push(
      `subgroups of ${has.subgroup?.size ?? "unknown size"} where ${needed.subgroup.size} was assumed`,
    );
  }
  if (short.length > 0) {
    throw new UserError(
      `this bundle was compiled for another device (${short.join(", ")}); compile it again for this one`,
    );
  }
}
