/** The recurrence in every form that is compared, as programs over the same parameters. Knows no device. */
import { fuseOptions } from "../../codegen/fuse-options.ts";
import type { Caps, Kernel } from "../../codegen/kernel.ts";
import { lower } from "../../codegen/lower.ts";
import { type Planned, plan } from "../../codegen/plan.ts";
import type { Program } from "../../codegen/program.ts";
import type { Choice } from "../../codegen/recipe.ts";
import { placeInSlots } from "../../codegen/slots.ts";
import type { Schedules } from "../../codegen/write-region.ts";
import type { Graph, Node } from "../../src/graph/graph.ts";
import { fuse } from "../../src/passes/fuse.ts";
import type { Fused, Region } from "../../src/passes/regions.ts";
import { copyProgram } from "../../src/tune/figure-programs.ts";
import { associativeProgram } from "./associative.ts";
import { gatedScan, gatesAlone, plainScan } from "./graphs.ts";
import { cellsOf, type Point, type Variant } from "./sizes.ts";

export type Form = { readonly program: Program<Kernel>; readonly graph: Graph };
export type Forms = {
  readonly forms: Readonly<Partial<Record<Variant, Form>>>;
  readonly chosen: "sequential" | "tiled";
};

const isTiled = ({ schedule }: Choice) => "chunk" in schedule;

export function formsOf(point: Point, caps: Caps): Forms {
  const { graph, stored } = gatedScan(point);
  const fused = fuse(graph, fuseOptions(caps));
  let chosen: Forms["chosen"] = "sequential";
  let canTile = false;
  lower(fused, caps, (region, _recipe, choices) => {
    if (region.anchor?.op === "scan") {
      chosen = isTiled(choices[0]!) ? "tiled" : "sequential";
      canTile = choices.some(isTiled);
    }
    return choices[0]!;
  });
  const planned = (of: Fused, tiled: boolean): Form => {
    const { program } = planIn(tiled, of, caps);
    return { program, graph: of.graph };
  };
  const gates = planned(fuse(gatesAlone(point), fuseOptions(caps)), false);
  const plain = planned(fuse(plainScan(point), fuseOptions(caps)), false);
  // The scan reads two tensors and writes one; a copy of one and a half reads and writes as much.
  const copy = copyProgram(1.5 * cellsOf(point), 4, caps);
  return {
    chosen,
    forms: {
      sequential: planned(fused, false),
      ...(canTile ? { tiled: planned(fused, true) } : {}),
      unfused: oneByOne(unfused(fused, stored), caps),
      associative: { ...gates, program: associativeProgram(gates.program, point, caps) },
      "plain sequential": plain,
      copy: { program: copy, graph: { name: "copy", outputs: {}, states: [] } },
    },
  };
}

function planIn(tiled: boolean, of: Fused, caps: Caps): Planned {
  const pick: Schedules = (_region, _recipe, choices) =>
    choices.find((c) => isTiled(c) === tiled) ?? choices[0]!;
  return plan(lower(of, caps, pick), of.graph, "scan", caps);
}

/** Every kernel is a step of its own, short as it may be. */
function oneByOne(of: Fused, caps: Caps): Form {
  const { separate } = planIn(false, of, caps);
  return { program: placeInSlots(separate), graph: of.graph };
}

/** One region for each of the nodes that are stored before the scan, and the scan that reads them. */
function unfused({ graph, regions }: Fused, stored: readonly Node[]): Fused {
  const makers = stored.map((node) => regionOf(node, stored));
  const last = regions.map((region): Region => {
    const kept = new Set(region.outputs);
    for (const node of region.body.toReversed())
      if (kept.has(node) && !stored.includes(node)) for (const n of node.inputs) kept.add(n);
    const body = region.body.filter((n) => kept.has(n) && !stored.includes(n));
    const read = body.flatMap((n) => n.inputs).filter((n) => !body.includes(n));
    return { ...region, body, inputs: [...new Set(read)] };
  });
  return { graph, regions: [...makers, ...last] };
}

/** Everything between a node and what is stored or given. */
function regionOf(node: Node, stored: readonly Node[]): Region {
  const body: Node[] = [];
  const inputs: Node[] = [];
  const visit = (n: Node): void => {
    if (body.includes(n) || inputs.includes(n)) return;
    if (n !== node && (n.op === "parameter" || stored.includes(n))) {
      inputs.push(n);
      return;
    }
    n.inputs.forEach(visit);
    body.push(n);
  };
  visit(node);
  return { name: `stored ${node.op}`, anchor: null, inputs, body, outputs: [node] };
}
