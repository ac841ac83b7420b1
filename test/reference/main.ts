/** `npm run reference -- DIR`: runs every case of a directory of reference cases on an executor, one line a case. */
import { existsSync } from "node:fs";
import { Command, Option } from "commander";
import { type ExecutorFlags, executorOption, largestWord, whole } from "../../src/cli/options.ts";
import { print, report, say } from "../../src/cli/terminal.ts";
import { openExecutor } from "../../src/execute/executors.ts";
import { UserError } from "../../src/graph/bug.ts";
import { gradientKinds, isForward, listCases, openCase } from "./cases.ts";
import { deviceFactor, share, verdict } from "./compare.ts";
import { runCase } from "./run-case.ts";

/** Weights are stored as they come, in f32: the cases hold what the published code makes of those. */
type Flags = Omit<ExecutorFlags, "precision" | "schedules"> & {
  readonly only?: string;
  readonly drawSchedules?: number;
};

async function main(directory: string, flags: Flags): Promise<void> {
  if (!existsSync(directory))
    throw new UserError(`${directory} does not exist; give a directory of reference cases`);
  const only = flags.only === undefined ? null : new RegExp(flags.only);
  const cases = (await listCases(directory)).filter((c) => only === null || only.test(c.name));
  const forward = cases.filter(isForward);
  const gradients = cases.filter((c) => (gradientKinds as readonly string[]).includes(c.kind));
  if (forward.length === 0) throw new UserError(`no forward case in ${directory} matches`);
  const executor = await openExecutor(flags);
  say(`${forward.length} cases on ${executor.name}: ${executor.describe}`);
  let misses = 0;
  for (const file of forward) {
    const c = await openCase(directory, file);
    try {
      const { measured, unmeasured } = await runCase(c, executor, flags.drawSchedules);
      const result = verdict(measured, executor.name === "wgsl");
      const worst = measured.reduce((a, b) => (share(b) > share(a) ? b : a));
      const notes = [
        result === "device functions"
          ? `within ${deviceFactor} tolerances: the device's tanh and exp`
          : "",
        unmeasured.length > 0
          ? `not compared: ${unmeasured.map((n) => n.replace("expected.", "")).join(", ")}`
          : "",
      ].filter(Boolean);
      const numbers = `${worst.error.toExponential(1)} / ${worst.tolerance.toExponential(1)} (${share(worst).toFixed(3)}, ${worst.output})`;
      print(
        `${result === "miss" ? "MISS" : "ok  "} ${c.name.padEnd(28)} ${numbers}${notes.length > 0 ? `  ${notes.join("; ")}` : ""}`,
      );
      if (result === "miss") misses++;
    } catch (error) {
      misses++;
      print(`FAIL ${c.name.padEnd(28)} ${(error as Error).message}`);
      if (process.env.EYRIE_TRACE) say((error as Error).stack ?? "");
    } finally {
      await c.close();
    }
  }
  for (const c of gradients) print(`skip ${c.name.padEnd(28)} gradients wait for training`);
  print(`${forward.length - misses} passed, ${misses} failed, ${gradients.length} skipped`);
  await executor.release();
  if (misses > 0) process.exitCode = 1;
}

const program = new Command("reference").argument("<directory>", "directory of cases");
executorOption(program)
  .addOption(new Option("--only <pattern>", "regular expression on names of cases"))
  .option(
    "--draw-schedules <seed>",
    "take any of the recipes' choices in place of the first",
    whole(0, largestWord),
  )
  .action((directory: string, flags: Flags) => main(directory, flags));
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}
process.exit();
