/** The journey from text to programs. The only file that knows the order of the stages. */

import { entrySpec } from "../codegen/entry-spec.ts";
import { fuseOptions } from "../codegen/fuse-options.ts";
import { type Caps, minimumCaps } from "../codegen/kernel.ts";
import { type LoweredRegion, lower } from "../codegen/lower.ts";
import { OverLimits } from "../codegen/over-limits.ts";
import { printPlain } from "../codegen/plain.ts";
import { type Planned, plan } from "../codegen/plan.ts";
import { printProgram, printRegions } from "../codegen/print-program.ts";
import { claims } from "../codegen/recipes.ts";
import { isCut } from "../codegen/splits.ts";
import type { KnownRegions } from "../codegen/write-region.ts";
import type { Diagnostic } from "../dsl/diagnostics.ts";
import { checkFile, elaborate, type GivenPlaces } from "../dsl/elaborate.ts";
import type { Model, Settings } from "../dsl/model.ts";
import { printAst } from "../dsl/print.ts";
import type { File } from "../dsl/syntax.ts";
import type { EntrySpec } from "../targets/executor.ts";
import type { Target } from "../targets/target.ts";
import { wgsl } from "../targets/wgsl/print.ts";
import { UserError } from "./graph/bug.ts";
import type { Graph } from "./graph/graph.ts";
import { printGraph } from "./graph/print.ts";
import { verify } from "./graph/verify.ts";
import { type Device, deviceNotes } from "./limits/notes.ts";
import { placesOf } from "./limits/places.ts";
import { type Unfit, unfitDiagnostics } from "./limits/unfit.ts";
import { type EntryKind, entryGraph } from "./passes/entry.ts";
import { expand } from "./passes/expand.ts";
import { fuse } from "./passes/fuse.ts";
import { type Precision, type PrecisionName, setPrecision } from "./passes/precision.ts";
import type { Fused } from "./passes/regions.ts";
import { rewrite } from "./passes/rewrite.ts";
import { rules, simplify } from "./passes/simplify.ts";
import { inStrips } from "./passes/strips.ts";
import { lastModel, parseAll, type Source } from "./sources.ts";
import type { TunedRegions } from "./tune/file.ts";
import { type Tuned, tunedSchedules } from "./tune/lookup.ts";

export type { Source } from "./sources.ts";

export type CompileOptions = {
  /** The standard library's files; see standardLibrary(). */
  readonly standard: readonly Source[];
  /** A model or block of the source; its last model when left out. */
  readonly item?: string;
  /** Title of one of the model's named configurations. */
  readonly config?: string;
  readonly settings?: Settings;
  /** Where settings, the configuration's title and the item were written, and the texts of those places. */
  readonly givenAt?: GivenPlaces & { readonly sources: readonly Source[] };
  /** Rows that run side by side; 1. */
  readonly batch?: number;
  /** Tokens that prefill and score take in one call; 128. */
  readonly chunk?: number;
  /** Most tokens of a stream through attention without a window; 2048. */
  readonly context?: number;
  readonly caps?: Caps;
  /** What messages call the device of `caps`. Where it is given, notes tell what its limits made of the model. */
  readonly device?: Device;
  readonly precision?: Precision;
  readonly entries?: readonly EntryKind[];
  /** For a block: shapes of its tensor arguments [batch, chunk, …], and a prefix of its parameters' names. */
  readonly inputs?: Readonly<Record<string, readonly number[]>>;
  readonly path?: string;
  /** Paths of instances or named values that `score` gives as outputs, too. */
  readonly taps?: readonly string[];
  /** Schedules that were measured on the device of `caps`, by region; schedulesFor() takes them from a file. */
  readonly schedules?: TunedRegions;
  /** Told in a sentence where such schedules are not used. */
  readonly onNotice?: (sentence: string) => void;
  /** Whose text of the kernels the last stage shows; WGSL. */
  readonly target?: Target;
  /** Receives every stage as numbered text; verification runs after each pass when given. */
  readonly dump?: (name: string, text: string) => void;
};

