/** `eyrie eval`: any block or model on tensors from a safetensors file. */
import type { Command } from "commander";
import { standardLibrary } from "../../dsl/standard-node.ts";
import type { Session, TensorSpec } from "../../targets/executor.ts";
import type { Tensor, Tensors } from "../../targets/tensor.ts";
import { compile, type Source } from "../compile.ts";
import { type Executor, openExecutor } from "../execute/executors.ts";
import {
  DiagnosticsError,
  isBlock,
  precisionFor,
  readSource,
  requireItem,
  settingsFor,
  tensorInputs,
  weightsFor,
} from "../execute/open-model.ts";
import { UserError } from "../graph/bug.ts";
import { measuredOn } from "../tune/lookup.ts";
import { type Checkpoint, openCheckpoint } from "../weights/checkpoint.ts";
import { writeSafetensors } from "../weights/file.ts";
import { checkOutput } from "./files.ts";
import {
  compileOptions,
  type ExecutorFlags,
  executorOptions,
  executorRequest,
  type ModelFlags,
  modelOptions,
  schedulesRequest,
} from "./options.ts";
import { colour, print, printJson, say } from "./terminal.ts";

type Flags = ModelFlags &
  ExecutorFlags & {
    readonly weights?: string;
    readonly output?: string;
    readonly path?: string;
    readonly json?: boolean;
  };

export const evalCommand = (program: Command): void => {
  executorOptions(
    modelOptions(
      program
        .command("eval")
        .description(
          "run a block or model once on tensors from a file; outputs and states go to a file or a summary",
        ),
    ),
  )
    .argument("<model>", "an .eyrie file, or std for a block of the standard library")
    .argument(
      "<tensors>",
      "a .safetensors file with the inputs (tokens, position, the model's or block's own tensors), states by their names, and parameters unless --weights",
    )
    .option("--weights <path>", "checkpoint with the parameters")
    .option("--path <prefix>", "prefix of a block's parameter names, such as layers.0.mlp_block")
    .option("--output <file>", "write outputs and next states as safetensors")
    .option("--json", "print a summary as JSON")
    .action(evaluateFile);
};

async function evaluateFile(model: string, tensors: string, flags: Flags): Promise<void> {
  await checkOutput(flags.output);
  const source = await readSource(model);
  const given = await openCheckpoint(tensors);
  const executor = await openExecutor(executorRequest(flags)).catch(async (error: unknown) => {
    await given.close();
    throw error;
  });
  try {
    await deliver(await evaluateOn(executor, source, given, flags), flags);
  } finally {
    await given.close();
    await executor.release();
  }
}

async function evaluateOn(
  executor: Executor,
  source: Source,
  given: Checkpoint,
  flags: Flags,
): Promise<Tensors> {
  const inputs = await readInputs(given);
  requireItem(source, flags.item);
  const block = isBlock(source, flags.item);
  const [batch, chunk] = sizesOf(inputs, block ? null : tensorInputs(source, flags.item), given);
  const standard = standardLibrary();
  const { schedules: file, onNotice = say } = await schedulesRequest(flags.schedules);
  const { config: _title, ...options } = compileOptions(flags);
  const shapes = Object.fromEntries(
    Object.entries(inputs)
      .filter(([n]) => !ambient.includes(n))
      .map(([n, t]) => [n, t.shape]),
  );
  const { compiled, diagnostics } = compile([source], {
    ...options,
    ...(await settingsFor(source, {
      ...(flags.config ? { config: flags.config } : {}),
      settings: flags.set.values,
    })),
    standard,
    batch,
    chunk,
    caps: executor.caps,
    ...measuredOn(file, executor.device, executor.caps, onNotice),
    onNotice,
    precision: precisionFor(flags, executor.caps),
    entries: ["score"],
    ...(flags.path ? { path: flags.path } : {}),
    ...(block ? { inputs: shapes } : {}),
  });
  if (!compiled)
    throw new DiagnosticsError(
      diagnostics,
      [...standard, source, ...options.givenAt.sources],
      colour(),
    );
  const { weights, close } = await weightsFor(compiled, flags.weights ?? given.path);
  const session = await executor.load(compiled, weights).finally(close);
  return runOnce(session, inputs, given, batch, chunk).finally(() => session.release());
}

