/** Reads the numbers of a quantised parameter out of their blocks, one, four or a block of them at a time. Knows no recipe. */
import { CompilerBug } from "../src/graph/bug.ts";
import type { Node, QuantizedPart } from "../src/graph/graph.ts";
import type { KernelBuilder } from "./build.ts";
import { addIndex, type Indices, timesIndex } from "./indices.ts";
import type { Width } from "./kernel.ts";
import { blockColumns, blockTerms, type Packed, packedSizes, quantizedOf } from "./packing.ts";
import { bitcast, call, cast, literal, type Num, spread, Val, vector } from "./val.ts";

/** How the rest of the kernel is seen from here. */
export type PackedReader = {
  readonly k: KernelBuilder;
  readonly indices: Indices;
  /** A parameter's shape as it is bound: a piece's where it is cut. */
  readonly shapeOf: (parameter: Node) => readonly number[];
  /** Words or scales, counted one by one. */
  readonly load: (parameter: Node, index: Val, width: Width) => Val;
};

/** Whether the node's numbers are a quantised parameter's. */
export const isDequantize = (node: Node): boolean =>
  node.op === "composite" && node.attrs.name === "dequantize";

/** The parameters that a `dequantize` reads, and how they are stored. */
export function packedOf(node: Node): {
  readonly values: Node;
  readonly scales: Node;
  readonly quantized: QuantizedPart;
} {
  const [values, scales] = node.inputs;
  const quantized = values && quantizedOf(values);
  if (!isDequantize(node) || !scales || !quantized || !quantizedOf(scales))
    throw new CompilerBug(`${node.op} ${node.label} reads no quantised parameter`);
  return { values, scales, quantized };
}

type Place = {
  readonly values: Node;
  readonly scales: Node;
  readonly quantized: QuantizedPart;
  readonly sizes: Packed;
  readonly outer: Val;
  readonly term: Val;
  readonly column: Val;
};

function placeOf(reader: PackedReader, node: Node, at: readonly Val[]): Place {
  const parts = packedOf(node);
  const { quantized } = parts;
  const shape = reader.shapeOf(parts.values);
  const others = shape.flatMap((_, i) => (i === quantized.axis || i === quantized.column ? [] : i));
  return {
    ...parts,
    sizes: packedSizes({ shape, quantized: { ...quantized, part: "values" } }),
    outer: reader.indices.flatten(
      others.map((i) => at[i]!),
      others.map((i) => shape[i]!),
    ),
    term: at[quantized.axis]!,
    column: at[quantized.column]!,
  };
}

/** The number at a place, or with `width` 4 it and the next three along `along`: its terms or columns, from a multiple of 4. */
export function readPacked(
  reader: PackedReader,
  node: Node,
  at: readonly Val[],
  along: number,
  width: Width,
): Val {
  const place = placeOf(reader, node, at);
  const { axis, column } = place.quantized;
  if (width === 1) return oneNumber(reader, place);
  if (width === 4 && along === column) return fourColumns(reader, place);
  if (width === 4 && along === axis) return fourTerms(reader, place);
  throw new CompilerBug(`${width} numbers of ${node.label} are read along axis ${along}`);
}

/** Reads four neighbours along the columns, from a multiple of 4, wherever that axis stands. */
export function readColumns(reader: PackedReader, node: Node): (at: readonly Val[]) => Val {
  const { column } = packedOf(node).quantized;
  return (at) => readPacked(reader, node, at, column, 4);
}

function oneNumber(reader: PackedReader, place: Place): Val {
  const { bits } = place.quantized;
  const word = reader.load(place.values, wordIndex(place), 1);
  const bit = firstBit(place).plus(withinBlock(place.column, blockColumns).times(bits));
  const scale = reader.load(place.scales, scaleIndex(place), 1);
  return signed(word, literal(32 - bits, "u32").minus(bit), bits).times(scale);
}

function fourColumns(reader: PackedReader, place: Place): Val {
  const { bits } = place.quantized;
  const word = reader.load(place.values, wordIndex(place), 1);
  const numbers = columnsOfWord(reader.k.let("word", word), firstBit(place), bits);
  return numbers.times(reader.load(place.scales, scaleIndex(place), 4));
}

