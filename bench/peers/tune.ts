/** Has `eyrie tune` measure the regions of every case, all into one file. What that holds already is not measured again. */
import { spawn } from "node:child_process";
import { UserError } from "../../src/graph/bug.ts";
import type { Case } from "./cases.ts";
import { textOf } from "./ours.ts";

const cli = new URL("../../src/cli.ts", import.meta.url).pathname;
const folder = new URL("models/", import.meta.url);

/** The command's arguments for a case. */
export function tuneArguments({ work, precision }: Case, file: string): readonly string[] {
  const { file: model, settings } = textOf(work);
  const entry = work.rows === 1 ? "decode" : "score";
  return [
    ...["tune", new URL(model, folder).pathname, "--entry", entry, "--chunk", String(work.rows)],
    ...Object.entries(settings).flatMap(([name, value]) => ["--set", `${name}=${value}`]),
    ...["--precision", precision, "--output", file],
  ];
}

/** Throws UserError where one cannot be tuned. */
export async function tuneCases(cases: readonly Case[], file: string): Promise<void> {
  for (const one of cases) {
    const status = await run(tuneArguments(one, file));
    if (status !== 0)
      throw new UserError(`${one.name} was not tuned; give --schedules a file that is there`);
  }
}

const run = (args: readonly string[]): Promise<number | null> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ["--import", "tsx/esm", cli, ...args], {
      stdio: ["ignore", "inherit", "inherit"],
    });
    child.on("exit", resolve);
  });
