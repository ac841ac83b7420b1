/** `eyrie tune`: measures the schedules of a model's regions on a device, and merges files of such measurements. */
import { existsSync } from "node:fs";
import { type Command, Option } from "commander";
import { type Executor, openExecutor } from "../execute/executors.ts";
import { compileFile } from "../execute/open-model.ts";
import { printFigures, readableTime } from "../explain/readable.ts";
import { UserError } from "../graph/bug.ts";
import type { EntryKind } from "../passes/entry.ts";
import type { DeviceIdentity } from "../tune/device.ts";
import { measureFigures, requireDevice } from "../tune/figures.ts";
import {
  measuredOf,
  mergeSchedules,
  noSchedules,
  readSchedules,
  type ScheduleFile,
  withFigures,
  writeSchedules,
} from "../tune/file.ts";
import type { Result } from "../tune/measure.ts";
import { type Task, type Tasks, tasksOf } from "../tune/tasks.ts";
import { trialsOn } from "../tune/trial.ts";
import { type Tuned, tune } from "../tune/tune.ts";
import { checkOutput } from "./files.ts";
import {
  compileOptions,
  type ExecutorFlags,
  executorOption,
  executorRequest,
  type ModelFlags,
  modelOptions,
  precisionOption,
  whole,
} from "./options.ts";
import { colour, print, progressBar, say } from "./terminal.ts";

type Flags = ModelFlags &
  ExecutorFlags & {
    readonly entry: readonly EntryKind[];
    readonly output: string;
    readonly seconds: number;
    readonly merge?: readonly string[];
  };

export const tuneCommand = (program: Command): void => {
  const command = program
    .command("tune")
    .description(
      "measure the schedules of a model's kernels on this device, for --schedules; stopped and started again, it goes on where it was",
    );
  precisionOption(executorOption(modelOptions(command)))
    .argument("[model]", "an .eyrie file")
    .addOption(
      new Option("--entry <names...>", "which calls of the model")
        .choices(["prefill", "decode", "score"])
        .default(["prefill", "decode"]),
    )
    .option("--output <file>", "file of the measurements", "schedules.json")
    .option("--seconds <n>", "time for all of it", whole(1), 480)
    .option("--merge <files...>", "join files of measurements instead; of two, the faster is kept")
    .action(async (model: string | undefined, flags: Flags) => {
      await checkOutput(flags.output);
      if (flags.merge) await mergeFiles(model, flags.merge, flags.output);
      else await tuneModel(model, flags);
    });
};

async function mergeFiles(
  model: string | undefined,
  paths: readonly string[],
  output: string,
): Promise<void> {
  if (model !== undefined)
    throw new UserError(
      `--merge joins files and compiles nothing; leave ${model} out, or put it among the files of --merge`,
    );
  let merged = noSchedules;
  for (const path of paths) merged = mergeSchedules(merged, await readSchedules(path));
  await writeSchedules(output, merged);
  const devices = Object.values(merged.devices);
  const regions = devices.reduce((sum, d) => sum + Object.keys(d.regions).length, 0);
  say(`${output}: ${counted(regions, "region")} of ${counted(devices.length, "device")}`);
}

async function tuneModel(model: string | undefined, flags: Flags): Promise<void> {
  if (model === undefined)
    throw new UserError("eyrie tune needs a model; give an .eyrie file, or --merge and files");
  const known = existsSync(flags.output) ? await readSchedules(flags.output) : noSchedules;
  const executor = await openExecutor(executorRequest(flags));
  try {
    const device = requireDevice(executor);
    const { precision, entry: entries, output } = flags;
    const compiled = await compileFile(
      {
        ...compileOptions(flags),
        model,
        entries,
        ...(precision ? { precision } : {}),
        colour: colour(),
      },
      executor.caps,
    );
    const found = tasksOf(compiled);
    say(`${compiled.model.name} on ${executor.describe}: ${counted(found.tasks.length, "region")}`);
    const file = await withOwnFigures(executor, device, known, output);
    const told = teller(found.tasks.length);
    const stop = stopper();
    const done = await tune({
      ...{ tasks: found.tasks, device, file, budget: 1000 * flags.seconds },
      trials: (task) => trialsOn(executor, task),
      save: (made) => writeSchedules(output, made),
      now: () => performance.now(),
      isStopped: stop.isStopped,
      onTask: told.task,
      onResult: told.result,
    }).finally(() => {
      stop.end();
      told.end();
    });
    conclude(done, found, output, told.totals());
  } finally {
    await executor.release();
  }
}

/** The file with what the device can do, which is measured where the file does not tell. */
async function withOwnFigures(
  executor: Executor,
  device: DeviceIdentity,
  file: ScheduleFile,
  output: string,
): Promise<ScheduleFile> {
  const known = measuredOf(file, device)?.figures;
  const figures = known ?? (await measureFigures(executor));
  say(`the device ${printFigures(figures)}`);
  if (known) return file;
  const made = withFigures(file, device, figures);
  await writeSchedules(output, made);
  return made;
}

/** The first Ctrl-C ends tuning after what is being measured; the second ends the process. */
function stopper() {
  let stopped = false;
  const stop = () => {
    stopped = true;
    say("stopping after this measurement");
  };
  process.once("SIGINT", stop);
  return { isStopped: () => stopped, end: () => void process.removeListener("SIGINT", stop) };
}

/** A bar with the region and its best on a terminal, a line for each region where there is none; what came of it either way. */
function teller(total: number) {
  const bar = progressBar("tuning");
  const lines: string[] = [];
  const live = process.stderr.isTTY === true;
  const sums = { first: 0, best: 0, changed: 0 };
  const tell = (line: string) => (live ? void lines.push(line) : say(line));
  return {
    task: (task: Task, done: number, best: number | null) =>
      bar.update(done, total, best === null ? task.name : `${task.name}, ${readableTime(best)}`),
    result: (task: Task, result: Result) => {
      sums.first += result.first;
      sums.best += result.microseconds;
      if (result.best !== 0) sums.changed++;
      tell(lineOf(task, result));
      for (const { number, why } of result.dropped)
        tell(`  ${printSchedule(task.choices[number]!.schedule)} is left out: ${why}`);
    },
    totals: () => sums,
    end: () => {
      bar.stop();
      for (const line of lines) say(line);
    },
  };
}

function lineOf(
  { name, recipe, choices }: Task,
  { best, first, microseconds, tried }: Result,
): string {
  const schedule = printSchedule(choices[best]!.schedule);
  const times =
    best === 0
      ? `${readableTime(microseconds)}, the first choice`
      : `${readableTime(first)} → ${readableTime(microseconds)}`;
  return `${name}, ${recipe.name} ${schedule}: ${times} (${tried} of ${choices.length} tried)`;
}

function conclude(
  { known, measured, left }: Tuned,
  { gathers }: Tasks,
  output: string,
  { first, best, changed }: { first: number; best: number; changed: number },
): void {
  if (gathers.length > 0)
    say(`first choice, because they take rows of a table in pieces: ${gathers.join(", ")}`);
  const before = known > 0 ? `, ${known} known from before` : "";
  if (measured > 0)
    say(
      `${counted(measured, "region")} measured${before}; ${changed} better than the first choice, one of each ${readableTime(first)} → ${readableTime(best)}`,
    );
  if (left > 0)
    throw new UserError(
      `tuning was stopped with ${counted(left, "region")} left; ${output} holds the others, so give the same command again to go on`,
    );
  print(measured > 0 ? output : `${output} knows all ${counted(known, "region")}`);
}

const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;

const printSchedule = (schedule: Readonly<Record<string, number>>): string =>
  Object.entries(schedule)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
