/** From a model file and its weights to a running session: what the command line, tests and benchmarks have in common. Node only. */
import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import type { Diagnostic } from "../../dsl/diagnostics.ts";
import { listTables } from "../../dsl/elaborate.ts";
import type { Settings } from "../../dsl/model.ts";
import { parse } from "../../dsl/parse.ts";
import { renderDiagnostics } from "../../dsl/render.ts";
import { standardLibrary } from "../../dsl/standard-node.ts";
import type { Session, Weights } from "../../targets/executor.ts";
import { type Compiled, type CompileOptions, compile, type Source } from "../compile.ts";
import { UserError } from "../graph/bug.ts";
import type { Precision, PrecisionName } from "../passes/precision.ts";
import type { ScheduleFile } from "../tune/file.ts";
import { measuredOn } from "../tune/lookup.ts";
import { openCheckpoint } from "../weights/checkpoint.ts";
import { readConfig, settingsOf } from "../weights/config.ts";
import { initialWeights } from "../weights/initialize.ts";
import { mapNames } from "../weights/names.ts";
import { type Executor, type ExecutorOptions, openExecutor, type Progress } from "./executors.ts";

/** Diagnostics that stopped a compilation, rendered. */
export class DiagnosticsError extends UserError {
  readonly diagnostics: readonly Diagnostic[];
  /** The texts that they point into. */
  readonly sources: ReadonlyMap<string, string>;
  constructor(diagnostics: readonly Diagnostic[], sources: readonly Source[], colour = false) {
    const texts = new Map(sources.map((s) => [s.file, s.text]));
    super(renderDiagnostics(diagnostics, texts, { colour }));
    this.diagnostics = diagnostics;
    this.sources = texts;
  }
}

export type ModelRequest = Omit<ExecutorOptions, "f16"> &
  Omit<CompileOptions, "standard" | "caps" | "config" | "precision" | "schedules"> & {
    /** Path of an .eyrie file. */
    readonly model: string;
    /** Title of a named configuration, or path of a Hugging Face config.json. */
    readonly config?: string;
    /** What weight matrices are stored as; f32. */
    readonly precision?: PrecisionName;
    /** Path of a checkpoint, or the seed of random weights. */
    readonly weights: string | { readonly seed: number };
    /** What eyrie tune measured; see readSchedules(). */
    readonly schedules?: ScheduleFile;
    readonly colour?: boolean;
    readonly onProgress?: Progress;
    /** Receives warnings and notes of a compilation that went well, and the texts that they point into. */
    readonly onDiagnostics?: (
      diagnostics: readonly Diagnostic[],
      sources: ReadonlyMap<string, string>,
    ) => void;
  };

export type OpenedModel = {
  readonly compiled: Compiled;
  readonly session: Session;
  readonly executor: Executor;
  /** Milliseconds from text to kernels, and from kernels to a session that can run. */
  readonly times: { readonly compile: number; readonly load: number };
  /** Where the weights came from, for people. */
  readonly weights: string;
  release(): Promise<void>;
};

/** Stands for a model file where a block of the standard library is all that is wanted. */
const standardOnly = "std";

/** Reads a model's text; `std` is the standard library alone. UserError when it cannot be read. */
export async function readSource(path: string): Promise<Source> {
  if (path === standardOnly) return { file: standardOnly, text: "" };
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${path} cannot be read (${error.code}); give the path of an .eyrie file`);
  });
  const file = relative(process.cwd(), path) || path;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (!text.includes("\0")) return { file, text };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  throw new UserError(`${path} is not text; give the path of an .eyrie file`);
}

/** What --config and --set mean for this model: a title goes to the compiler, a config.json becomes settings. */
export async function settingsFor(
  source: Source,
  request: { readonly config?: string; readonly settings?: Settings },
): Promise<{ config?: string; settings: Settings }> {
  const { config, settings = {} } = request;
  if (config === undefined) return { settings };
  if (!config.endsWith(".json")) return { config, settings };
  const files = [...standardLibrary(), source].map((s) => parse(s.file, s.text).ast);
  const found = settingsOf(
    await readConfig(config),
    listTables(files),
    declaredSettings(files, source.file),
  );
  if (Object.keys(found).length === 0)
    throw new UserError(
      `${config} gives none of this model's settings; give the config.json of a checkpoint that fits it`,
    );
  return { settings: { ...found, ...settings } };
}

