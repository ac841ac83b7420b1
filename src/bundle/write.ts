/** Writes a bundle's folder: manifest.json, kernels/*.wgsl and the typed module model.ts. The folder appears whole or not at all. */
import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { signatureOf } from "../../targets/signature.ts";
import { UserError } from "../graph/bug.ts";
import type { Bundle } from "./bundle.ts";
import { printJson } from "./json.ts";
import { toManifest } from "./manifest.ts";

/** Writes a bundle; a bundle that was there before is replaced, any other folder is left alone with a UserError. */
export async function writeBundle(folder: string, bundle: Bundle): Promise<void> {
  const target = resolve(folder);
  await refuseForeign(target, folder);
  // Loaded only here: the TypeScript printer is large, and running models never needs it.
  const { writeBindings } = await import("../../codegen/bindings.ts");
  const temporary = join(dirname(target), `.eyrie-${randomUUID()}`);
  const { manifest, kernels } = toManifest(bundle);
  try {
    await makeFolder(join(temporary, "kernels"));
    await writeFile(join(temporary, "manifest.json"), `${printJson(manifest)}\n`);
    const signature = signatureOf(bundle.entries);
    await writeFile(join(temporary, "model.ts"), writeBindings({ ...bundle, signature }));
    for (const [file, code] of kernels) await writeFile(join(temporary, file), code);
    await replace(target, temporary);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UserError(`${folder} cannot be written (${code}); choose another folder`);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

// Not mkdir's own recursion: Node's never ends where a folder exists but takes no new ones (/proc).
async function makeFolder(path: string): Promise<void> {
  if ((await stat(path).catch(() => null))?.isDirectory()) return;
  if (path !== dirname(path)) await makeFolder(dirname(path));
  await mkdir(path);
}

async function refuseForeign(target: string, folder: string): Promise<void> {
  const names = await readdir(target).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === "ENOENT") return [];
    throw new UserError(
      `${folder} cannot be a bundle's folder (${error.code}); choose another name`,
    );
  });
  if (names.length > 0 && !names.includes("manifest.json")) {
    throw new UserError(`${folder} holds other files; choose a new folder for the bundle`);
  }
}

async function replace(target: string, temporary: string): Promise<void> {
  const old = `${temporary}.old`;
  const stood = await rename(target, old).then(
    () => true,
    () => false,
  );
  try {
    await rename(temporary, target);
  } catch (error) {
    if (stood) await rename(old, target);
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}
