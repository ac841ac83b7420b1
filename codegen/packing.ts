/**
 * How the two tensors of a quantised parameter lie in memory: in blocks of four columns, so that one load of four words gives
 * a lane terms of four columns, and neighbouring lanes read neighbouring words. Knows no kernel and no numbers.
 */
import type { Node, QuantizedPart } from "../src/graph/graph.ts";
import { bytesOf } from "./bytes.ts";

/** Columns of a block; a block is four words. */
export const blockColumns = 4;
/** Terms of a block: four bytes of a word are the columns of one term, or eight half bytes those of two. */
export const blockTerms = (bits: 4 | 8): number => 32 / bits;

/** Sizes of what is stored of numbers of one shape: `outer` matrices of blocks. */
export type Packed = {
  readonly outer: number;
  readonly termBlocks: number;
  readonly columnBlocks: number;
  readonly groups: number;
};

type Part = { readonly shape: readonly number[]; readonly quantized: QuantizedPart };

/** `shape` is that of the values or of the scales, whichever part it is. */
export function packedSizes({
  shape,
  quantized: { axis, column, terms, bits, group },
}: Part): Packed {
  return {
    outer: shape.reduce((n, size, i) => (i === axis || i === column ? n : n * size), 1),
    termBlocks: Math.ceil(terms / blockTerms(bits)),
    columnBlocks: Math.ceil(shape[column]! / blockColumns),
    groups: Math.ceil(terms / group),
  };
}

/** Words that hold a part: whole blocks of values, or a scale for each column of every block. */
export function packedWords(part: Part): number {
  const { outer, termBlocks, columnBlocks, groups } = packedSizes(part);
  const rows = part.quantized.part === "values" ? termBlocks : groups;
  return outer * rows * columnBlocks * 4;
}

/** What a node is of a quantised parameter; null where it is none. */
export const quantizedOf = (node: Node): QuantizedPart | null =>
  (node.op === "parameter" && node.attrs.quantized) || null;

/** Bytes of a stored node. */
export function bytesOfNode(node: Node): number {
  const quantized = quantizedOf(node);
  return quantized ? 4 * packedWords({ shape: node.type.shape, quantized }) : bytesOf(node.type);
}
