/** Says why tensors between regions are stored: what kept the region that makes one and the region that reads it apart. */
import type { Node } from "../graph/graph.ts";
import type { ValueNames } from "../graph/value-names.ts";
import { roleOf } from "../passes/fusion/roles.ts";
import type { Region } from "../passes/regions.ts";
import type { Boundary } from "./explanation.ts";
import { leadOf, nameFor, operationOf } from "./region.ts";

/** All regions of an entry, and what each would hold if kernels bound any number of buffers, by its anchor. */
export type Neighbourhood = {
  readonly regions: readonly Region[];
  readonly names: ValueNames;
  readonly unlimited: ReadonlyMap<Node, ReadonlySet<Node>>;
  readonly maxBuffers: number;
};

/** The boundaries of the region at a place, by what it reads and then by what it writes. */
export function boundariesOf(at: number, hood: Neighbourhood): readonly Boundary[] {
  const region = hood.regions[at]!;
  const near = leadOf(region, hood.names);
  const found: Boundary[] = [];
  for (const value of region.inputs) {
    const maker = hood.regions.findIndex((r) => r.outputs.includes(value));
    if (maker < 0 || maker === at) continue;
    found.push({
      value: nameFor(value, hood.names, near),
      side: "read",
      other: maker + 1,
      reason: whyNotWithin(value, at, maker, hood),
    });
  }
  for (const value of region.outputs)
    for (const [reader, other] of hood.regions.entries())
      if (reader !== at && other.inputs.includes(value))
        found.push({
          value: nameFor(value, hood.names, near),
          side: "written",
          other: reader + 1,
          reason: whyNotWithin(value, reader, at, hood),
        });
  return found;
}

/** Why the region at `reader` reads a value instead of computing it, or the one at `maker` stores it instead of going on. */
function whyNotWithin(value: Node, reader: number, maker: number, hood: Neighbourhood): string {
  const { regions, maxBuffers } = hood;
  const [from, to] = [regions[maker]!, regions[reader]!];
  const tooMany = `in one kernel the two would bind more than the ${maxBuffers} buffers of this device`;
  if (holds(hood, to.anchor, value)) return tooMany;
  const users = to.body.filter((n) => n.inputs.includes(value));
  if (users.length > 0 && users.every((n) => holds(hood, from.anchor, n))) return tooMany;
  if (roleOf(value) === "anchor" && to.anchor)
    return `a ${operationOf(value)} and a ${operationOf(to.anchor)} have kernels of their own`;
  if (to.anchor?.op === "contract")
    return "a product reads its operands many times: they are computed once";
  const others = regions.flatMap((r, i) =>
    i !== reader && r.inputs.includes(value) ? [i + 1] : [],
  );
  if (others.length > 0) return `region ${others.join(", ")} reads it too, and it is computed once`;
  if (from.anchor && to.anchor)
    return `it follows the ${operationOf(from.anchor)} of one region and comes before the ${operationOf(to.anchor)} of the other`;
  return "it is read at other places than the one where it is computed";
}

/** Whether the region of an anchor would hold the node if buffers were no matter. */
const holds = (hood: Neighbourhood, anchor: Node | null, node: Node): boolean =>
  anchor !== null && (hood.unlimited.get(anchor)?.has(node) ?? false);
