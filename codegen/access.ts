/** Ties a kernel being built to its region: recipes read and write tensors at places, and what is fused around the anchor is computed on the way. */
import { CompilerBug } from "../src/graph/bug.ts";
import type { Node } from "../src/graph/graph.ts";
import type { Region } from "../src/passes/regions.ts";
import { dependentsOf, pathBetween, placesAlong } from "./behind.ts";
import { KernelBuilder } from "./build.ts";
import { isDequantize, type PackedReader, packedOf, readPacked } from "./dequantize.ts";
import { addIndex, Indices, keyOf, size } from "./indices.ts";
import type { Memory, Scalar, Width } from "./kernel.ts";
import { packedWords, quantizedOf } from "./packing.ts";
import type { BindingOf, LoweredKernel, ReadAt, WriteAt } from "./recipe.ts";
import { placeInStrips, stripOf } from "./strips.ts";
import { call, literal, select, type Val, vector } from "./val.ts";
import {
  bufferName,
  canBeComputed,
  computeNode,
  isView,
  keepsVectors,
  nameOf,
  repeatsAlongLast,
  scalarOf,
} from "./views.ts";

/**
 * One piece of a parameter that is too large for a binding; its start comes from a tiny buffer, so that one kernel serves all
 * pieces of a size. `rows`: gathers from `table` read rows [start, start + size) of `parameters`, and only what they find is
 * stored. `columns`: the region's anchor is `whole` cut along `axis`; stores go to the whole's places.
 */
export type Split =
  | {
      readonly kind: "rows";
      readonly table: Node;
      /** One, or the two of a quantised one. */
      readonly parameters: readonly Node[];
      readonly size: number;
    }
  | { readonly kind: "columns"; readonly whole: Node; readonly axis: number };
export type SplitRegion = Region & { readonly split: Split };

/** How a region's parameter is split, if it is. */
export const splitOf = (region: Region): Split | null =>
  "split" in region ? (region as SplitRegion).split : null;

type Values = ReadonlyMap<Node, Val>;
type Path = { readonly output: Node; readonly nodes: readonly Node[] };
type Known = { readonly value: Val; readonly block: object };

/** Reads through what is fused in front of the anchor, writes through what is fused behind it. */
export class RegionIO {
  readonly k = new KernelBuilder();
  readonly indices = new Indices(this.k);
  readonly #region: Region;
  readonly #split: Split | null;
  readonly #buffers = new Map<Node | string, Memory>();
  readonly #bindings: BindingOf[] = [];
  readonly #bound = new Map<Node, ReadAt>();
  readonly #known = new Map<Node, Map<string, Known>>();
  readonly #uses = new Map<Node, number>();
  readonly #vectors = new Map<Node, boolean>();
  readonly #pieceStart: Val | null;
  /** Whether the row last gathered lies in this piece. */
  #inPiece: Known | null = null;

