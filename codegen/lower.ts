/** Gives each region to a recipe: from fused regions to kernels with what they bind. Knows no buffers and no order but the given one. */
import type { Graph, Node } from "../src/graph/graph.ts";
import type { Fused, Region } from "../src/passes/regions.ts";
import { isDequantize } from "./dequantize.ts";
import type { Caps } from "./kernel.ts";
import { naming } from "./over-limits.ts";
import type { Piece } from "./program.ts";
import type { Lowered } from "./recipe.ts";
import { type Cuts, cutParameters, regionPieces, type StandIn } from "./splits.ts";
import {
  firstChoice,
  type KnownRegions,
  type Schedules,
  type Write,
  type Written,
  writeOnce,
  writeRegion,
} from "./write-region.ts";

/** What a copy is made for: an output or a next state that no other region may write, or the ring that a ringWrite starts from. */
export type Target =
  | { readonly kind: "output" | "next"; readonly name: string }
  | { readonly kind: "node"; readonly node: Node };

/** Kernels of a region, or of a region on one piece of a parameter. */
export type LoweredPart = {
  readonly lowered: Lowered;
  readonly split: { readonly standIns: readonly StandIn[]; readonly piece: Piece } | null;
};

export type LoweredRegion = Omit<Written, "lowered"> & {
  readonly region: Region;
  /** One, or one a piece. */
  readonly parts: readonly LoweredPart[];
  /** Set for copies: where the region's only output goes. */
  readonly target: Target | null;
};

/**
 * The kernels of all regions, in the order in which they can run. What is `known` was written for the same caps and schedules.
 * Throws OverLimits where the device cannot hold it.
 */
export function lower(
  fused: Fused,
  caps: Caps,
  schedules: Schedules = firstChoice,
  known: KnownRegions = new Map(),
): readonly LoweredRegion[] {
  const work = withCopies(fused);
  const cuts = cutParameters(
    work.map((w) => w.region),
    caps,
  );
  const write = writeOnce(
    (region) => naming(region.outputs.at(-1), () => writeRegion(region, caps, schedules)),
    known,
  );
  return separateGathers(work, cuts).map(({ region, target }) => ({
    ...lowerRegion(region, cuts, caps, write),
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
    for (const written of outputs)
      if (written.op === "ringWrite" && !isInPlace(written, graph, regions))
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
function isInPlace(written: Node, graph: Graph, regions: readonly Region[]): boolean {
  const state = graph.states.find((s) => s.next === written && s.current === written.inputs[0]);
  if (!state) return false;
  const at = regions.findIndex((r) => r.outputs.includes(written));
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
    const rows = gathers.map((gather) => castOf(gather, w.region));
    const before = rows.map(
      (row, i): Work => ({
        region: pruned({
          name: `gather ${gathers[i]!.label}`.trim(),
          anchor: null,
          inputs: w.region.inputs,
          body: w.region.body,
          outputs: [row],
        }),
        target: null,
      }),
    );
    const rest = (n: Node) => !rows.includes(n);
    const [body, outputs] = [w.region.body.filter(rest), w.region.outputs.filter(rest)];
    if (outputs.length === 0) return before;
    return [
      ...before,
      {
        ...w,
        region: pruned({ ...w.region, inputs: [...w.region.inputs, ...rows], body, outputs }),
      },
    ];
  });
}

/** What all readers in the region make of a node, where that is one cast, as of rows of a stored half; else the node. */
function castOf(node: Node, { body, outputs }: Region): Node {
  const [reader, ...others] = body.filter((n) => n.inputs.includes(node));
  return reader?.op === "cast" && others.length === 0 && !outputs.includes(node) ? reader : node;
}

function readsAny(gather: Node, cuts: Cuts): boolean {
  let table = gather.inputs[0]!;
  while (table.op === "cast" || table.op === "transpose" || isDequantize(table))
    table = table.inputs[0]!;
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
  cuts: Cuts,
  caps: Caps,
  write: Write,
): Omit<LoweredRegion, "target"> {
  const pieces = regionPieces(region, cuts, caps);
  if (!pieces) {
    const { lowered, ...by } = write(region);
    return { region, ...by, parts: [{ lowered, split: null }] };
  }
  const parts = pieces.map(({ region: cut, ...split }) => ({ written: write(cut), split }));
  const { recipe, schedule, offered } = parts[0]!.written;
  const microseconds = sumOver(parts, (w) => w.microseconds);
  const first = sumOver(parts, (w) => w.first);
  return {
    region,
    recipe,
    schedule,
    offered,
    ...(microseconds === undefined ? {} : { microseconds }),
    ...(first === undefined ? {} : { first }),
    parts: parts.map(({ written, split }) => ({ lowered: written.lowered, split })),
  };
}

/** A measured time of all pieces together; undefined where one has none. */
function sumOver(
  parts: readonly { readonly written: Written }[],
  time: (written: Written) => number | undefined,
): number | undefined {
  const all = parts.flatMap(({ written }) => time(written) ?? []);
  return all.length < parts.length ? undefined : all.reduce((sum, n) => sum + n, 0);
}
