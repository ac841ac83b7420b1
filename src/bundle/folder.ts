/** Writes a folder of files that appears whole or not at all, in place of one of its kind. Knows nothing of what is in it. */
import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { UserError } from "../graph/bug.ts";

/** What such folders are called, and the file by which one that may be replaced is known. */
export type FolderKind = { readonly what: string; readonly mark: string };

/** Writes `files` by their paths; another kind of folder that is there already is left alone with a UserError. */
export async function writeFolder(
  folder: string,
  { what, mark }: FolderKind,
  files: ReadonlyMap<string, string | Uint8Array>,
): Promise<void> {
  const target = resolve(folder);
  await refuseForeign(target, folder, { what, mark });
  const temporary = join(dirname(target), `.eyrie-${randomUUID()}`);
  try {
    for (const [path, content] of files) {
      await makeFolder(dirname(join(temporary, path)));
      await writeFile(join(temporary, path), content);
    }
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

async function refuseForeign(
  target: string,
  folder: string,
  { what, mark }: FolderKind,
): Promise<void> {
  const names = await readdir(target).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === "ENOENT") return [];
    throw new UserError(
      `${folder} cannot be the folder of ${what} (${error.code}); choose another name`,
    );
  });
  if (names.length > 0 && !names.includes(mark)) {
    throw new UserError(`${folder} holds other files; choose a new folder for ${what}`);
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
