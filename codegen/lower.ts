/** Gives each region to a recipe: from fused regions to kernels with what they bind. Knows no buffers and no order but the given one. */
import { CompilerBug } from "../src/graph/bug.ts";
import type { Graph, Node } from "../src/graph/graph.ts";
import type { Fused, Region } from "../src/passes/regions.ts";
import { visit } from "./build.ts";
import type { Caps, Kernel, Memory } from "./kernel.ts";
import type { Piece } from "./program.ts";
import type { Choice, Lowered, LoweredKernel, Recipe, Schedule } from "./recipe.ts";
import { recipes } from "./recipes.ts";
import { simplifyKernel } from "./simplify.ts";
import { type Cuts, cutParameters, regionPieces } from "./splits.ts";
import { verifyKernel } from "./verify.ts";
import { nameOf } from "./views.ts";

/** What a copy is made for: an output or a next state that no other region may write, or the ring that a ringWrite starts from. */
export type Target =
  | { readonly kind: "output" | "next"; readonly name: string }
  | { readonly kind: "node"; readonly node: Node };

/** Kernels of a region, or of a region on one piece of a parameter. */
export type LoweredPart = {
  readonly lowered: Lowered;
  /** Where kernels bind `standIn`, this piece of the parameter belongs. */
  readonly split: {
    readonly parameter: Node;
    readonly standIn: Node;
    readonly piece: Piece;
  } | null;
};

export type LoweredRegion = {
  readonly region: Region;
  readonly recipe: string;
  readonly schedule: Schedule;
  /** One, or one a piece. */
  readonly parts: readonly LoweredPart[];
  /** Set for copies: where the region's only output goes. */
  readonly target: Target | null;
};

/** Picks one of a recipe's choices; the first is the recipe's own. */
export type Schedules = (region: Region, recipe: Recipe, choices: readonly Choice[]) => Choice;

const firstChoice: Schedules = (region, recipe, choices) => {
  const [first] = choices;
  if (!first) throw new CompilerBug(`${recipe.name} offers nothing for ${region.name}`);
  return first;
};

/** The kernels of all regions, in the order in which they can run. */
export function lower(
  fused: Fused,
  caps: Caps,
  schedules: Schedules = firstChoice,
): readonly LoweredRegion[] {
  const work = withCopies(fused);
  const cuts = cutParameters(
    work.map((w) => w.region),
    caps,
  );
  return separateGathers(work, cuts).map(({ region, target }) => ({
    ...lowerRegion(region, caps, cuts, schedules),
    target,
  }));
}

type Work = { readonly region: Region; readonly target: Target | null };

const isLeaf = (node: Node) =>
  node.op === "parameter" || node.op === "input" || node.op === "state";

/** A region that copies `from`; a reshape to its own shape, which only code generation ever sees. */
function copyRegion(from: Node, target: Target): Work {
  const copy = {
    ...from,
    id: -1 - from.id,
    op: "reshape",
    attrs: { shape: from.type.shape },
    inputs: [from],
  } as Node;
  return {
    region: {
      name: `copy ${from.label || from.op}`,
      anchor: null,
      inputs: [from],
      body: [copy],
      outputs: [copy],
    },
    target,
  };
}

/** Every output and next state gets a node that is its alone, and every ring that is not written in place a copy to start from. */
function withCopies({ graph, regions }: Fused): readonly Work[] {
  const work: Work[] = [];
  for (const region of regions) {
    const outputs = region.outputs.filter((n) => !isLeaf(n));
    if (outputs.length === 0) continue;
    const written = region.anchor?.op === "ringWrite" ? region.anchor : null;
    if (written && !isInPlace(written, graph, regions))
      work.push(copyRegion(written.inputs[0]!, { kind: "node", node: written }));
    work.push({ region: { ...region, outputs }, target: null });
  }
  const taken = new Set<Node>();
  const targets = [
    ...graph.states.map((s) => ({
      node: s.next,
      target: { kind: "next", name: s.name } as const,
      kept: s.next === s.current,
    })),
    ...Object.entries(graph.outputs).map(([name, node]) => ({
      node,
      target: { kind: "output", name } as const,
      kept: false,
    })),
  ];
  for (const { node, target, kept } of targets) {
    if (!kept && (taken.has(node) || isLeaf(node))) work.push(copyRegion(node, target));
    taken.add(node);
  }
  return work;
}

/** Whether a ring's new values may overwrite the old: it is its state's next value, and nobody reads the old ones afterwards. */
export function isInPlace(written: Node, graph: Graph, regions: readonly Region[]): boolean {
  const state = graph.states.find((s) => s.next === written && s.current === written.inputs[0]);
  if (!state) return false;
  const at = regions.findIndex((r) => r.anchor === written);
  const reads = (r: Region) =>
    r.body.some((n) => n !== written && n.inputs.includes(state.current));
  const wanted = [...Object.values(graph.outputs), ...graph.states.map((s) => s.next)];
  return !regions.slice(at).some(reads) && !wanted.includes(state.current);
}

