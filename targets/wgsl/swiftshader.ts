/** Unpacks the SwiftShader Vulkan driver that npm's @sparticuz/chromium carries into a cache folder, once for each version. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { UserError } from "../../src/graph/bug.ts";
import { cacheFolder } from "../cache.ts";

/** Where the driver lies once unpacked. */
export type UnpackedDriver = { readonly icd: string; readonly loader: string };

const files = ["libvk_swiftshader.so", "libvulkan.so.1", "vk_swiftshader_icd.json"] as const;

/** null where the package holds no driver for this machine or is not installed. */
export function findArchive(): { readonly path: string; readonly version: string } | null {
  if (process.platform !== "linux" || process.arch !== "x64") return null;
  try {
    const main = createRequire(import.meta.url).resolve("@sparticuz/chromium");
    const root = main.slice(0, main.lastIndexOf("chromium") + "chromium".length);
    const path = join(root, "bin", "swiftshader.tar.br");
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      version: string;
    };
    return existsSync(path) ? { path, version } : null;
  } catch {
    return null;
  }
}

/** Unpacks unless that has been done; another process doing the same at the same time does no harm. */
export function unpackSwiftShader(): UnpackedDriver {
  const archive = findArchive();
  if (!archive)
    throw new UserError(
      "SwiftShader comes from npm for Linux on x64 only: run npm install there, or use a GPU or lavapipe (--adapter)",
    );
  const folder = join(cacheFolder(), `swiftshader-${archive.version}`);
  const unpacked = { icd: join(folder, files[2]), loader: join(folder, files[1]) };
  if (existsSync(unpacked.icd)) return unpacked;
  mkdirSync(dirname(folder), { recursive: true });
  const partial = mkdtempSync(`${folder}-`);
  const entries = readTar(brotliDecompressSync(readFileSync(archive.path)));
  for (const name of files)
    writeFileSync(join(partial, name), entries.get(name) ?? missing(name), { mode: 0o755 });
  try {
    renameSync(partial, folder);
  } catch (error) {
    rmSync(partial, { recursive: true });
    if (!existsSync(unpacked.icd)) throw error;
  }
  return unpacked;
}

function missing(name: string): never {
  throw new UserError(`the SwiftShader archive holds no ${name}; reinstall with npm ci`);
}

/** The plain files of a tar archive by name. A header is 512 bytes: name at 0, octal size at 124, type at 156. */
export function readTar(archive: Buffer): Map<string, Buffer> {
  const entries = new Map<string, Buffer>();
  const text = (at: number, length: number) =>
    archive
      .toString("latin1", at, at + length)
      .replace(/\0.*$/s, "")
      .trim();
  for (let at = 0; at + 512 <= archive.length && archive[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    const kind = text(at + 156, 1);
    if (kind === "0" || kind === "")
      entries.set(text(at, 100).replace(/^\.\//, ""), archive.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return entries;
}
