/** Numbers a region's nodes, so that regions that differ in names alone have one key: layers repeat. Knows no recipe. */
import { canonical } from "../src/graph/canonical.ts";
import type { Node } from "../src/graph/graph.ts";
import type { Region } from "../src/passes/regions.ts";
import { quantizedOf } from "./packing.ts";
import { splitOf } from "./split-region.ts";
import { stripOf } from "./strips.ts";
import { bufferName } from "./views.ts";

/** Equal keys: the regions compute the same, and `nodes` with one number play one part. */
export type Numbered = { readonly key: string; readonly nodes: readonly Node[] };

/** `textOf` may remember the texts of attributes, which many nodes share. */
export function numbered(region: Region, textOf: (attrs: object) => string = canonical): Numbered {
  const numbers = new Map<Node, number>();
  const lines: string[] = [];
  const add = (node: Node, line: string): number => {
    const number = numbers.size;
    numbers.set(node, number);
    lines.push(line);
    return number;
  };
  const numberOf = (node: Node): number => numbers.get(node) ?? add(node, operation(node, textOf));
  for (const node of region.body) {
    const inputs = node.inputs.map(numberOf);
    // A named value is bound to its name in a kernel, so having one counts, whatever it is.
    add(node, `${operation(node, textOf)} of ${inputs}${node.label ? " named" : ""}`);
  }
  const split = splitOf(region);
  const parts = {
    anchor: region.anchor ? [numberOf(region.anchor)] : [],
    inputs: region.inputs.map(numberOf),
    outputs: region.outputs.map(numberOf),
    split:
      split &&
      Object.values(split)
        .flat()
        .map((v: Node | string | number) => (typeof v === "object" ? numberOf(v) : v)),
  };
  return { key: `${JSON.stringify(parts)}\n${lines.join("\n")}`, nodes: [...numbers.keys()] };
}

/** Everything that kernels of the region take their names from. */
export const namesOf = (region: Region, nodes: readonly Node[]): string =>
  [region.name, ...nodes.map((n) => n.label || bufferName(n))].join("\n");

/** What the node does by itself; a leaf is told by its type, whatever its name. */
function operation(node: Node, textOf: (attrs: object) => string): string {
  const { dtype, shape } = node.type;
  const isLeaf = node.op === "parameter" || node.op === "input" || node.op === "state";
  return `${node.op} ${isLeaf ? packing(node) : textOf(node.attrs)} ${dtype} ${shape}`;
}

/** How a parameter lies in memory, where that is not row after row. */
function packing(node: Node): string {
  const quantized = quantizedOf(node);
  const strip = stripOf(node);
  return quantized ? canonical({ ...quantized, of: "" }) : strip ? `strips of ${strip}` : "";
}