/** Only elementwise regions gather from a table in pieces; others get such rows from a region before them. */
function separateGathers(work: readonly Work[], cuts: Cuts): readonly Work[] {
  return work.flatMap((w) => {
    const gathers = w.region.body.filter((n) => n.op === "gather" && readsAny(n, cuts));
    if (gathers.length === 0 || (w.region.anchor === null && gathers.length === 1)) return [w];
    const before = gathers.map(
      (gather): Work => ({
        region: pruned({
          name: `gather ${gather.label}`.trim(),
          anchor: null,
          inputs: w.region.inputs,
          body: w.region.body,
          outputs: [gather],
        }),
        target: null,
      }),
    );
    const rest = (n: Node) => !gathers.includes(n as (typeof gathers)[number]);
    const [body, outputs] = [w.region.body.filter(rest), w.region.outputs.filter(rest)];
    if (outputs.length === 0) return before;
    return [
      ...before,
      {
        ...w,
        region: pruned({ ...w.region, inputs: [...w.region.inputs, ...gathers], body, outputs }),
      },
    ];
  });
}

function readsAny(gather: Node, cuts: Cuts): boolean {
  let table = gather.inputs[0]!;
  while (table.op === "cast" || table.op === "transpose") table = table.inputs[0]!;
  return cuts.has(table);
}

/** The region without what its outputs do not need. */
function pruned(region: Region): Region {
  const needed = new Set(region.outputs);
  for (const node of region.body.toReversed())
    if (needed.has(node)) for (const n of node.inputs) needed.add(n);
  const keep = (n: Node) => needed.has(n);
  return { ...region, inputs: region.inputs.filter(keep), body: region.body.filter(keep) };
}

function lowerRegion(
  region: Region,
  caps: Caps,
  cuts: Cuts,
  schedules: Schedules,
): Omit<LoweredRegion, "target"> {
  const pieces = regionPieces(region, cuts);
  if (!pieces) {
    const { recipe, schedule, lowered } = write(region, caps, schedules);
    return { region, recipe, schedule, parts: [{ lowered, split: null }] };
  }
  const bySize = new Map<number, ReturnType<typeof write>>();
  const parts = pieces.map(({ region: cut, ...split }) => {
    const written = bySize.get(split.piece.size) ?? write(cut, caps, schedules);
    bySize.set(split.piece.size, written);
    return { written, split };
  });
  const standIn = (split: (typeof parts)[number]["split"]) =>
    parts.find((p) => p.split.piece.size === split.piece.size)!.split.standIn;
  const { recipe, schedule } = parts[0]!.written;
  return {
    region,
    recipe,
    schedule,
    parts: parts.map((p) => ({
      lowered: p.written.lowered,
      split: { ...p.split, standIn: standIn(p.split) },
    })),
  };
}

function write(
  region: Region,
  caps: Caps,
  schedules: Schedules,
): { recipe: string; schedule: Schedule; lowered: Lowered } {
  const recipe = recipes.find((r) => r.accepts(region, caps));
  if (!recipe)
    throw new CompilerBug(
      `no recipe accepts ${region.name}, anchored at ${region.anchor ? nameOf(region.anchor) : "nothing"}`,
    );
  const { schedule, build } = schedules(region, recipe, recipe.choices(region, caps));
  const { kernels, scratch } = build();
  const finished = kernels.map((k) => finish(k, region, caps));
  return { recipe: recipe.name, schedule, lowered: { kernels: finished, scratch } };
}

/** The kernel simplified and checked, without buffers that it does not use. */
function finish(
  { kernel, bindings, grid }: LoweredKernel,
  region: Region,
  caps: Caps,
): LoweredKernel {
  const simple = simplifyKernel(kernel);
  const used = memoriesUsed(simple);
  const keep = (i: number) => used.has(kernel.buffers[i]!.memory.name);
  const buffers = simple.buffers.filter((_, i) => keep(i));
  if (buffers.length > caps.maxBuffersPerKernel)
    throw new CompilerBug(
      `${region.name} binds ${buffers.length} buffers, ${caps.maxBuffersPerKernel} are allowed`,
    );
  return {
    kernel: verifyKernel({ ...simple, buffers }, caps),
    bindings: bindings.filter((_, i) => keep(i)),
    grid,
  };
}

function memoriesUsed(kernel: Kernel): ReadonlySet<string> {
  const used = new Set<string>();
  const add = (m: Memory) => used.add(m.name);
  visit(
    kernel.body,
    (e) => e.kind === "load" && add(e.from),
    (s) => s.kind === "store" && add(s.to),
  );
  return used;
}
