/** What regions store for each other is f32 where halves would be cast to it anyway: not every target can store a half. */
import type { Node } from "../graph/graph.ts";
import type { Region } from "./regions.ts";

/** Where every reader of a half that a region stores is one cast of it, the region computes and stores that cast instead. */
export function storeWide(
  regions: readonly Region[],
  isDemanded: (node: Node) => boolean,
): readonly Region[] {
  const casts = new Map<Node, Node>();
  for (const node of regions.flatMap((r) => r.outputs)) {
    if ((node.type.dtype !== "f16" && node.type.dtype !== "bf16") || isDemanded(node)) continue;
    const readers = new Set(regions.flatMap((r) => r.body.filter((n) => n.inputs.includes(node))));
    const [cast, ...others] = readers;
    if (cast?.op === "cast" && others.length === 0) casts.set(node, cast);
  }
  return casts.size === 0 ? regions : regions.map((r) => widened(r, casts)).filter(isWhole);
}

const isWhole = ({ outputs }: Region): boolean => outputs.length > 0;

/** The region with casts in place of halves: it makes those of its own, and reads the others instead of making them. */
function widened(region: Region, casts: ReadonlyMap<Node, Node>): Region {
  const wide = (node: Node) => casts.get(node) ?? node;
  const read = new Set(region.inputs.flatMap((n) => casts.get(n) ?? []));
  const made = region.outputs.flatMap((n) => casts.get(n) ?? []);
  const own = (n: Node) => !read.has(n);
  return {
    ...region,
    inputs: [...new Set(region.inputs.map(wide))],
    body: [...new Set([...region.body.filter(own), ...made])],
    outputs: [...new Set(region.outputs.filter(own).map(wide))],
  };
}
