/** Opens a bundle's folder on Dawn, with a checkpoint from disk. Node only. */
import { fileURLToPath } from "node:url";
import { readBundle } from "../bundle/read.ts";
import type { LoadBundleOptions, LoadedBundle } from "./load-bundle.ts";
import { openBundle } from "./open-bundle.ts";

export async function loadFolder(folder: URL, options: LoadBundleOptions): Promise<LoadedBundle> {
  return openBundle(await readBundle(fileURLToPath(folder)), options);
}
