/** Describes one lowered region: what it computes around its anchor, what it reads and writes, its kernels and its cost. */
import { workgroupBytesOf } from "../../codegen/bytes.ts";
import type { Kernel } from "../../codegen/kernel.ts";
import type { LoweredRegion } from "../../codegen/lower.ts";
import { bytesOfNode } from "../../codegen/packing.ts";
import type { Step, Unplaced } from "../../codegen/program.ts";
import { productOf } from "../../codegen/recipes/product.ts";
import { recipes } from "../../codegen/recipes.ts";
import type { Traffic } from "../../codegen/traffic.ts";
import type { CompiledEntry } from "../compile.ts";
import { flopsOf } from "../graph/cost.ts";
import type { Graph, Node } from "../graph/graph.ts";
import type { ValueNames } from "../graph/value-names.ts";
import type { Region } from "../passes/regions.ts";
import type {
  Anchor,
  Chosen,
  KernelUse,
  Part,
  RegionExplanation,
  StoredTensor,
} from "./explanation.ts";

/** What descriptions of an entry's regions share. */
export type Described = {
  readonly entry: CompiledEntry;
  readonly names: ValueNames;
  /** The number of the region that makes a value. */
  readonly makers: ReadonlyMap<Node, number>;
  readonly traffic: readonly Traffic[];
};

export type OwnRegion = Omit<
  RegionExplanation,
  "numbers" | "indices" | "dispatches" | "beside" | "boundaries"
>;

/** Names of nodes as they are seen from one region. */
type Near = { readonly names: ValueNames; readonly near: string };

/** One region by itself, arranged; `firstStep` is where its steps begin in the program. */
export function describeRegion(
  { entry, names, makers, traffic }: Described,
  region: Region,
  lowered: LoweredRegion,
  firstStep: number,
): OwnRegion {
  const { parts, recipe, schedule } = lowered;
  const { prologue, epilogue } = sidesOf(region);
  const count = stepsOf(lowered);
  const steps = entry.separate.steps.slice(firstStep, firstStep + count);
  const moved = traffic.slice(firstStep, firstStep + count);
  const sum = (pick: (t: Traffic) => number) => moved.reduce((total, t) => total + pick(t), 0);
  const near = { names, near: leadOf(region, names) };
  const stored = (node: Node) => describeStored(node, near);
  return {
    name: region.name,
    recipe,
    schedule,
    declined: recipes
      .slice(
        0,
        recipes.findIndex((r) => r.name === recipe),
      )
      .map((r) => r.name),
    because: reasonOf(region),
    chosen: chosenBy(lowered),
    anchor: region.anchor && describeAnchor(region.anchor, anchorsOf(region), near),
    prologue: describePart(prologue, near),
    epilogue: describePart(epilogue, near),
    reads: region.inputs.map((node) => ({ ...stored(node), madeBy: makers.get(node) ?? null })),
    writes: region.outputs.map((node) => ({ ...stored(node), kind: writtenAs(node, entry.graph) })),
    pieces: parts.length,
    kernels: describeKernels(entry.separate, steps),
    cost: {
      flops: region.body.reduce((total, node) => total + flopsOf(node), 0),
      read: sum((t) => t.read),
      written: sum((t) => t.written),
    },
  };
}

export const chosenBy = ({ offered, microseconds, first }: LoweredRegion): Chosen => ({
  by: microseconds === undefined ? "recipe" : "measurement",
  offered,
  alone: microseconds ?? null,
  first: first ?? null,
});

/** The path of what the region makes. */
export function leadOf({ anchor, outputs }: Region, names: ValueNames): string {
  const [path] = [...outputs.toReversed(), ...(anchor ? [anchor] : [])].flatMap(
    (node) => names.best(node) ?? [],
  );
  return path ?? "";
}

/** How many steps of the program a region has. */
export const stepsOf = ({ parts }: LoweredRegion): number =>
  parts.reduce((total, { lowered }) => total + lowered.kernels.length, 0);

/** The anchor and those of its kind that the recipe computes beside it. */
const anchorsOf = ({ anchor, body }: Region): readonly Node[] =>
  anchor?.op === "contract" ? body.filter((n) => n.op === "contract") : anchor ? [anchor] : [];

