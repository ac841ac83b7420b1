/** Measures every region of a list that a schedules file does not yet know, and writes the file after each. Opens no device. */
import type { Choice } from "../../codegen/recipe.ts";
import { version } from "../version.ts";
import type { DeviceIdentity } from "./device.ts";
import { regionsOf, type ScheduleFile, withRegion } from "./file.ts";
import { offered } from "./lookup.ts";
import { findFastest, type Result, type Trial } from "./measure.ts";
import type { Task } from "./tasks.ts";

export type Tuning = {
  readonly tasks: readonly Task[];
  readonly device: DeviceIdentity;
  /** What is known from before. */
  readonly file: ScheduleFile;
  /** Opens the choices of a task by their numbers. */
  readonly trials: (task: Task) => (choice: number) => Promise<Trial>;
  readonly save: (file: ScheduleFile) => Promise<void>;
  /** Milliseconds for all of it. */
  readonly budget: number;
  readonly now: () => number;
  readonly isStopped: () => boolean;
  readonly onTask?: (task: Task, done: number, best: number | null) => void;
  readonly onResult?: (task: Task, result: Result) => void;
};

export type Tuned = {
  readonly file: ScheduleFile;
  /** How many tasks the file knew before, how many were measured, and how many are left where it was stopped. */
  readonly known: number;
  readonly measured: number;
  readonly left: number;
};

/** A region is known where its schedule is still offered. */
export function isKnown(
  { signature, choices }: Pick<Task, "signature" | "choices">,
  file: ScheduleFile,
  device: DeviceIdentity,
): boolean {
  const region = regionsOf(file, device)[signature];
  return region !== undefined && offered(choices, region.schedule) !== undefined;
}

export async function tune(tuning: Tuning): Promise<Tuned> {
  const { tasks, device, budget, now, isStopped, onTask } = tuning;
  const started = now();
  let { file } = tuning;
  const open = tasks.filter((task) => !isKnown(task, file, device));
  const known = tasks.length - open.length;
  let measured = 0;
  for (const [i, task] of open.entries()) {
    if (isStopped()) break;
    onTask?.(task, known + i, null);
    const result = await findFastest({
      count: task.choices.length,
      open: tuning.trials(task),
      budget: shareOf(open.slice(i), budget - (now() - started)),
      now,
      isStopped,
      onBest: (best) => onTask?.(task, known + i, best),
    });
    if (!result) break;
    const { schedule } = task.choices[result.best] as Choice;
    const entry = {
      ...{ recipe: task.recipe.name, schedule, tried: result.tried, compiler: version },
      ...{ microseconds: rounded(result.microseconds), first: rounded(result.first) },
    };
    file = withRegion(file, device, task.signature, entry);
    await tuning.save(file);
    measured++;
    tuning.onResult?.(task, result);
  }
  return { file, known, measured, left: open.length - measured };
}

const rounded = (microseconds: number): number =>
  Math.max(0.001, Number(microseconds.toPrecision(4)));

/** The first's part of the time: half of all goes by the number of choices, half by what they calculate. */
function shareOf(left: readonly Task[], time: number): number {
  const sum = (of: (task: Task) => number) => left.reduce((total, task) => total + of(task), 0);
  const work = ({ choices, flops }: Task) => choices.length * flops;
  const [first] = left as readonly [Task, ...Task[]];
  const byChoices = first.choices.length / sum((task) => task.choices.length);
  const byWork = work(first) / Math.max(1, sum(work));
  return Math.max(0, time * (byChoices + byWork)) / 2;
}
