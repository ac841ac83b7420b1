/** `eyrie doctor`: which adapters there are, which one would be taken and why, what to install, and whether nvcc is here. */
import type { Command } from "commander";
import { findToolkit, sayWhetherSteady } from "../../targets/cuda/toolkit.ts";
import { listAdapters } from "../../targets/wgsl/adapters.ts";
import { profiles } from "../../targets/wgsl/profiles.ts";
import { UserError } from "../graph/bug.ts";
import { print, printJson } from "./terminal.ts";

export const doctorCommand = (program: Command): void => {
  program
    .command("doctor")
    .description("say which WebGPU adapters there are and which one would be taken")
    .option("--json", "print as JSON")
    .action(async (flags: { json?: boolean }) => {
      const report = await listAdapters();
      const cuda = await sayCompiler();
      if (flags.json) printJson({ ...report, cuda, profiles });
      else {
        for (const a of report.adapters)
          print(
            `${a.name === report.chosen ? "*" : " "} ${a.name.padEnd(12)} ${a.available ? a.description : `not available: ${a.reason}`}`,
          );
        if (report.chosen !== null) print(report.why);
        for (const hint of report.hints) print(`hint: ${hint}`);
        print(`for CUDA: ${cuda}`);
        print("devices that --device knows:");
        for (const { name, title } of profiles) print(`  ${name.padEnd(12)} ${title}`);
      }
      if (report.chosen === null)
        throw new UserError(
          "no WebGPU adapter opens here; install one of those above, or run models with --executor evaluate",
        );
    });
};

/** Whether CUDA's compiler is here, and what it can promise. */
const sayCompiler = (): Promise<string> =>
  findToolkit().then(
    (toolkit) => `nvcc (${toolkit.version}); ${sayWhetherSteady(toolkit)}`,
    (error: Error) => error.message,
  );
