/** Puts the whole numbers and scales of a quantised parameter into the blocks in which kernels read them. Knows no device. */
import { blockTerms, packedSizes, packedWords } from "../codegen/packing.ts";
import type { QuantizedPart } from "../src/graph/graph.ts";

type Part = { readonly shape: readonly number[]; readonly quantized: QuantizedPart };

/** The values in words, block after block; what is no number is 0. */
export function packValues(values: ArrayLike<number>, part: Part): Uint32Array<ArrayBuffer> {
  const { bits } = part.quantized;
  const { termBlocks, columnBlocks } = packedSizes(part);
  const words = new Uint32Array(packedWords(part));
  const inBlock = blockTerms(bits);
  const inWord = inBlock / 4;
  const mask = 2 ** bits - 1;
  eachRow(part, (at, outer, term, step, columns) => {
    const row = (outer * termBlocks + Math.floor(term / inBlock)) * columnBlocks;
    const word = Math.floor((term % inBlock) / inWord);
    const shift = (term % inWord) * 4 * bits;
    for (let column = 0; column < columns; column++) {
      const to = (row + (column >> 2)) * 4 + word;
      words[to]! |= (values[at + column * step]! & mask) << (shift + (column & 3) * bits);
    }
  });
  return words;
}

/** The scales, columns together in fours. */
export function packScales(scales: ArrayLike<number>, part: Part): Float32Array<ArrayBuffer> {
  const { groups, columnBlocks } = packedSizes(part);
  const packed = new Float32Array(packedWords(part));
  eachRow(part, (at, outer, group, step, columns) => {
    const row = (outer * groups + group) * columnBlocks * 4;
    for (let column = 0; column < columns; column++)
      packed[row + column] = scales[at + column * step]!;
  });
  return packed;
}

/** Calls `visit` with the first element of each row of columns, its matrix, its term, and the way to the next column. */
function eachRow(
  { shape, quantized: { axis, column } }: Part,
  visit: (first: number, outer: number, term: number, step: number, columns: number) => void,
): void {
  const strides = shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));
  const others = shape.flatMap((_, i) => (i === axis || i === column ? [] : [i]));
  const matrices = others.reduce((n, i) => n * shape[i]!, 1);
  for (let outer = 0; outer < matrices; outer++) {
    let rest = outer;
    let base = 0;
    for (const i of others.toReversed()) {
      base += (rest % shape[i]!) * strides[i]!;
      rest = Math.floor(rest / shape[i]!);
    }
    for (let term = 0; term < shape[axis]!; term++)
      visit(base + term * strides[axis]!, outer, term, strides[column]!, shape[column]!);
  }
}
