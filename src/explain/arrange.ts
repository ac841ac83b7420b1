/** Puts a region's body and inputs into an order that its structure alone decides, so that repeated layers look alike. */
import type { Node } from "../graph/graph.ts";
import type { Region } from "../passes/regions.ts";

/** Every node after its inputs, as its outputs need them; inputs as the body needs them. */
export function arrange(region: Region): Region {
  const within = new Set(region.body);
  const body = new Set<Node>();
  const inputs = new Set<Node>();
  const path: { readonly node: Node; next: number }[] = [];
  for (const output of region.outputs) {
    path.push({ node: output, next: 0 });
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const input = top.node.inputs[top.next++];
      if (!input) body.add(path.pop()!.node);
      else if (!within.has(input)) inputs.add(input);
      else if (!body.has(input)) path.push({ node: input, next: 0 });
    }
  }
  return { ...region, body: [...body], inputs: [...inputs] };
}
