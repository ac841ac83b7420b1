/** What fusion needs to know of a device and of the recipes. */
import type { FuseOptions } from "../src/passes/fuse.ts";
import type { Caps } from "./kernel.ts";
import { fewRows } from "./recipes/product.ts";
import { isCut } from "./splits.ts";

export const fuseOptions = (caps: Caps): Required<FuseOptions> => ({
  maxBuffers: caps.maxBuffersPerKernel,
  isCut: (node) => isCut(node, caps),
  fewRows,
});
