/** Times decode steps at many contexts, and prefills of many lengths, of one model on one executor. */
import type { Executor } from "../../src/execute/executors.ts";
import { compileFile, weightsFor } from "../../src/execute/open-model.ts";
import type { Session, TensorSpec } from "../../targets/executor.ts";
import { progressName } from "../../targets/state.ts";
import { Stream } from "../../targets/stream.ts";
import type { Tensor, Tensors } from "../../targets/tensor.ts";
import { timeInTurn } from "../measure.ts";
import { type Curve, type ModelName, settingsOf } from "./sizes.ts";

export type Plan = {
  readonly width: number;
  readonly chunk: number;
  readonly contexts: readonly number[];
  readonly lengths: readonly number[];
  readonly batch: number;
  readonly steps: number;
  readonly prefills: number;
  /** How weights are stored, and measured schedules. */
  readonly request: Pick<Parameters<typeof compileFile>[0], "precision" | "schedules" | "onNotice">;
};

type Loaded = { readonly session: Session; readonly parameters: number };

async function load(
  executor: Executor,
  name: ModelName,
  plan: Plan,
  batch: number,
  kind: "prefill" | "decode",
): Promise<Loaded> {
  const context = Math.max(...(kind === "decode" ? plan.contexts : plan.lengths)) + 2 * plan.steps;
  const compiled = await compileFile(
    {
      model: new URL(`../../examples/${name}.eyrie`, import.meta.url).pathname,
      ...{ settings: settingsOf(name, plan.width), batch, chunk: plan.chunk, context },
      ...{ entries: [kind], ...plan.request },
    },
    executor.caps,
    executor.device,
  );
  const { weights } = await weightsFor(compiled, { seed: 1 });
  const session = await executor.load(compiled, weights);
  const parameters = compiled.model.parameters.reduce(
    (sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1),
    0,
  );
  return { session, parameters };
}

/**
 * Milliseconds of a step behind so many tokens, all contexts in turn. What was seen is noise, not text: a step's work depends
 * on how much was seen, never on what.
 */
export async function decodeCurve(
  executor: Executor,
  name: ModelName,
  plan: Plan,
  batch: number,
): Promise<{ readonly curve: Curve; readonly parameters: number }> {
  const { session, parameters } = await load(executor, name, plan, batch, "decode");
  const kept = noiseFor(session.entries["decode"]!.states);
  const streams: Stream[] = [];
  for (const context of plan.contexts)
    streams.push(await Stream.restore(session, seenBy(kept, batch, context)));
  const tokens = Array.from({ length: batch }, (_, row) => row + 1);
  const times = await timeInTurn(
    plan.steps,
    streams.map((stream) => async () => {
      await stream.step(tokens, { outputs: ["token"] });
    }),
  );
  for (const stream of streams) stream.release();
  await session.release();
  return { curve: plan.contexts.map((c, i) => [c, times[i]!.median] as const), parameters };
}

/** Milliseconds from nothing to the token after a prompt of each length, all lengths in turn. */
export async function prefillCurve(
  executor: Executor,
  name: ModelName,
  plan: Plan,
): Promise<Curve> {
  const { session } = await load(executor, name, plan, 1, "prefill");
  const times = await timeInTurn(
    plan.prefills,
    plan.lengths.map((length) => async () => {
      const stream = Stream.open(session);
      const prompt = Array.from({ length }, (_, i) => (i * 7919) % 1024);
      await stream.feed([prompt], { outputs: ["token"] });
      stream.release();
    }),
  );
  await session.release();
  return plan.lengths.map((length, i) => [length, times[i]!.median] as const);
}

/** Numbers between −1 and 1 for every state of real numbers. */
function noiseFor(states: readonly TensorSpec[]): Readonly<Record<string, Tensor>> {
  const kept = states.map(({ name, dtype, shape }): [string, Tensor] => {
    const size = shape.reduce((a, b) => a * b, 1);
    if (dtype !== "f32") return [name, { dtype: "i32", shape, data: new Int32Array(size) }];
    const data = new Float32Array(size);
    for (let i = 0; i < size; i++)
      data[i] = ((Math.imul(i, 2654435761) >>> 8) & 0xffff) / 32768 - 1;
    return [name, { dtype: "f32", shape, data }];
  });
  return Object.fromEntries(kept);
}

/** The same values for a stream whose rows have all seen so many tokens. */
function seenBy(kept: Readonly<Record<string, Tensor>>, batch: number, context: number): Tensors {
  const counted = Object.entries(kept).map(([name, tensor]): [string, Tensor] => [
    name,
    tensor.dtype === "i32"
      ? { ...tensor, data: tensor.data.map(() => context) as Int32Array }
      : tensor,
  ]);
  const progress: Tensor = {
    ...{ dtype: "i32", shape: [batch, 2] },
    data: new Int32Array(2 * batch).fill(context),
  };
  return { ...Object.fromEntries(counted), [progressName]: progress };
}
