/** Explains a compiled model: which region computes which values, with which recipe and kernels, and at what cost. */
import { fewRows } from "../codegen/recipes/product.ts";
import { totalTraffic, trafficOf } from "../codegen/traffic.ts";
import type { Compiled, CompiledEntry } from "./compile.ts";
import { arrange } from "./explain/arrange.ts";
import { boundariesOf, type Neighbourhood } from "./explain/boundaries.ts";
import type { EntryExplanation, Explanation } from "./explain/explanation.ts";
import { type Described, describeRegion, stepsOf } from "./explain/region.ts";
import { generalise, type Numbered, tellOnce } from "./explain/repeats.ts";
import { concerns, pathsOf } from "./explain/select.ts";
import { flopsOf } from "./graph/cost.ts";
import type { Node } from "./graph/graph.ts";
import { ValueNames } from "./graph/value-names.ts";
import { fuse } from "./passes/fuse.ts";

export type * from "./explain/explanation.ts";
export { printExplanation } from "./explain/print.ts";

export type ExplainOptions = {
  /** What the device of its caps is called; "this device". */
  readonly device?: string;
  /** Only what computes the values of this name: a path such as `layers.0.mix.h`, the end of one, or an instance's path. */
  readonly name?: string;
};

/** All entries of a compiled model. Throws a UserError where nothing has the name. */
export function explain(compiled: Compiled, options: ExplainOptions = {}): Explanation {
  const { model, batch, chunk, caps } = compiled;
  const wanted = options.name === undefined ? null : pathsOf(compiled, options.name);
  const entries = Object.entries(compiled.entries).map(([entry, of]) =>
    explainEntry(entry, of, caps.maxBuffersPerKernel, wanted),
  );
  const { device = "this device" } = options;
  return { model: model.name, device, batch, chunk, entries };
}

function explainEntry(
  name: string,
  entry: CompiledEntry,
  maxBuffers: number,
  wanted: readonly string[] | null,
): EntryExplanation {
  const names = new ValueNames(entry.graph);
  const makers = new Map(
    entry.lowered.flatMap(({ region }, i) => region.outputs.map((node) => [node, i + 1] as const)),
  );
  const described: Described = { entry, names, makers, traffic: trafficOf(entry.separate) };
  const all = describeAll(described);
  const asked = wanted && new Set(wanted);
  const shown = asked ? all.filter(({ region }) => concerns(region, asked, names)) : all;
  const hood = neighbourhood(entry, names, maxBuffers);
  return {
    entry: name,
    regions: tellOnce(shown).map((group) => ({
      ...generalise(group),
      beside: regionsBeside(group[0]!.number, entry),
      boundaries: boundariesOf(group[0]!.number - 1, hood),
    })),
    totals: totalsOf(entry),
    absent: (wanted ?? []).filter(
      (path) => !all.some(({ region }) => concerns(region, new Set([path]), names)),
    ),
  };
}

function describeAll(described: Described): readonly Numbered[] {
  let step = 0;
  return described.entry.lowered.map((lowered, i) => {
    const region = arrange(lowered.region);
    const own = describeRegion(described, region, lowered, step);
    step += stepsOf(lowered);
    return { number: i + 1, region, own };
  });
}

/** The numbers of the regions with a step in one dispatch with this one's. */
function regionsBeside(number: number, { lowered, joined }: CompiledEntry): readonly number[] {
  const numbers = lowered.flatMap((l, i) => Array<number>(stepsOf(l)).fill(i + 1));
  const together = joined.map((steps) => steps.map((s) => numbers[s]!));
  const others = together.filter((g) => g.includes(number)).flat();
  return [...new Set(others)].filter((n) => n !== number).sort((a, b) => a - b);
}

/** What every anchor's region would hold if kernels bound any number of buffers. */
function neighbourhood(
  { graph, lowered }: CompiledEntry,
  names: ValueNames,
  maxBuffers: number,
): Neighbourhood {
  const unlimited = new Map<Node, ReadonlySet<Node>>();
  for (const { anchor, body } of fuse(graph, { maxBuffers: Number.POSITIVE_INFINITY, fewRows })
    .regions)
    if (anchor) unlimited.set(anchor, new Set(body));
  return { regions: lowered.map((l) => l.region), names, unlimited, maxBuffers };
}

function totalsOf({ lowered, program, separate }: CompiledEntry): EntryExplanation["totals"] {
  return {
    ...totalTraffic(separate),
    flops: lowered
      .flatMap(({ region }) => region.body)
      .reduce((total, node) => total + flopsOf(node), 0),
    regions: lowered.length,
    kernels: program.kernels.length,
    dispatches: program.steps.length,
    arenaBytes: program.slots.reduce((a, b) => a + b, 0),
  };
}
