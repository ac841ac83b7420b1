/** The standard library for an editor: its files by name, as text and as syntax, and where they lie on the disk. */
import { fileURLToPath, pathToFileURL } from "node:url";
import { TextDocument } from "vscode-languageserver-textdocument";
import { parse } from "../../dsl/parse.ts";
import { standardFiles, standardPrefix } from "../../dsl/standard.ts";
import { standardFolder, standardLibrary } from "../../dsl/standard-node.ts";
import type { File } from "../../dsl/syntax.ts";

/** The language's name in editors. */
export const languageId = "eyrie";

export type Standard = {
  readonly files: readonly File[];
  /** By file name, `std:norm.eyrie`. */
  readonly documents: ReadonlyMap<string, TextDocument>;
};

/** Read and parsed once. */
export function readStandardFiles(): Standard {
  const sources = standardLibrary();
  return {
    files: sources.map(({ file, text }) => parse(file, text).ast),
    documents: new Map(
      sources.map(({ file, text }) => [
        file,
        TextDocument.create(uriOfStandard(file), languageId, 0, text),
      ]),
    ),
  };
}

const uriOfStandard = (file: string): string =>
  pathToFileURL(fileURLToPath(new URL(file.slice(standardPrefix.length), standardFolder))).href;

/** What messages call the file at a URI: a path on the disk, a standard file's short name, or the URI itself. */
export function fileOf(uri: string): string {
  if (!uri.startsWith("file:")) return uri;
  const known = standardFiles.find((name) => sameFile(uri, new URL(name, standardFolder)));
  return known ? `${standardPrefix}${known}` : pathOf(uri);
}

const sameFile = (uri: string, other: URL): boolean => pathOf(uri) === fileURLToPath(other);

function pathOf(uri: string): string {
  try {
    return fileURLToPath(uri);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return uri;
  }
}
