/** `eyrie check`: every mistake of a model file. */
import type { Command } from "commander";
import { renderDiagnostics } from "../../dsl/render.ts";
import { standardLibrary } from "../../dsl/standard-node.ts";
import { check } from "../compile.ts";
import { readSource } from "../execute/open-model.ts";
import { UserError } from "../graph/bug.ts";
import { colour, print, printJson, say } from "./terminal.ts";

export const checkCommand = (program: Command): void => {
  program
    .command("check")
    .description("find every mistake in model files")
    .argument("<files...>", ".eyrie files")
    .option("--json", "print diagnostics as JSON")
    .action(async (paths: string[], flags: { json?: boolean }) => {
      const sources = await Promise.all(paths.map(readSource));
      const standard = standardLibrary();
      const found = sources.flatMap((s) => check([s], standard));
      const errors = found.filter((d) => d.severity === "error").length;
      if (flags.json) printJson(found);
      else if (found.length > 0) {
        const texts = new Map([...standard, ...sources].map((s) => [s.file, s.text]));
        print(
          renderDiagnostics(found, texts, { colour: colour() && process.stdout.isTTY === true }),
        );
      }
      if (errors > 0)
        throw new UserError(
          `${errors} ${errors === 1 ? "mistake" : "mistakes"} in ${paths.join(", ")}`,
        );
      say(`${paths.join(", ")}: no errors`);
    });
};