function fourTerms(reader: PackedReader, place: Place): Val {
  const { bits } = place.quantized;
  const words = reader.load(place.values, wordIndex(place), bits === 8 ? 4 : 2);
  const [a, b] = [words.component(0), words.component(1)];
  const ofTerms = bits === 8 ? words : vector([a, a, b, b]);
  const left = literal(32 - bits, "u32").minus(withinBlock(place.column, blockColumns).times(bits));
  const shifts = bits === 8 ? spread(left, 4) : spread(left, 4).minus(fours([0, 16, 0, 16]));
  const scale = reader.load(place.scales, scaleIndex(place), 1);
  return signed(ofTerms, shifts, bits).times(spread(scale, 4));
}

/**
 * The whole numbers of a block, four columns of one term after another, as f32 without their scale; `at` is the place of the
 * block's first number.
 */
export function readBlock(reader: PackedReader, node: Node, at: readonly Val[]): readonly Val[] {
  const place = placeOf(reader, node, at);
  const { bits } = place.quantized;
  const words = reader.load(place.values, blockIndex(place), 4);
  const inWord = blockTerms(bits) / 4;
  return Array.from({ length: blockTerms(bits) }, (_, term) =>
    columnsOfWord(
      words.component(Math.floor(term / inWord)),
      literal((term % inWord) * 4 * bits, "u32"),
      bits,
    ),
  );
}

/** The scales of four columns; `at` is the place of the first of them in the numbers, at any term of the group. */
export function readScales(reader: PackedReader, node: Node, at: readonly Val[]): Val {
  const place = placeOf(reader, node, at);
  return reader.load(place.scales, scaleIndex(place), 4);
}

const withinBlock = (index: Val, size: number): Val =>
  index.expr.kind === "literal" ? literal(index.expr.value % size, "u32") : index.modulo(size);

const blockOf = (index: Val, size: number): Val =>
  index.expr.kind === "literal"
    ? literal(Math.floor(index.expr.value / size), "u32")
    : index.over(size);

/** The first word of the block that holds the place. */
function blockIndex({ quantized, sizes, outer, term, column }: Place): Val {
  const row = addIndex(
    timesIndex(outer, sizes.termBlocks),
    blockOf(term, blockTerms(quantized.bits)),
  );
  const block = addIndex(timesIndex(row, sizes.columnBlocks), blockOf(column, blockColumns));
  return timesIndex(block, 4);
}

/** The word that holds the place. */
function wordIndex(place: Place): Val {
  const inBlock = blockTerms(place.quantized.bits);
  return addIndex(blockIndex(place), blockOf(withinBlock(place.term, inBlock), inBlock / 4));
}

/** Where in its word the first column of the place's term begins. */
function firstBit({ quantized: { bits }, term }: Place): Val {
  const inWord = blockTerms(bits) / 4;
  return inWord === 1 ? literal(0, "u32") : timesIndex(withinBlock(term, inWord), 4 * bits);
}

function scaleIndex({ quantized, sizes, outer, term, column }: Place): Val {
  const row = addIndex(timesIndex(outer, sizes.groups), blockOf(term, quantized.group));
  return addIndex(timesIndex(row, 4 * sizes.columnBlocks), column);
}

/** Four columns of the term that begins at a bit of the word. */
function columnsOfWord(word: Val, bit: Val, bits: 4 | 8): Val {
  const lefts = fours([0, 1, 2, 3].map((column) => 32 - bits - bits * column));
  const shifts = bit.expr.kind === "literal" ? minus(lefts, bit.expr.value) : lefts.minus(bit);
  return signed(spread(word, 4), shifts, bits);
}

const fours = (numbers: readonly number[]): Val => vector(numbers.map((n) => literal(n, "u32")));

const minus = (v: Val, by: number): Val =>
  v.expr.kind === "vector"
    ? fours(v.expr.parts.map((p) => (p.kind === "literal" ? p.value - by : 0)))
    : v.minus(by);

/** Shifted to the word's upper end, and from there down with its sign. */
function signed(words: Val, left: Num, bits: 4 | 8): Val {
  const high = bitcast(call("shl", words, left), "i32");
  const by = literal(32 - bits, "u32", words.type.width);
  return cast(
    new Val({ kind: "call", fn: "shr", args: [high.expr, by.expr], type: high.type }),
    "f32",
  );
}
