/** Writes a compiled model as a folder of CUDA and C++ that builds by itself. Gives texts; touches no disk. */
import { UserError } from "../../../src/graph/bug.ts";
import { architectureOf } from "../architectures.ts";
import { printCudaFile } from "../print.ts";
import { printCMake } from "./cmake.ts";
import { printImages } from "./images.ts";
import { printMakefile } from "./makefile.ts";
import type { StandaloneModel } from "./model.ts";
import { type BuildOptions, fileName } from "./options.ts";
import { planOf } from "./plan.ts";
import { printPlan } from "./print-plan.ts";
import { printReadme } from "./readme.ts";
import { entryNames } from "./tables.ts";

export type FolderOptions = {
  /** Architectures with machine code of their own; each a name that architectureOf knows. */
  readonly architectures: readonly string[];
  /** Sources that are the same for every model, by path in the folder; see readHostFiles. */
  readonly hostFiles: ReadonlyMap<string, string>;
};

/** Every file of the folder, by path, in one order; the same model gives the same bytes. */
export function cudaFolderFiles(
  model: StandaloneModel,
  { architectures, hostFiles }: FolderOptions,
): ReadonlyMap<string, string> {
  if (architectures.length === 0)
    throw new UserError("no architecture is named; give --arch one or more, such as sm_80,sm_90");
  const names = [...new Set(architectures)].map((name) => architectureOf(name).name);
  const plan = planOf(model);
  const options: BuildOptions = {
    model: model.name,
    file: fileName(model.name),
    architectures: names,
    sources: librarySources(hostFiles),
  };
  const kernels = entryNames.map((entry) => {
    const { program } = model.entries[entry]!;
    const notes = [`The kernels of ${model.name}'s ${entry}, in the order of their first use.`];
    return [`kernels/${entry}.cu`, printCudaFile(program.kernels, { notes })] as const;
  });
  return new Map([
    ["README.md", printReadme(model, plan, options)],
    ["Makefile", printMakefile(options)],
    ["CMakeLists.txt", printCMake(options)],
    ["plan.cpp", printPlan(model, plan, names.length + 1)],
    ["images.cpp", printImages(options)],
    ...kernels,
    ...hostFiles,
  ]);
}

/** Sources of the library itself; options.cpp belongs to the program. */
function librarySources(hostFiles: ReadonlyMap<string, string>): readonly string[] {
  return [...hostFiles.keys()].flatMap((path) => {
    const [, name] = /^library\/(\w+\.cpp)$/.exec(path) ?? [];
    return name === undefined || name === "options.cpp" ? [] : [name];
  });
}
