/** Opens a bundle where it lies, from the generated module's own address: on disk in Node, by fetch in a browser. */
import type { Session } from "../../targets/executor.ts";
import { openBrowserDevice } from "../../targets/wgsl/browser.ts";
import { loadSession } from "../../targets/wgsl/session.ts";
import { requireCaps } from "../bundle/caps.ts";
import { fromManifest } from "../bundle/manifest.ts";
import { UserError } from "../graph/bug.ts";
import { mapNames } from "../weights/names.ts";
import { openSafetensors, type Source } from "../weights/safetensors.ts";
import { type Checkpoint, joinTensors } from "../weights/tensors.ts";

export type LoadBundleOptions = {
  /** A checkpoint: a path in Node, the address of a .safetensors file in a browser. */
  readonly weights: string;
  readonly onProgress?: (done: number, total: number) => void;
};

export type LoadedBundle = { readonly session: Session; release(): Promise<void> };

/** Opens a device, makes the bundle's kernels, and brings the weights onto it. */
export async function loadBundle(folder: URL, options: LoadBundleOptions): Promise<LoadedBundle> {
  // Node's side is asked for only where there is a disk, so that a browser never meets it.
  if (folder.protocol === "file:")
    return (await import("./load-folder.ts")).loadFolder(folder, options);
  const address = (file: string) => new URL(file, folder).href;
  const manifest = JSON.parse(await (await fetched(address("manifest.json"))).text()) as unknown;
  const bundle = await fromManifest(manifest, address("manifest.json"), async (file) =>
    (await fetched(address(file))).text(),
  );
  const opened = await openBrowserDevice();
  try {
    requireCaps(bundle.caps, opened.caps);
    const weights = mapNames(
      bundle.parameters,
      bundle.names,
      await fetchCheckpoint(options.weights),
    );
    const progress = options.onProgress === undefined ? {} : { onProgress: options.onProgress };
    const session = await loadSession(
      opened.device,
      bundle.programs,
      bundle.entries,
      weights,
      progress,
    );
    return { session, release: () => session.release().finally(() => opened.release()) };
  } catch (error) {
    opened.release();
    throw error;
  }
}

/** The file as a Blob, which a browser keeps outside the page's memory and reads by ranges. */
async function fetchCheckpoint(address: string): Promise<Checkpoint> {
  const blob = await (await fetched(address)).blob();
  const source: Source = {
    name: address,
    size: blob.size,
    read: async (offset, length) =>
      new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
  };
  const file = await openSafetensors(source);
  return joinTensors(address, new Map([...file.tensors.keys()].map((name) => [name, file])));
}

async function fetched(address: string): Promise<Response> {
  const response = await fetch(address);
  if (!response.ok)
    throw new UserError(`${address} cannot be fetched (${response.status}); check the address`);
  return response;
}
