/** Reads a bundle's folder from disk. In a browser, hand fromManifest (manifest.ts) a function that fetches. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../graph/bug.ts";
import { parseJson } from "../schemas/validate.ts";
import type { Bundle } from "./bundle.ts";
import { fromManifest } from "./manifest.ts";

/** A bundle, checked; a bad one is a UserError of one sentence. */
export async function readBundle(folder: string): Promise<Bundle> {
  const path = join(folder, "manifest.json");
  const read = (file: string) =>
    readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
      throw new UserError(
        `${file} cannot be read (${error.code ?? error.message}); compile the model again`,
      );
    });
  return fromManifest(parseJson(await read(path), path), path, (file) => read(join(folder, file)));
}
