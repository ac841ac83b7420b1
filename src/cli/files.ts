/** Folders that commands write into: found wanting before the work is done, made where they may be. */
import { mkdir, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { UserError } from "../graph/bug.ts";

/** Throws at once where a file could not be written later. */
export async function checkOutput(path: string | undefined): Promise<void> {
  if (path === undefined) return;
  if ((await stat(path).catch(() => null))?.isDirectory())
    throw new UserError(`${path} is a folder; give the name of a file to write`);
  if (!(await stat(dirname(resolve(path))).catch(() => null))?.isDirectory())
    throw new UserError(
      `${path} cannot be written: there is no folder ${dirname(path)}; make it first`,
    );
}

/** Writes texts by name into a folder, which is made where it is missing. */
export async function writeTexts(
  folder: string,
  texts: readonly (readonly [string, string])[],
): Promise<void> {
  try {
    for (const [name, text] of texts) {
      const path = resolve(join(folder, name));
      await makeFolder(dirname(path));
      await writeFile(path, text);
    }
  } catch (error) {
    throw new UserError(
      `${folder} cannot be written (${(error as NodeJS.ErrnoException).code}); choose another folder`,
    );
  }
}

// Not mkdir's own recursion: Node's never ends where a folder exists but takes no new ones (/proc).
async function makeFolder(path: string): Promise<void> {
  if ((await stat(path).catch(() => null))?.isDirectory()) return;
  if (path !== dirname(path)) await makeFolder(dirname(path));
  await mkdir(path);
}
