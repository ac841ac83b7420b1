/** Names a region by what it computes, so that a measurement of it serves every region like it. Knows no device. */
import { numbered } from "../../codegen/numbered.ts";
import type { Recipe } from "../../codegen/recipe.ts";
import { splitOf } from "../../codegen/split-region.ts";
import { arrange } from "../explain/arrange.ts";
import type { Node } from "../graph/graph.ts";
import type { Region } from "../passes/regions.ts";
import { shortHash } from "./device.ts";

/**
 * Equal for regions whose kernels do the same work: operations, sizes and types count; names, layers, entries, the order of
 * inputs, and what other regions made them of do not. What choices depend on beside it are the device's Caps, which its
 * identity holds.
 */
export const signatureOf = (region: Region, { name }: Pick<Recipe, "name">): string =>
  shortHash(`${name}\n${numbered(splitOf(region) ? region : bare(arrange(region))).key}`);

/** The region with stored inputs for what other regions make, and without names. */
function bare(region: Region): Region {
  const known = new Map<Node, Node>(region.inputs.map((node) => [node, opaque(node)]));
  const strip = (node: Node): Node => {
    const inputs = node.inputs.map((input) => known.get(input) ?? strip(input));
    const made = { ...node, label: "", inputs } as Node;
    known.set(node, made);
    return made;
  };
  const swap = (node: Node): Node => known.get(node) ?? strip(node);
  return {
    ...region,
    inputs: region.inputs.map(swap),
    body: region.body.map(swap),
    outputs: region.outputs.map(swap),
    anchor: region.anchor && swap(region.anchor),
  };
}

function opaque(node: Node): Node {
  if (node.op === "parameter" || node.op === "input" || node.op === "state") return node;
  const { id, type } = node;
  return { id, op: "input", attrs: { name: "", type }, inputs: [], type, label: "" };
}
