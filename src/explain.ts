/** Explains a compiled model: which region computes which values, with which recipe and kernels, and at what cost. */
import { fewRows } from "../codegen/recipes/product.ts";
import { totalTraffic, trafficOf } from "../codegen/traffic.ts";
import type { Compiled, CompiledEntry } from "./compile.ts";
import type { EntryProfile } from "./execute/profile.ts";
import { arrange } from "./explain/arrange.ts";
import { boundariesOf, type Neighbourhood } from "./explain/boundaries.ts";
import { describeDispatches, groupByKernel } from "./explain/dispatches.ts";
import type {
  DispatchExplanation,
  EntryExplanation,
  Explanation,
  MemoryExplanation,
} from "./explain/explanation.ts";
import { type Described, describeRegion, stepsOf } from "./explain/region.ts";
import { generalise, type Numbered, tellOnce } from "./explain/repeats.ts";
import { concerns, pathsOf } from "./explain/select.ts";
import { flopsOf } from "./graph/cost.ts";
import type { Node } from "./graph/graph.ts";
import { ValueNames } from "./graph/value-names.ts";
import { fuse } from "./passes/fuse.ts";
import type { DeviceFigures } from "./tune/file.ts";

export type * from "./explain/explanation.ts";
export { type PrintOptions, printExplanation } from "./explain/print.ts";

export type ExplainOptions = {
  /** What the device of its caps is called; "this device". */
  readonly device?: string;
  /** Only what computes the values of this name: a path such as `layers.0.mix.h`, the end of one, or an instance's path. */
  readonly name?: string;
  /** The device's, for predicted times. */
  readonly figures?: DeviceFigures;
  /** What the file of measured schedules is called. */
  readonly schedules?: string;
  /** What entries took on the device, by name. */
  readonly profiles?: Readonly<Record<string, EntryProfile>>;
  readonly memory?: MemoryExplanation;
};

/** All entries of a compiled model. Throws a UserError where nothing has the name. */
export function explain(compiled: Compiled, options: ExplainOptions = {}): Explanation {
  const { model, batch, chunk, caps } = compiled;
  const wanted = options.name === undefined ? null : pathsOf(compiled, options.name);
  const { device = "this device", figures = null, schedules = null, memory = null } = options;
  const entries = Object.entries(compiled.entries).map(([entry, of]) => {
    const profile = options.profiles?.[entry] ?? null;
    const asked = { wanted, maxBuffers: caps.maxBuffersPerKernel, figures, profile };
    return explainEntry(entry, of, asked);
  });
  return { model: model.name, device, batch, chunk, figures, schedules, memory, entries };
}

type Asked = {
  readonly wanted: readonly string[] | null;
  readonly maxBuffers: number;
  readonly figures: DeviceFigures | null;
  readonly profile: EntryProfile | null;
};

function explainEntry(
  name: string,
  entry: CompiledEntry,
  { wanted, maxBuffers, figures, profile }: Asked,
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
  const dispatches = describeDispatches(
    entry,
    described.traffic,
    figures,
    profile?.dispatches ?? null,
  );
  const runIn = dispatchesByRegion(dispatches);
  const run = dispatches.filter(({ members }) =>
    members.some((m) => shown.some(({ number }) => number === m.region)),
  );
  return {
    entry: name,
    regions: tellOnce(shown).map((group) => ({
      ...generalise(group),
      dispatches: group.map(({ number }) => runIn.get(number) ?? []),
      beside: regionsBeside(group[0]!.number, entry),
      boundaries: boundariesOf(group[0]!.number - 1, hood),
    })),
    dispatches: run,
    kernels: groupByKernel(run, entry),
    totals: totalsOf(entry),
    profile,
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

/** The numbers of the dispatches, from 1, that run kernels of a region. */
function dispatchesByRegion(
  dispatches: readonly DispatchExplanation[],
): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>();
  for (const { number, members } of dispatches)
    for (const region of new Set(members.map((m) => m.region)))
      found.set(region, [...(found.get(region) ?? []), number]);
  return found;
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
