/** One command line from its words to its exit code. Knows which commands there are; each is a file beside this one. */
import { Command, CommanderError } from "commander";
import { checkCommand } from "./check.ts";
import { compileCommand } from "./compile.ts";
import { doctorCommand } from "./doctor.ts";
import { evalCommand } from "./eval.ts";
import { initWeightsCommand } from "./init-weights.ts";
import { inspectCommand } from "./inspect.ts";
import { perplexityCommand } from "./perplexity.ts";
import { runCommand } from "./run.ts";
import { exitCodes, print, report, say } from "./terminal.ts";

const commands = [
  checkCommand,
  compileCommand,
  runCommand,
  evalCommand,
  perplexityCommand,
  initWeightsCommand,
  inspectCommand,
  doctorCommand,
];

/** Runs a command line and gives its exit code. Never throws. */
export async function main(words: readonly string[]): Promise<number> {
  const program = new Command("eyrie")
    .description("compile and run gated-recurrence language models written in the Eyrie language")
    .version("0.1.0")
    .addHelpText(
      "after",
      "\nExit codes: 0 done, 1 the input or the machine lacks something, 2 wrong usage, 70 a compiler bug.",
    )
    .configureOutput({
      writeOut: (text) => print(text.trimEnd()),
      writeErr: (text) => say(text.trimEnd()),
    })
    .exitOverride();
  for (const add of commands) add(program);
  try {
    await program.parseAsync(words, { from: "user" });
    return exitCodes.done;
  } catch (error) {
    if (error instanceof CommanderError)
      return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    return report(error);
  }
}
