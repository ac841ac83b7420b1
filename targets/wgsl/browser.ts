/** Opens the browser's own WebGPU device. No Node import stands in this file's path. */
import { UserError } from "../../src/graph/bug.ts";
import type { CapsOptions } from "./caps.ts";
import { type RequestedDevice, requestDevice } from "./request.ts";

export async function openBrowserDevice(
  options: CapsOptions = {},
): Promise<RequestedDevice & { release(): void }> {
  const gpu = (globalThis as { readonly navigator?: { readonly gpu?: GPU } }).navigator?.gpu;
  if (!gpu)
    throw new UserError(
      "this browser has no WebGPU; use a current Chrome, Edge, Firefox or Safari over https",
    );
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter)
    throw new UserError(
      "this browser found no WebGPU adapter; check that its graphics acceleration is on",
    );
  const opened = await requestDevice(adapter, options);
  return { ...opened, release: () => opened.device.destroy() };
}