  constructor(region: Region) {
    this.#region = region;
    this.#split = splitOf(region);
    for (const node of [...region.body.flatMap((n) => n.inputs), ...region.outputs])
      this.#uses.set(node, (this.#uses.get(node) ?? 0) + 1);
    this.#pieceStart = this.#split
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
    for (const n of [node, ...dependentsOf(node, this.#region.body)]) this.#known.delete(n);
  }

  /** Computes a node's element now: while this block is open, reads of the same place take it. */
  hold(node: Node, at: readonly Val[], width: Width): void {
    const value = this.k.let(hintOf(node), this.#value(node, at, width));
    this.#remember(node, placeKey(at, width), value);
  }

  /** How quantised parameters are read without what they are fused with. */
  get packed(): PackedReader {
    return {
      k: this.k,
      indices: this.indices,
      shapeOf: (parameter) => this.#shapeOf(parameter),
      load: (parameter, index, width) => this.k.load(this.#memoryOf(parameter), index, width),
    };
  }

  /** Stores every output at the place where it holds the anchor's element `at` (width 4: and the next three). */
  readonly write: WriteAt = (at, value) => {
    const { name, anchor } = this.#region;
    if (!anchor) throw new CompilerBug(`region ${name} has no anchor to write`);
    this.writeAll(at, new Map([[anchor, value]]));
  };

  /** The same of a region with several anchors that go through the same places. */
  writeAll(at: readonly Val[], values: Values): void {
    const split = this.#split?.kind === "columns" ? this.#split : null;
    const place = at.map((v, axis) => (axis === split?.axis ? addIndex(v, this.#pieceStart!) : v));
    const [value] = values.values();
    const given = split ? new Map([[split.whole, value!]]) : values;
    this.#writeFrom(place, given, this.#region.outputs);
  }

  /** Stores some outputs where they hold the element `at` of a body node, whose value is given. */
  writeFrom(from: Node, at: readonly Val[], value: Val, outputs: readonly Node[]): void {
    this.#writeFrom(at, new Map([[from, value]]), outputs);
  }

  #writeFrom(at: readonly Val[], values: Values, outputs: readonly Node[]): void {
    const { name, body } = this.#region;
    const froms = [...values.keys()];
    const paths = outputs.map((output) => {
      const nodes = pathBetween(froms, output, body);
      if (!nodes)
        throw new CompilerBug(
          `output ${nameOf(output)} of region ${name} does not follow from ${froms.map(nameOf).join()}`,
        );
      return { output, nodes };
    });
    const width = [...values.values()][0]!.type.width;
    const together = paths.filter((p) =>
      p.nodes.every((n) => !isView(n) || keepsVectors(n, width)),
    );
    const named = [...values].map(
      ([from, value]) => [from, this.k.let(from.label || from.op, value)] as const,
    );
    if (together.length) this.#writeAt(at, new Map(named), together);
    const apart = paths.filter((p) => !together.includes(p));
    if (apart.length)
      for (let j = 0; j < width; j++) {
        const parts = named.map(([from, value]) => [from, value.component(j)] as const);
        this.#writeAt(nextAlong(at, j), new Map(parts), apart);
      }
  }

  #writeAt(at: readonly Val[], values: Values, paths: readonly Path[]): void {
    const here = at.map(keyOf).join();
    for (const [anchor, value] of values)
      this.bind(anchor, (place, width) => {
        if (place.map(keyOf).join() !== here || width !== value.type.width)
          throw new CompilerBug(
            `region ${this.#region.name} needs ${nameOf(anchor)} at another place than the one written`,
          );
        return value;
      });
    const { width } = [...values.values()][0]!.type;
    for (const { output, nodes } of paths) {
      const { places, conditions } = placesAlong([...values.keys()], nodes, at, this.indices);
      const holds = conditions.reduce((a, b) => a.and(b), literal(1, "bool"));
      this.k.when(holds, () => {
        for (const node of nodes.filter(isView)) {
          const moved = this.read(node.inputs[0]!)(places.get(node.inputs[0]!)!, width);
          this.#remember(node, placeKey(places.get(node)!, width), moved);
        }
        this.writeOutput(output, places.get(output)!, width);
      });
    }
  }

  /** Stores one output, computed as read() does. */
  writeOutput(node: Node, at: readonly Val[], width: Width = 1): void {
    this.#store(node, at, this.read(node)(at, width));
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
    const { anchor, inputs } = this.#region;
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
    const kept = [node, source].find((n) => this.#region.inputs.includes(n));
    if (!kept) return null;
    return {
      memory: this.#memoryOf(kept),
      index: (at) => this.#placeOf(kept, at),
    };
  }

  /** The finished kernel with what each binding is. */
  finish(
    name: string,
    workgroupSize: number,
    grid: readonly [number, number, number],
  ): LoweredKernel {
    const clean = name.replace(/[^A-Za-z0-9]+/g, "_").replace(/^_|_$/g, "");
    return { kernel: this.k.finish(clean, workgroupSize), bindings: this.#bindings, grid };
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
    const value = this.#region.inputs.includes(node)
      ? this.load(node, at, width)
      : this.#compute(node, at, width);
    return this.#remember(node, key, value);
  }

  #remember(node: Node, key: string, value: Val): Val {
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
    const split = this.#split?.kind === "rows" && this.#split.table === table ? this.#split : null;
    if (!split) return this.k.let("row", index.atMost(table.type.shape[axis]! - 1));
    const row = this.k.let(
      "row",
      index.atMost(table.type.shape[axis]! - 1).minus(this.#pieceStart!),
    );
    this.#inPiece = { value: this.k.let("in_piece", row.below(split.size)), block: this.k.block };
    return row.atMost(split.size - 1);
  }

  /** An input's elements as they are stored, whatever it is bound to. */
  load(node: Node, at: readonly Val[], width: Width): Val {
    const from = this.#memoryOf(node);
    const index = this.#placeOf(node, at);
    const whole = (node.type.shape.at(-1) ?? 1) % width === 0;
    const value = whole
      ? this.k.load(from, index, width)
      : vector(Array.from({ length: width }, (_, j) => this.k.load(from, addIndex(index, j))));
    return node.type.dtype === "bool" ? call("ne", value, 0) : value;
  }

  #store(node: Node, at: readonly Val[], value: Val): void {
    const { k } = this;
    const to = this.#memoryOf(node);
    const { width } = value.type;
    const index = this.indices.flatten(at, node.type.shape);
    const stored =
      node.type.dtype === "bool" ? select(value, literal(1, "u32"), literal(0, "u32")) : value;
    const store = () => {
      if ((node.type.shape.at(-1) ?? 1) % width === 0) return k.store(to, index, stored);
      const parts = k.let(`${to.name}_values`, stored);
      for (let j = 0; j < width; j++) k.store(to, addIndex(index, j), parts.component(j));
    };
    if (this.#inPiece && k.isOpen(this.#inPiece.block)) k.when(this.#inPiece.value, store);
    else store();
  }

  /** Where memory holds an element. */
  #placeOf(node: Node, at: readonly Val[]): Val {
    const { shape } = node.type;
    const strip = stripOf(node);
    return strip ? placeInStrips(this.indices, at, shape, strip) : this.indices.flatten(at, shape);
  }

  #memoryOf(node: Node): Memory {
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
    const split = this.#split?.kind === "rows" ? this.#split : null;
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
    this.#bindings.push(binding);
    return memory;
  }
}

const nextAlong = (at: readonly Val[], by: number): readonly Val[] =>
  by === 0 ? at : at.with(-1, addIndex(at.at(-1)!, by));

const hintOf = (node: Node): string => node.label || (node.op === "map" ? node.attrs.fn : node.op);

const placeKey = (at: readonly Val[], width: Width): string => `${width} ${at.map(keyOf).join()}`;
