/** Reads the sources of a standalone folder that are the same for every model. Node only. */
import { readdirSync, readFileSync } from "node:fs";

const root = new URL("./host/", import.meta.url);

/** By path in the folder: eyrie.h, main.cpp and library/*. */
export function readHostFiles(): ReadonlyMap<string, string> {
  const paths = [
    "eyrie.h",
    "main.cpp",
    ...readdirSync(new URL("library/", root))
      .sort()
      .map((name) => `library/${name}`),
  ];
  return new Map(paths.map((path) => [path, readFileSync(new URL(path, root), "utf8")]));
}
