/** The standard library from the files beside this one. Node only; a browser brings its own reader to `readStandard`. */
import { readFileSync } from "node:fs";
import { readStandard, type StandardFile } from "./standard.ts";

/** Where the standard library's files lie. */
export const standardFolder = new URL("./std/", import.meta.url);

let known: readonly StandardFile[] | null = null;

/** The standard library's files, read once. */
export function standardLibrary(): readonly StandardFile[] {
  known ??= readStandard((path) => readFileSync(new URL(path, standardFolder), "utf8"));
  return known;
}
