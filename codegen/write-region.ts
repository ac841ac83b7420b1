/** One region's kernels: the first recipe that accepts writes them, once for all regions that differ in names alone. Knows no other regions. */
import { CompilerBug } from "../src/graph/bug.ts";
import { canonical } from "../src/graph/canonical.ts";
import type { Node } from "../src/graph/graph.ts";
import type { Region } from "../src/passes/regions.ts";
import type { Caps, Kernel, Memory } from "./kernel.ts";
import { namesOf, numbered } from "./numbered.ts";
import type { BindingOf, Choice, Lowered, LoweredKernel, Recipe, Schedule } from "./recipe.ts";
import { recipes } from "./recipes.ts";
import { simplifyKernel } from "./simplify.ts";
import { hideTurns } from "./turns.ts";
import { verifyKernel } from "./verify.ts";
import { nameOf } from "./views.ts";
import { touchedBy, visit } from "./visit.ts";

/** A choice; how long one run of it took where that was measured, and of the recipe's own choice beside it. */
export type Chosen = Choice & { readonly microseconds?: number; readonly first?: number };

/** Picks one of a recipe's choices, once for regions that differ in names alone. */
export type Schedules = (region: Region, recipe: Recipe, choices: readonly Choice[]) => Chosen;

/** The recipe's own choice. */
export const firstChoice: Schedules = (region, recipe, choices) => {
  const [first] = choices;
  if (!first) throw new CompilerBug(`${recipe.name} offers nothing for ${region.name}`);
  return first;
};

/** The kernels of one region and who wrote them. */
export type Written = {
  readonly recipe: string;
  readonly schedule: Schedule;
  /** How many the recipe offers. */
  readonly offered: number;
  /** One run of its kernels on the device, where that was measured, and of the recipe's own choice. */
  readonly microseconds?: number;
  readonly first?: number;
  readonly lowered: Lowered;
};
export type Write = (region: Region) => Written;

type Known = { readonly written: Written; readonly nodes: readonly Node[] };
/** What was written for other programs, by the regions' structure and names. */
export type KnownRegions = Map<string, Known>;

/**
 * Writes the first of the regions that differ in names alone; the others get its kernels with their own nodes bound. From
 * other programs come only kernels with the very names that they would have here, so that what is compiled beside a program
 * does not show in it.
 */
export function writeOnce(write: Write, elsewhere: KnownRegions): Write {
  const here = new Map<string, Known>();
  const texts = new Map<object, string>();
  const textOf = (attrs: object): string => {
    const text = texts.get(attrs) ?? canonical(attrs);
    texts.set(attrs, text);
    return text;
  };
  return (region) => {
    const { key, nodes } = numbered(region, textOf);
    const first = here.get(key);
    if (first) return rebound(first, nodes);
    const named = `${key}\n${namesOf(region, nodes)}`;
    const same = elsewhere.get(named);
    const known = { written: same ? rebound(same, nodes) : write(region), nodes };
    here.set(key, known);
    elsewhere.set(named, known);
    return known.written;
  };
}

/** The same kernels, bound to other nodes. */
function rebound({ written, nodes: from }: Known, to: readonly Node[]): Written {
  const place = new Map(from.map((node, i) => [node, i]));
  const swap = (b: BindingOf): BindingOf => {
    if (b.kind !== "node") return b;
    const node = to[place.get(b.node) ?? -1];
    if (!node) throw new CompilerBug(`${nameOf(b.node)} is bound outside its region`);
    return { kind: "node", node };
  };
  const { lowered } = written;
  const kernels = lowered.kernels.map((k) => ({ ...k, bindings: k.bindings.map(swap) }));
  return { ...written, lowered: { ...lowered, kernels } };
}

/** Asks the recipes in their order. */
export function writeRegion(region: Region, caps: Caps, schedules: Schedules): Written {
  const recipe = recipes.find((r) => r.accepts(region, caps));
  if (!recipe)
    throw new CompilerBug(
      `no recipe accepts ${region.name}, anchored at ${region.anchor ? nameOf(region.anchor) : "nothing"}`,
    );
  const choices = recipe.choices(region, caps);
  const { build, ...chosen } = schedules(region, recipe, choices);
  const { kernels, scratch } = build();
  const finished = kernels.map((k) => finish(k, region, caps));
  const lowered = { kernels: finished, scratch };
  return { recipe: recipe.name, offered: choices.length, ...chosen, lowered };
}

/** The kernel simplified and checked, without buffers that it does not use. */
function finish(
  { kernel, bindings, grid }: LoweredKernel,
  region: Region,
  caps: Caps,
): LoweredKernel {
  const short = simplifyKernel(kernel);
  const simple = caps.barriers === "dear" && grid[2] === 1 ? hideTurns(short) : short;
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
    (s) => {
      const { reads, writes } = touchedBy(s);
      for (const memory of [...reads, ...writes]) add(memory);
    },
  );
  return used;
}
