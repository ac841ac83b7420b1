/** Builds the extension: client, server, standard library and explanations as files beside each other. */
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { standardFolder } from "../../dsl/standard-node.ts";
import { grammar } from "./grammar.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Packages written for `require` find it in a module, too. */
const banner = {
  js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
};

/** The text of the grammar's file. */
export const grammarText = (): string => `${JSON.stringify(grammar, null, 2)}\n`;

export const grammarPath = here("syntaxes/eyrie.tmLanguage.json");

/** Writes everything that the extension runs into a folder. */
export async function bundle(folder = here("dist")): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(grammarPath, grammarText());
  const common = {
    bundle: true,
    platform: "node",
    target: "node20",
    legalComments: "none",
    logLevel: "warning",
  } as const;
  await build({
    ...common,
    entryPoints: [here("extension.ts")],
    outfile: `${folder}/extension.cjs`,
    format: "cjs",
    external: ["vscode"],
  });
  await build({
    ...common,
    entryPoints: [here("server.ts"), here("../../src/lsp/check-process.ts")],
    outdir: folder,
    entryNames: "[name]",
    outExtension: { ".js": ".mjs" },
    format: "esm",
    splitting: true,
    banner,
  });
  cpSync(standardFolder, `${folder}/std`, { recursive: true });
  cpSync(new URL("../explain/", standardFolder), `${folder}/explain`, {
    recursive: true,
    filter: (path) => !/\.\w+$/.test(path) || /\/(why\.md|right\.eyrie)$/.test(path),
  });
}