/** Compiles for an executor that is open already; `device`: its own, where it has one. Throws DiagnosticsError. */
export async function compileFile(
  request: Omit<ModelRequest, "weights">,
  caps: Executor["caps"],
  device: Executor["device"] = null,
): Promise<Compiled> {
  const source = await readSource(request.model);
  const given = await settingsFor(source, request);
  const { config: _title, schedules, ...rest } = request;
  requireItem(source, request.item);
  const precision = precisionFor(request, caps);
  const result = compile([source], {
    ...rest,
    ...given,
    ...measuredOn(schedules, device, caps, request.onNotice),
    precision,
    standard: standardLibrary(),
    caps,
  });
  const sources = [...standardLibrary(), source, ...(request.givenAt?.sources ?? [])];
  if (!result.compiled) throw new DiagnosticsError(result.diagnostics, sources, request.colour);
  request.onDiagnostics?.(result.diagnostics, new Map(sources.map((s) => [s.file, s.text])));
  return result.compiled;
}

/** Stored types: what was asked for, and an error where the device has it not. */
export function precisionFor(
  { precision = "f32" }: Pick<ModelRequest, "precision">,
  caps: Executor["caps"],
): Precision {
  if (precision !== "f16" || caps.f16) return { parameters: precision };
  throw new UserError(
    "this adapter has no f16 (shader-f16); give --precision bf16, which every adapter has, or choose another with --adapter",
  );
}

/** Whether the item is a block, which takes tensors, rather than a model, which takes tokens. */
export const isBlock = (source: Source, item: string | undefined): boolean =>
  item !== undefined &&
  !itemsOf(source).items.some((one) => one.kind === "model" && one.name.text === item);

/** Names of the tensors that a model of the source (its last where none is named) takes beside tokens. */
export function tensorInputs(source: Source, item: string | undefined): readonly string[] {
  const models = itemsOf(source).items.filter((item) => item.kind === "model");
  const model = models.findLast(({ name }) => item === undefined || name.text === item);
  return (
    model?.parameters.flatMap(({ name, type }) => (type.kind === "tensor" ? [name.text] : [])) ?? []
  );
}

function itemsOf({ file, text }: Source) {
  const { ast, diagnostics } = parse(file, text);
  return { items: ast.items, diagnostics };
}

/** Throws where nothing says what to compile. */
export function requireItem(source: Source, item: string | undefined): void {
  const { items, diagnostics } = itemsOf(source);
  if (
    item === undefined &&
    diagnostics.length === 0 &&
    !items.some((item) => item.kind === "model")
  )
    throw new UserError(
      `${source.file} defines no model; write one, or give --item the name of a block`,
    );
}

/** Opens everything that running a model takes. Release it when done. */
export async function openModel(request: ModelRequest): Promise<OpenedModel> {
  const executor = await openExecutor({ ...request, f16: request.precision === "f16" });
  try {
    const started = performance.now();
    const compiled = await compileFile(request, executor.caps, executor.device);
    const compileTime = performance.now() - started;
    const { weights, describe, close } = await weightsFor(compiled, request.weights);
    const loading = performance.now();
    const session = await executor.load(compiled, weights, request.onProgress).finally(close);
    const times = { compile: compileTime, load: performance.now() - loading };
    const release = async () => {
      await session.release();
      await executor.release();
    };
    return { compiled, session, executor, times, weights: describe, release };
  } catch (error) {
    await executor.release();
    throw error;
  }
}

type OpenedWeights = {
  readonly weights: Weights;
  readonly describe: string;
  readonly close: () => Promise<void>;
};

/** A checkpoint under the names that fit it, or random weights. */
export async function weightsFor(
  compiled: Pick<Compiled, "model">,
  from: ModelRequest["weights"],
): Promise<OpenedWeights> {
  const { parameters, names } = compiled.model;
  if (typeof from !== "string")
    return {
      weights: initialWeights(parameters, from.seed),
      describe: `random, seed ${from.seed}`,
      close: async () => {},
    };
  const checkpoint = await openCheckpoint(from);
  try {
    const weights = mapNames(parameters, names, checkpoint);
    return {
      weights,
      describe: `${from} (${weights.table} names)`,
      close: () => checkpoint.close(),
    };
  } catch (error) {
    await checkpoint.close();
    throw error;
  }
}

function declaredSettings(
  files: readonly ReturnType<typeof parse>["ast"][],
  file: string,
): readonly string[] {
  const models = files
    .filter((f) => f.file === file)
    .flatMap((f) => f.items.filter((i) => i.kind === "model"));
  return models.flatMap((m) => m.parameters.map((p) => p.name.text));
}
