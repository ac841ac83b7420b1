/** One command line from its words to its exit code. Knows which commands there are; each is a file beside this one. */
import { Command, CommanderError } from "commander";
import { version } from "../version.ts";
import { checkCommand } from "./check.ts";
import { compileCommand } from "./compile.ts";
import { doctorCommand } from "./doctor.ts";
import { evalCommand } from "./eval.ts";
import { explainCommand } from "./explain.ts";
import { fmtCommand } from "./fmt.ts";
import type { Format } from "./formats.ts";
import { initWeightsCommand } from "./init-weights.ts";
import { inspectCommand } from "./inspect.ts";
import { lspCommand } from "./lsp.ts";
import { perplexityCommand } from "./perplexity.ts";
import { quantizeCommand } from "./quantize.ts";
import { runCommand } from "./run.ts";
import { exitCodes, print, report, say } from "./terminal.ts";
import { tuneCommand } from "./tune.ts";

const commands = [
  checkCommand,
  fmtCommand,
  compileCommand,
  runCommand,
  tuneCommand,
  evalCommand,
  perplexityCommand,
  initWeightsCommand,
  quantizeCommand,
  inspectCommand,
  explainCommand,
  doctorCommand,
  lspCommand,
];

/** Runs a command line and gives its exit code. Never throws. */
export async function main(words: readonly string[]): Promise<number> {
  const program = new Command("eyrie")
    .description("compile and run gated-recurrence language models written in the Eyrie language")
    .version(version)
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
    return report(error, formatOf(program));
  }
}

/** What `--format` was given to the command that ran. */
const formatOf = (program: Command): Format =>
  program.commands.map((command) => command.opts<{ format?: Format }>().format).find(Boolean) ??
  "text";
