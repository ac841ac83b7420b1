/** The standard library from the files beside this one. Node only; a browser brings its own reader to `readStandard`. */
import { readFileSync } from "node:fs";
import { readStandard, type StandardFile } from "./standard.ts";

let known: readonly StandardFile[] | null = null;

/** The standard library's files, read once. */
export function standardLibrary(): readonly StandardFile[] {
  known ??= readStandard((path) => readFileSync(new URL(`./std/${path}`, import.meta.url), "utf8"));
  return known;
}