/** One entry at every stage that others look at. */
export type CompiledEntry = Planned & {
  readonly graph: Graph;
  readonly fused: Fused;
  /** In the order of the steps of `separate`. */
  readonly lowered: readonly LoweredRegion[];
  readonly spec: EntrySpec;
};

export type Compiled = {
  readonly model: Model;
  readonly batch: number;
  readonly chunk: number;
  readonly caps: Caps;
  readonly entries: Readonly<Record<string, CompiledEntry>>;
};

/** Everything that was said, and the compiled model unless an error was among it. */
export type CompileResult = {
  readonly compiled: Compiled | null;
  readonly diagnostics: readonly Diagnostic[];
};

const isError = (d: Diagnostic) => d.severity === "error";

/**
 * Parses the sources and finds every mistake in them without building a model. With the precision `f16`, also warns of
 * parameters that it cannot hold.
 */
export function check(
  sources: readonly Source[],
  standard: readonly Source[],
  { precision }: { readonly precision?: PrecisionName } = {},
): readonly Diagnostic[] {
  const { files, diagnostics } = parseAll([...standard, ...sources]);
  const own = files.filter((f) => sources.some((s) => s.file === f.file));
  if (diagnostics.some(isError) && own.every((f) => f.items.length === 0)) return diagnostics;
  return [...diagnostics, ...checkFile(files, own, { half: precision === "f16" })];
}

/** Compiles one model or block of `sources` for the entries asked for. */
export function compile(sources: readonly Source[], options: CompileOptions): CompileResult {
  const { files, diagnostics: spelling } = parseAll([...options.standard, ...sources]);
  const diagnostics = [...spelling];
  const own = files.filter((f) => sources.some((s) => s.file === f.file));
  for (const f of own) options.dump?.("05-ast.txt", printAst(f));
  if (diagnostics.some(isError)) return { compiled: null, diagnostics };
  const target = options.item ?? lastModel(own);
  const { batch = 1, chunk = 128, caps = minimumCaps, device } = options;
  const { model, entries, unfit, said } = buildEntries(files, target, options);
  diagnostics.push(...said);
  if (!model) return { compiled: null, diagnostics };
  const compiled = { model, batch, chunk, caps, entries };
  const places = () => placesOf(files, target, sized(options, chunk));
  if (unfit.length > 0) {
    const sizing = { device: device?.name ?? "this device", batch, chunk };
    const found = unfitDiagnostics(unfit, places(), sizing);
    return { compiled: null, diagnostics: [...diagnostics, ...found] };
  }
  const notes = device ? deviceNotes(compiled, places(), device) : [];
  return { compiled, diagnostics: [...diagnostics, ...notes] };
}

/** What the options say of an elaboration for calls of so many tokens. */
const sized = (options: CompileOptions, tokens: number) => ({
  ...pick(options, ["settings", "config", "path", "givenAt"]),
  ...(options.inputs ? { inputs: shapesFor(options.inputs, tokens) } : {}),
  ...{ batch: options.batch ?? 1, chunk: options.chunk ?? 128, context: options.context ?? 2048 },
  ...{ tokens, half: options.precision?.parameters === "f16" },
});

/** The entries that fit the device, those that do not, what is said of the text, and no model where it has mistakes. */
type Built = {
  readonly model: Model | null;
  readonly entries: Compiled["entries"];
  readonly unfit: readonly Unfit[];
  readonly said: readonly Diagnostic[];
};