/** The body in front of the anchors, and the rest of it. */
function sidesOf(region: Region): {
  prologue: readonly Node[];
  epilogue: readonly Node[];
} {
  const { body } = region;
  const anchors = anchorsOf(region);
  const needed = new Set<Node>(anchors.flatMap((n) => n.inputs));
  for (const node of body.toReversed())
    if (needed.has(node)) for (const input of node.inputs) needed.add(input);
  const rest = body.filter((node) => !anchors.includes(node));
  return {
    prologue: rest.filter((node) => needed.has(node)),
    epilogue: rest.filter((node) => !needed.has(node)),
  };
}

const free: ReadonlySet<Node["op"]> = new Set([
  "constant",
  "iota",
  "cast",
  "reshape",
  "transpose",
  "broadcast",
  "slice",
  "concat",
]);

function describePart(nodes: readonly Node[], { names, near }: Near): Part {
  const operations: Record<string, number> = {};
  for (const node of nodes) {
    if (free.has(node.op)) continue;
    const name = operationOf(node);
    operations[name] = (operations[name] ?? 0) + 1;
  }
  return {
    values: nodes.flatMap((node) => names.best(node, near) ?? []),
    operations,
    flops: nodes.reduce((total, node) => total + flopsOf(node), 0),
  };
}

/** A node's operation by the name of its function where it has one. */
export function operationOf(node: Node): string {
  if (node.op === "map") return node.attrs.fn;
  if (node.op === "reduce") return `${node.attrs.fn} over an axis`;
  return node.op === "composite" ? node.attrs.name : node.op;
}

const describeAnchor = (node: Node, all: readonly Node[], { names, near }: Near): Anchor => ({
  op: operationOf(node),
  value: names.best(node, near),
  shape: node.type.shape,
  count: all.length,
  flops: all.reduce((sum, n) => sum + flopsOf(n), 0),
});

/** A node's path, or which named value it leads to. */
export function nameFor(node: Node, names: ValueNames, near = ""): string {
  const nearest = names.nearest(node, near);
  if (!nearest) return operationOf(node);
  return nearest.exact ? nearest.path : `on the way to ${nearest.path}`;
}

function describeStored(node: Node, { names, near }: Near): StoredTensor {
  const { dtype, shape } = node.type;
  const kind =
    node.op === "parameter" || node.op === "input" || node.op === "state" ? node.op : "value";
  const name = nameFor(node, names, near);
  return { name, kind, dtype, shape, bytes: bytesOfNode(node), madeBy: null };
}

function writtenAs(node: Node, graph: Graph): StoredTensor["kind"] {
  if (Object.values(graph.outputs).includes(node)) return "output";
  return graph.states.some((s) => s.next === node) ? "next state" : "value";
}

/** What the recipe that took the region goes by. */
function reasonOf({ anchor }: Region): string {
  if (!anchor) return "it has no anchor: every element is computed by itself";
  if (anchor.op === "contract") {
    const { batch, M, K, N } = productOf(anchor);
    const many = batch > 1 ? `${batch} products` : "a product";
    return `its anchor is ${many} of ${M} ${M === 1 ? "row" : "rows"} by ${N} columns, ${K} terms each`;
  }
  return `its anchor is a ${operationOf(anchor)}`;
}

/** The kernels of some steps, pieces of one kernel together. */
function describeKernels(program: Unplaced<Kernel>, steps: readonly Step[]): readonly KernelUse[] {
  const uses = new Map<number, KernelUse>();
  for (const { kernel: index, grid } of steps) {
    const kernel = program.kernels[index]!;
    const before = uses.get(index);
    const workgroups = grid[0] * grid[1] * grid[2];
    uses.set(index, {
      name: kernel.name,
      lanes: kernel.workgroupSize,
      workgroups: Math.max(workgroups, before?.workgroups ?? 0),
      dispatches: (before?.dispatches ?? 0) + 1,
      buffers: kernel.buffers.length,
      workgroupBytes: workgroupBytesOf(kernel),
    });
  }
  return [...uses.values()];
}
