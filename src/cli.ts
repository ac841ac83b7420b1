#!/usr/bin/env node
/** The command line: each command is a file of cli/. Exit codes: 0 done, 1 the input or the machine lacks something, 2 wrong usage, 70 a compiler bug. */
import { Command, CommanderError } from "commander";
import { checkCommand } from "./cli/check.ts";
import { compileCommand } from "./cli/compile.ts";
import { doctorCommand } from "./cli/doctor.ts";
import { evalCommand } from "./cli/eval.ts";
import { initWeightsCommand } from "./cli/init-weights.ts";
import { inspectCommand } from "./cli/inspect.ts";
import { perplexityCommand } from "./cli/perplexity.ts";
import { runCommand } from "./cli/run.ts";
import { exitCodes, report } from "./cli/terminal.ts";

const program = new Command("eyrie")
  .description("compile and run gated-recurrence language models written in the Eyrie language")
  .version("0.1.0")
  .addHelpText("after", "\nExit codes: 0 done, 1 the input or the machine lacks something, 2 wrong usage, 70 a compiler bug.")
  .exitOverride();
for (const add of [checkCommand, compileCommand, runCommand, evalCommand, perplexityCommand, initWeightsCommand, inspectCommand, doctorCommand]) {
  add(program);
}
for (const command of program.commands) command.exitOverride();

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : exitCodes.usage;
  else process.exitCode = report(error);
}
// Dawn keeps the process alive; everything is released or reported by now.
process.exit();