function buildEntries(files: readonly File[], target: string, options: CompileOptions): Built {
  const { chunk = 128, caps = minimumCaps, taps = [] } = options;
  const entries: Record<string, CompiledEntry> = {};
  const unfit: Unfit[] = [];
  let model: Model | null = null;
  let said: readonly Diagnostic[] = [];
  const elaborated = new Map<number, ReturnType<typeof elaborate>>();
  const known: KnownRegions = new Map();
  const tuned = tunedSchedules(options.schedules ?? {});
  for (const kind of options.entries ?? (["prefill", "score", "decode"] as const)) {
    const tokens = kind === "decode" ? 1 : chunk;
    const built = elaborated.get(tokens) ?? elaborate(files, target, sized(options, tokens));
    elaborated.set(tokens, built);
    said = built.diagnostics;
    if (!built.model) return { model: null, entries, unfit, said };
    model ??= built.model;
    const source = kind === "score" ? withTaps(built.model, taps) : built.model.graph;
    const graph = frontOf({ ...source, values: built.model.values }, kind, options);
    try {
      const back = backOf(graph, kind, caps, options, { known, tuned });
      entries[kind] = { ...back, graph, spec: entrySpec(back.program, source) };
    } catch (error) {
      if (!(error instanceof OverLimits)) throw error;
      unfit.push({ entry: kind, graph, excesses: error.excesses });
    }
  }
  const notice = tuned.notice();
  if (notice !== null) options.onNotice?.(notice);
  if (!model)
    throw new UserError("compile was asked for no entries; name prefill, score or decode");
  return { model, entries, unfit, said };
}

/** Shapes [batch, tokens, …] of a block's arguments in a call of so many tokens. */
const shapesFor = (shapes: Readonly<Record<string, readonly number[]>>, tokens: number) =>
  Object.fromEntries(
    Object.entries(shapes).map(([name, [batch = 1, , ...rest]]) => [
      name,
      [batch, tokens, ...rest],
    ]),
  );

function withTaps(model: Model, paths: readonly string[]): Graph {
  const taps = paths.map((path) => {
    const node = model.values[path];
    if (!node) throw new UserError(`the model has no value ${path}`);
    return [path, node] as const;
  });
  return { ...model.graph, outputs: { ...model.graph.outputs, ...Object.fromEntries(taps) } };
}

/** From the graph that the text says to the one that regions are made of. */
function frontOf(source: Graph, kind: EntryKind, options: CompileOptions): Graph {
  const { dump } = options;
  const stage = (name: string, graph: Graph): Graph => {
    if (dump) {
      verify(graph);
      dump(`${kind}/${name}.txt`, printGraph(graph));
    }
    return graph;
  };
  stage("10-graph", source);
  const entry = entryGraph(source, kind);
  // Simplify before expanding: the last token's gather must move while attention is still one node.
  const simple = stage("20-simplified", simplify(entry));
  const precise = setPrecision(simple, options.precision ?? { parameters: "f32" });
  const expanded = expand(precise, claims);
  return stage("25-expanded", expanded === simple ? simple : rewrite(expanded, rules));
}

/** From there to a program; throws OverLimits where the device cannot hold it. */
function backOf(
  graph: Graph,
  kind: EntryKind,
  caps: Caps,
  { dump, target = wgsl }: CompileOptions,
  { known, tuned }: { readonly known: KnownRegions; readonly tuned: Tuned },
): Omit<CompiledEntry, "graph" | "spec"> {
  const stored = caps.barriers === "dear" ? inStrips(graph, (p) => isCut(p, caps)) : graph;
  const fused = fuse(stored, fuseOptions(caps));
  dump?.(`${kind}/30-regions.txt`, printRegions(fused));
  const lowered = lower(fused, caps, tuned.choose, known);
  const planned = plan(lowered, stored, kind, caps);
  const { program } = planned;
  dump?.(`${kind}/40-kernels.txt`, program.kernels.map(printPlain).join("\n"));
  dump?.(`${kind}/50-plan.txt`, printProgram(program));
  dump?.(`${kind}/60-kernels.${target.extension}`, target.print(program.kernels));
  return { fused, lowered, ...planned };
}

function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(
    keys.filter((k) => from[k] !== undefined).map((k) => [k, from[k]]),
  ) as Pick<T, K>;
}
