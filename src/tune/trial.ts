/** Opens the choices of a region on an executor, each as a program by itself on the same numbers. */
import type { Session } from "../../targets/executor.ts";
import type { Tensors } from "../../targets/tensor.ts";
import type { Executor } from "../execute/executors.ts";
import { CompilerBug } from "../graph/bug.ts";
import { alone } from "./alone.ts";
import type { Trial } from "./measure.ts";
import type { Task } from "./tasks.ts";
import { type Signs, type Values, valuesFor } from "./values.ts";

/** The one entry of a trial's session. */
const entry = "region";

/**
 * Opens a choice by its number. Numbers are drawn once for all choices; where the first choice makes something of them that
 * is no number, all get positive ones.
 */
export function trialsOn(executor: Executor, task: Task): (choice: number) => Promise<Trial> {
  let values: Values | null = null;
  const open = async (choice: number, signs: Signs | null): Promise<Trial> => {
    const made = alone(task.region, task.choices[choice]!, executor.caps);
    if (signs) values = valuesFor(task.region, made, task.tokens, signs);
    if (!values) throw new CompilerBug(`${task.name} is tried before its first choice`);
    const loadable = { caps: executor.caps, entries: { [entry]: made } };
    return trialOf(await executor.load(loadable, values.weights), values);
  };
  return async (choice) => {
    if (values) return open(choice, null);
    const trial = await open(choice, "signed");
    if (Object.values(await trial.run()).every((t) => t.data.every(Number.isFinite))) return trial;
    await trial.release();
    return open(choice, "positive");
  };
}

async function trialOf(session: Session, { inputs, states }: Values): Promise<Trial> {
  const { time, entries } = session;
  if (!time) throw new CompilerBug(`${session.executor} times nothing`);
  const outputs = entries[entry]!.outputs.map((o) => o.name);
  const state = await session.upload(states);
  return {
    run: async (): Promise<Tensors> => ({
      ...(await session.run(entry, inputs, state, outputs)),
      ...(await session.download(state)),
    }),
    time: async (times) => (1000 * (await time(entry, state, times)).milliseconds) / times,
    release: () => session.release(),
  };
}
