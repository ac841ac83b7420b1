/** The reading half of a kernel's access to its region: inputs are loaded, what is fused in front of the anchor is computed on the way. */
import { CompilerBug } from "../src/graph/bug.ts";
import type { Node } from "../src/graph/graph.ts";
import type { Region } from "../src/passes/regions.ts";
import { dependentsOf } from "./behind.ts";
import { KernelBuilder } from "./build.ts";
import { isDequantize, type PackedReader, packedOf, readPacked } from "./dequantize.ts";
import { addIndex, Indices, keyOf, size } from "./indices.ts";
import type { Memory, Scalar, Width } from "./kernel.ts";
import { packedWords, quantizedOf } from "./packing.ts";
import type { BindingOf, ReadAt } from "./recipe.ts";
import { type Split, splitOf } from "./split-region.ts";
import { placeInStrips, stripOf } from "./strips.ts";
import { call, type Val, vector } from "./val.ts";
import {
  bufferName,
  canBeComputed,
  computeNode,
  isView,
  keepsVectors,
  repeatsAlongLast,
  scalarOf,
} from "./views.ts";

type Known = { readonly value: Val; readonly block: object };

/** Reads a region's tensors at places, and knows where they lie in memory. */
export class RegionReads {
  readonly k = new KernelBuilder();
  readonly indices = new Indices(this.k);
  protected readonly region: Region;
  protected readonly split: Split | null;
  readonly #buffers = new Map<Node | string, Memory>();
  protected readonly bindings: BindingOf[] = [];
  readonly #bound = new Map<Node, ReadAt>();
  readonly #known = new Map<Node, Map<string, Known>>();
  readonly #uses = new Map<Node, number>();
  readonly #vectors = new Map<Node, boolean>();
  protected readonly pieceStart: Val | null;
  /** Whether the row last gathered lies in this piece. */
  protected inPiece: Known | null = null;

  constructor(region: Region) {
    this.region = region;
    this.split = splitOf(region);
    for (const node of [...region.body.flatMap((n) => n.inputs), ...region.outputs])
      this.#uses.set(node, (this.#uses.get(node) ?? 0) + 1);
    this.pieceStart = this.split
      ? this.k.load(this.#declare("piece", "piece_start", "u32", 1, { kind: "piece" }), 0)
      : null;
  }

  /** A node's elements: inputs are loaded, body nodes computed. */
  read(node: Node): ReadAt {
    return (at, width = 1) => this.#value(node, at, width);
  }

  /** What a body node's value is from here on, until it is bound again; constant until then. */
  bind(node: Node, value: (at: readonly Val[], width: Width) => Val): void {
    this.#bound.set(node, (at, width = 1) => value(at, width));
    for (const n of [node, ...dependentsOf(node, this.region.body)]) this.#known.delete(n);
  }

  /** Computes a node's element now: while this block is open, reads of the same place take it. */
  hold(node: Node, at: readonly Val[], width: Width): void {
    const value = this.k.let(hintOf(node), this.#value(node, at, width));
    this.remember(node, placeKey(at, width), value);
  }

  /** How quantised parameters are read without what they are fused with. */
  get packed(): PackedReader {
    return {
      k: this.k,
      indices: this.indices,
      shapeOf: (parameter) => this.#shapeOf(parameter),
      load: (parameter, index, width) => this.k.load(this.memoryOf(parameter), index, width),
    };
  }

  /** f32 scratch that the kernels of one recipe share by name. */
  scratch(name: string, length: number): Memory {
    return this.#declare(`scratch ${name}`, name, "f32", length, { kind: "scratch", name });
  }

  /** Whether reads of width 4 along the last axis are whole vectors. */
  canVector(node: Node): boolean {
    const known = this.#vectors.get(node);
    if (known !== undefined) return known;
    const found = this.#findVectors(node);
    this.#vectors.set(node, found);
    return found;
  }

  #findVectors(node: Node): boolean {
    if (node.op === "constant" || node.op === "iota" || repeatsAlongLast(node)) return true;
    if ((node.type.shape.at(-1) ?? 1) % 4 !== 0) return false;
    const { anchor, inputs } = this.region;
    if (inputs.includes(node) || node === anchor || !canBeComputed(node)) return true;
    if (isDequantize(node)) {
      const { axis, column } = packedOf(node).quantized;
      return [axis, column].includes(node.type.shape.length - 1);
    }
    if (isView(node) && !keepsVectors(node, 4)) return false;
    return (node.op === "gather" ? node.inputs.slice(0, 1) : node.inputs).every((n) =>
      this.canVector(n),
    );
  }

  /** Where a node's elements are stored as they are, a cast aside; null where they must be computed. */
  stored(
    node: Node,
  ): { readonly memory: Memory; readonly index: (at: readonly Val[]) => Val } | null {
    const source = node.op === "cast" && !this.#bound.has(node) ? node.inputs[0]! : node;
    const kept = [node, source].find((n) => this.region.inputs.includes(n));
    if (!kept) return null;
    return {
      memory: this.memoryOf(kept),
      index: (at) => this.#placeOf(kept, at),
    };
  }

  #value(node: Node, at: readonly Val[], width: Width): Val {
    if (at.length !== node.type.shape.length)
      throw new CompilerBug(
        `${node.label || node.op} of shape [${node.type.shape}] is read at ${at.length} indices`,
      );
    const bound = this.#bound.get(node);
    const key = placeKey(at, width);
    const known = this.#known.get(node)?.get(key);
    if (known && this.k.isOpen(known.block)) return known.value;
    if (bound) return bound(at, width);
    const value = this.region.inputs.includes(node)
      ? this.load(node, at, width)
      : this.#compute(node, at, width);
    return this.remember(node, key, value);
  }

