/** Writes a bundle's folder: manifest.json, kernels/*.wgsl and the typed module model.ts. The folder appears whole or not at all. */
import { signatureOf } from "../../targets/signature.ts";
import type { Bundle } from "./bundle.ts";
import { writeFolder } from "./folder.ts";
import { printJson } from "./json.ts";
import { toManifest } from "./manifest.ts";

/** Writes a bundle; a bundle that was there before is replaced, any other folder is left alone with a UserError. */
export async function writeBundle(folder: string, bundle: Bundle): Promise<void> {
  // Loaded only here: the TypeScript printer is large, and running models never needs it.
  const { writeBindings } = await import("../../codegen/bindings.ts");
  const { manifest, kernels } = toManifest(bundle);
  const signature = signatureOf(bundle.entries);
  const files = new Map([
    ["manifest.json", `${printJson(manifest)}\n`],
    ["model.ts", writeBindings({ ...bundle, signature })],
    ...kernels,
  ]);
  await writeFolder(folder, { what: "a bundle", mark: "manifest.json" }, files);
}
