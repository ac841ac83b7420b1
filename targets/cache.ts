/** Keeps files that are dear to make in a cache folder, by the hash of what they are made from. Knows nothing of what they hold. */
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { UserError } from "../src/graph/bug.ts";

/** The SHA-256 of the parts as hexadecimal text; different parts never run together. */
export function hashOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest("hex");
}

/** `XDG_CACHE_HOME/eyrie`, `~/.cache/eyrie`, or a folder for temporary files; made where it is missing. */
export function cacheFolder(...within: readonly string[]): string {
  const home =
    process.env["XDG_CACHE_HOME"] || (process.env["HOME"] && join(process.env["HOME"], ".cache"));
  for (const folder of [home, tmpdir()]) {
    if (!folder) continue;
    try {
      const own = join(folder, "eyrie", ...within);
      mkdirSync(own, { recursive: true });
      return own;
    } catch {
      // Not writable here: the next folder is tried.
    }
  }
  throw new UserError("no folder for the cache: set XDG_CACHE_HOME to one that can be written");
}

/** The file's bytes, from the cache where it holds them, else made and kept. */
export async function cachedFile(
  path: string,
  make: () => Promise<Uint8Array | string>,
): Promise<Buffer> {
  if (existsSync(path)) return readFileSync(path);
  const made = await make();
  writeWhole(path, made);
  return typeof made === "string" ? Buffer.from(made) : Buffer.from(made);
}

/** Writes a file so that nobody ever sees a part of it: to a temporary name, then renamed. */
export function writeWhole(path: string, content: Uint8Array | string): void {
  mkdirSync(dirname(path), { recursive: true });
  const folder = mkdtempSync(`${path}-`);
  const partial = join(folder, basename(path));
  try {
    writeFileSync(partial, content);
    renameSync(partial, path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Days after which what an older version left is of no use. */
const keptDays = 14;

/** Removes the folders beside `folder` that begin with `prefix` and have not been written to for two weeks. */
export function forgetOld(folder: string, prefix: string): void {
  const limit = Date.now() - keptDays * 24 * 3600 * 1000;
  const parent = dirname(folder);
  for (const name of readdirSync(parent)) {
    const path = join(parent, name);
    const written = () => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.NaN;
    if (name.startsWith(prefix) && path !== folder && written() < limit)
      rmSync(path, { recursive: true, force: true });
  }
}

/** Runs `work` in a new temporary folder, which is removed afterwards. */
export async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "eyrie-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