  protected remember(node: Node, key: string, value: Val): Val {
    const places = this.#known.get(node) ?? new Map<string, Known>();
    places.set(key, { value, block: this.k.block });
    this.#known.set(node, places);
    return value;
  }

  #compute(node: Node, at: readonly Val[], width: Width): Val {
    if (width > 1 && isView(node) && !keepsVectors(node, width) && !repeatsAlongLast(node))
      return vector(
        Array.from({ length: width }, (_, j) => this.#value(node, nextAlong(at, j), 1)),
      );
    if (isDequantize(node)) {
      const value = readPacked(this.packed, node, at, at.length - 1, width);
      return this.k.let(node.label || "number", value);
    }
    const value = computeNode(node, at, width, {
      indices: this.indices,
      read: (n) => this.read(n),
      row: (table, axis, index) => this.#row(table, axis, index),
    });
    if (node.op !== "map" && node.op !== "cast" && node.op !== "concat") return value;
    const shared = (this.#uses.get(node) ?? 0) > 1;
    return shared || node.label ? this.k.let(hintOf(node), value) : value;
  }

  /** The row that an index picks, clamped so that no load is out of range. */
  #row(table: Node, axis: number, index: Val): Val {
    const split = this.split?.kind === "rows" && this.split.table === table ? this.split : null;
    if (!split) return this.k.let("row", index.atMost(table.type.shape[axis]! - 1));
    const row = this.k.let(
      "row",
      index.atMost(table.type.shape[axis]! - 1).minus(this.pieceStart!),
    );
    this.inPiece = { value: this.k.let("in_piece", row.below(split.size)), block: this.k.block };
    return row.atMost(split.size - 1);
  }

  /** An input's elements as they are stored, whatever it is bound to. */
  load(node: Node, at: readonly Val[], width: Width): Val {
    const from = this.memoryOf(node);
    const index = this.#placeOf(node, at);
    const whole = (node.type.shape.at(-1) ?? 1) % width === 0;
    const value = whole
      ? this.k.load(from, index, width)
      : vector(Array.from({ length: width }, (_, j) => this.k.load(from, addIndex(index, j))));
    return node.type.dtype === "bool" ? call("ne", value, 0) : value;
  }

  /** Where memory holds an element. */
  #placeOf(node: Node, at: readonly Val[]): Val {
    const { shape } = node.type;
    const strip = stripOf(node);
    return strip ? placeInStrips(this.indices, at, shape, strip) : this.indices.flatten(at, shape);
  }

  protected memoryOf(node: Node): Memory {
    const scalar = scalarOf(node);
    const shape = this.#shapeOf(node);
    const quantized = quantizedOf(node);
    const length = quantized ? packedWords({ shape, quantized }) : size(shape);
    return this.#declare(node, bufferName(node), scalar === "bool" ? "u32" : scalar, length, {
      kind: "node",
      node,
    });
  }

  #shapeOf(node: Node): readonly number[] {
    const split = this.split?.kind === "rows" ? this.split : null;
    return split?.parameters.includes(node) ? node.type.shape.with(0, split.size) : node.type.shape;
  }

  #declare(
    key: Node | string,
    hint: string,
    scalar: Scalar,
    length: number,
    binding: BindingOf,
  ): Memory {
    const known = this.#buffers.get(key);
    if (known) return known;
    const memory = this.k.buffer(hint, scalar, length);
    this.#buffers.set(key, memory);
    this.bindings.push(binding);
    return memory;
  }
}

export const nextAlong = (at: readonly Val[], by: number): readonly Val[] =>
  by === 0 ? at : at.with(-1, addIndex(at.at(-1)!, by));

const hintOf = (node: Node): string => node.label || (node.op === "map" ? node.attrs.fn : node.op);

export const placeKey = (at: readonly Val[], width: Width): string =>
  `${width} ${at.map(keyOf).join()}`;
