/** A compiled model as the files of a CUDA folder: joins its name tables, its programs and the host's sources. Node only. */
import { readHostFiles } from "../targets/cuda/standalone/host-files.ts";
import type { OriginTable, StandaloneModel } from "../targets/cuda/standalone/model.ts";
import { cudaFolderFiles } from "../targets/cuda/standalone/write.ts";
import type { Compiled } from "./compile.ts";
import { type LoadTable, originsUnder, type Parameter } from "./weights/names.ts";

/** Every file by its path; a model that generates no tokens, or an unknown architecture, is a UserError. */
export function cudaFolderOf(
  compiled: Compiled,
  architectures: readonly string[],
): ReadonlyMap<string, string> {
  return cudaFolderFiles(standaloneOf(compiled), { architectures, hostFiles: readHostFiles() });
}

/** What the folder needs of a compiled model. */
export function standaloneOf({ model, entries }: Compiled): StandaloneModel {
  const { name, settings, parameters, names, context } = model;
  return {
    ...{ name, settings, context, entries },
    parameters: parameters.map((p) => ({ name: p.name, shape: p.shape })),
    // A table without a rule for some parameter can never fit.
    tables: names
      .map((table) => originTable(table, parameters))
      .filter(({ origins }) => origins.every((choices) => choices.length > 0)),
  };
}

const originTable = (table: LoadTable, parameters: readonly Parameter[]): OriginTable => ({
  name: table.name,
  origins: originsUnder(table, parameters).map((choices) =>
    choices.map(({ source, index, transpose }) => ({ tensor: source, index, transpose })),
  ),
});
