/** The journey from text to programs. The only file that knows the order of the stages. */

import { entrySpec } from "../codegen/entry-spec.ts";
import { type Caps, type Kernel, minimumCaps } from "../codegen/kernel.ts";
import { lower } from "../codegen/lower.ts";
import { plan } from "../codegen/plan.ts";
import { printPlain } from "../codegen/print.ts";
import { printProgram, printRegions } from "../codegen/print-program.ts";
import type { Program } from "../codegen/program.ts";
import { claims } from "../codegen/recipes.ts";
import { isCut } from "../codegen/splits.ts";
import { firstChoice, type KnownRegions } from "../codegen/write-region.ts";
import type { Diagnostic } from "../dsl/diagnostics.ts";
import { checkFile, elaborate } from "../dsl/elaborate.ts";
import type { Model, Settings } from "../dsl/model.ts";
import { type Parsed, parse } from "../dsl/parse.ts";
import { printAst } from "../dsl/print.ts";
import type { File } from "../dsl/syntax.ts";
import type { EntrySpec } from "../targets/executor.ts";
import { toKernelText } from "../targets/wgsl/print.ts";
import { UserError } from "./graph/bug.ts";
import type { Graph } from "./graph/graph.ts";
import { printGraph } from "./graph/print.ts";
import { verify } from "./graph/verify.ts";
import { type EntryKind, entryGraph } from "./passes/entry.ts";
import { expand } from "./passes/expand.ts";
import { fuse } from "./passes/fuse.ts";
import { type Precision, setPrecision } from "./passes/precision.ts";
import type { Fused } from "./passes/regions.ts";
import { simplify } from "./passes/simplify.ts";

export type Source = { readonly file: string; readonly text: string };

export type CompileOptions = {
  /** The standard library's files; see standardLibrary(). */
  readonly standard: readonly Source[];
  /** A model or block of the source; its last model when left out. */
  readonly target?: string;
  /** Title of one of the model's named configurations. */
  readonly config?: string;
  readonly settings?: Settings;
  /** Rows that run side by side; 1. */
  readonly batch?: number;
  /** Tokens that prefill and score take in one call; 128. */
  readonly chunk?: number;
  /** Most tokens of a stream through attention without a window; 2048. */
  readonly context?: number;
  readonly caps?: Caps;
  readonly precision?: Precision;
  readonly entries?: readonly EntryKind[];
  /** For a block: shapes of its tensor arguments [batch, chunk, …], and a prefix of its parameters' names. */
  readonly inputs?: Readonly<Record<string, readonly number[]>>;
  readonly path?: string;
  /** Paths of instances or named values that `score` gives as outputs, too. */
  readonly taps?: readonly string[];
  /** Receives every stage as numbered text; verification runs after each pass when given. */
  readonly dump?: (name: string, text: string) => void;
};

/** One entry at every stage that others look at. */
export type CompiledEntry = {
  readonly graph: Graph;
  readonly fused: Fused;
  readonly program: Program<Kernel>;
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

/** Parses the sources and finds every mistake in them without building a model. */
export function check(
  sources: readonly Source[],
  standard: readonly Source[],
): readonly Diagnostic[] {
  const { files, diagnostics } = parseAll([...standard, ...sources]);
  const own = files.filter((f) => sources.some((s) => s.file === f.file));
  if (diagnostics.some(isError) && own.every((f) => f.items.length === 0)) return diagnostics;
  return [...diagnostics, ...checkFile(files, own)];
}

/** Compiles one model or block of `sources` for the entries asked for. */
export function compile(sources: readonly Source[], options: CompileOptions): CompileResult {
  const { files, diagnostics } = parseAll([...options.standard, ...sources]);
  const own = files.filter((f) => sources.some((s) => s.file === f.file));
  for (const f of own) options.dump?.("05-ast.txt", printAst(f));
  if (diagnostics.some(isError)) return { compiled: null, diagnostics };
  const target = options.target ?? lastModel(own);
  const { batch = 1, chunk = 128, context = 2048, caps = minimumCaps } = options;
  const entries: Record<string, CompiledEntry> = {};
  let model: Model | null = null;
  const elaborated = new Map<number, ReturnType<typeof elaborate>>();
  const elaborateFor = (tokens: number) =>
    elaborate(files, target, {
      ...pick(options, ["settings", "config", "path"]),
      ...(options.inputs ? { inputs: shapesFor(options.inputs, tokens) } : {}),
      ...{ batch, tokens, chunk, context },
    });
  const known: KnownRegions = new Map();
  for (const kind of options.entries ?? (["prefill", "score", "decode"] as const)) {
    const tokens = kind === "decode" ? 1 : chunk;
    const built = elaborated.get(tokens) ?? elaborateFor(tokens);
    elaborated.set(tokens, built);
    if (!built.model)
      return { compiled: null, diagnostics: [...diagnostics, ...built.diagnostics] };
    model ??= built.model;
    const graph = kind === "score" ? withTaps(built.model, options.taps ?? []) : built.model.graph;
    entries[kind] = compileEntry(graph, kind, caps, options, known);
  }
  if (!model)
    throw new UserError("compile was asked for no entries; name prefill, score or decode");
  return { compiled: { model, batch, chunk, caps, entries }, diagnostics };
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

/** From the graph that the text says to a program. */
function compileEntry(
  source: Graph,
  kind: EntryKind,
  caps: Caps,
  options: CompileOptions,
  known: KnownRegions,
): CompiledEntry {
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
  const graph = stage("25-expanded", expand(precise, claims));
  const fused = fuse(graph, {
    maxBuffers: caps.maxBuffersPerKernel,
    isCut: (node) => isCut(node, caps),
  });
  dump?.(`${kind}/30-regions.txt`, printRegions(fused));
  const program = plan(lower(fused, caps, firstChoice, known), graph, kind);
  dump?.(`${kind}/40-kernels.txt`, program.kernels.map(printPlain).join("\n"));
  dump?.(`${kind}/50-plan.txt`, printProgram(program));
  dump?.(`${kind}/60-kernels.wgsl`, program.kernels.map((k) => toKernelText(k).code).join("\n"));
  return { graph, fused, program, spec: entrySpec(program) };
}

const parsedBefore = new WeakMap<Source, Parsed>();

/** A source that was parsed before, as the standard library's are, is not parsed again. */
function parseOnce(source: Source): Parsed {
  const parsed = parsedBefore.get(source) ?? parse(source.file, source.text);
  parsedBefore.set(source, parsed);
  return parsed;
}

function parseAll(sources: readonly Source[]): {
  files: readonly File[];
  diagnostics: readonly Diagnostic[];
} {
  const parsed = sources.map(parseOnce);
  return { files: parsed.map((p) => p.ast), diagnostics: parsed.flatMap((p) => p.diagnostics) };
}

function lastModel(files: readonly File[]): string {
  const models = files.flatMap((f) => f.items.filter((i) => i.kind === "model"));
  return models.at(-1)?.name.text ?? "";
}

function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(
    keys.filter((k) => from[k] !== undefined).map((k) => [k, from[k]]),
  ) as Pick<T, K>;
}