/** Batch and tokens, as an input of the model has them; a block's (`names` is null) are those of `x`, or of any tensor. */
function sizesOf(
  inputs: Tensors,
  names: readonly string[] | null,
  file: Checkpoint,
): readonly [number, number] {
  const flow = names
    ? ["tokens", ...names].map((name) => inputs[name]).find((t) => t !== undefined)
    : (inputs.x ?? Object.values(inputs).find((t) => t.shape.length >= 2));
  const [batch, chunk] = flow?.shape ?? [];
  if (batch !== undefined && chunk !== undefined) return [batch, chunk];
  const own = names?.map((name) => `, or "${name}", [batch, tokens, …]`).join("");
  const wanted = names
    ? `"tokens", int [batch, tokens]${own}`
    : "[batch, tokens, …]; name it as the block does";
  throw new UserError(`${file.path} holds no input ${wanted}`);
}

/** Inputs that every model has beside its own. */
const ambient: readonly string[] = ["tokens", "position", "count"];

async function readInputs(file: Checkpoint): Promise<Record<string, Tensor>> {
  const names = [...file.tensors.keys()].filter((n) => n.startsWith("input.") || !n.includes("."));
  const pairs = await Promise.all(
    names.map(
      async (n) =>
        [
          n.replace(/^input\./, "").replace(/^segment_pos$/, "position"),
          await file.read(n),
        ] as const,
    ),
  );
  return Object.fromEntries(pairs);
}

/** One call of `score`; positions go on from the tokens seen and every token is real unless the file says otherwise. */
async function runOnce(
  session: Session,
  inputs: Tensors,
  file: Checkpoint,
  batch: number,
  chunk: number,
): Promise<Tensors> {
  const entry = session.entries.score;
  if (!entry) throw new UserError("this model has no score entry");
  const fresh = session.fresh();
  const states: Record<string, Tensor> = { ...(await session.download(fresh)) };
  fresh.release();
  for (const s of entry.states)
    if (file.tensors.has(s.name)) states[s.name] = await file.read(s.name);
  const state = await session.upload(states);
  const seen = states.seen?.data ?? [];
  const position = Int32Array.from(
    { length: batch * chunk },
    (_, i) => (seen[Math.floor(i / chunk)] ?? 0) + (i % chunk),
  );
  const all: Tensors = {
    position: { dtype: "i32", shape: [batch, chunk], data: position },
    count: { dtype: "i32", shape: [batch], data: new Int32Array(batch).fill(chunk) },
    ...inputs,
  };
  const wanted = Object.fromEntries(
    entry.inputs.filter((i: TensorSpec) => all[i.name]).map((i) => [i.name, all[i.name] as Tensor]),
  );
  const outputs = await session.run(
    "score",
    wanted,
    state,
    entry.outputs.map((o) => o.name),
  );
  const after = await session.download(state);
  state.release();
  const clash = Object.keys(outputs).find((name) => Object.hasOwn(after, name));
  if (clash !== undefined)
    throw new UserError(`an output and a state are both named "${clash}"; rename the output`);
  return { ...outputs, ...after };
}

async function deliver(results: Tensors, flags: Flags): Promise<void> {
  if (flags.output) {
    const dtypes = { f32: "F32", i32: "I32", u32: "U32" } as const;
    await writeSafetensors(
      flags.output,
      Object.entries(results).map(([name, t]) => ({
        name,
        dtype: dtypes[t.dtype],
        shape: t.shape,
        read: async () => t.data,
      })),
    );
    say(`${flags.output}: ${Object.keys(results).length} tensors`);
  }
  const rows = Object.entries(results).map(([name, t]) => ({
    name,
    dtype: t.dtype,
    shape: t.shape,
    ...rangeOf(t),
  }));
  if (flags.json) return printJson(rows);
  for (const r of rows)
    print(
      `${r.name.padEnd(40)} ${r.dtype} [${r.shape.join(", ")}]  from ${r.least.toPrecision(6)} to ${r.most.toPrecision(6)}, mean ${r.mean.toPrecision(6)}`,
    );
}

function rangeOf({ data }: Tensor) {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const v of data) {
    least = Math.min(least, v);
    most = Math.max(most, v);
    sum += v;
  }
  return { least, most, mean: sum / data.length };
}
