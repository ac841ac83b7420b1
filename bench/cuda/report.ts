/** `npm run cuda:report`: what nvcc and ptxas make of the golden programs and the zoo, without a GPU; writes bench/results/cuda-static.md. */
import { writeFileSync } from "node:fs";
import { print, report, say } from "../../src/cli/terminal.ts";
import { findToolkit, sayWhetherSteady } from "../../targets/cuda/toolkit.ts";
import { assembleProgram } from "./assemble.ts";
import { type Example, goldens, programsOf, zoo } from "./programs.ts";
import { reportFile, reportOf } from "./report-text.ts";
import type { AssembledProgram } from "./tables.ts";

async function assembleAll(examples: readonly Example[]): Promise<readonly AssembledProgram[]> {
  const made: AssembledProgram[] = [];
  for (const example of examples)
    for (const program of programsOf(example)) {
      say(program.name);
      made.push({ name: program.name, kernels: await assembleProgram(program) });
    }
  return made;
}

async function main(): Promise<void> {
  const toolkit = await findToolkit();
  const [golden, others] = [await assembleAll(goldens), await assembleAll(zoo)];
  const text = reportOf(golden, others, toolkit);
  writeFileSync(reportFile, text);
  print(text.slice(0, text.indexOf("## How to read")));
  print(`nvcc: ${sayWhetherSteady(toolkit)}`);
}

try {
  await main();
} catch (error) {
  process.exitCode = report(error);
}
