/** Ties a kernel being built to its region: recipes read and write tensors at places, and what is fused around the anchor is computed on the way. */
import { CompilerBug } from "../src/graph/bug.ts";
import type { Node } from "../src/graph/graph.ts";
import { pathBetween, placesAlong } from "./behind.ts";
import { addIndex, keyOf } from "./indices.ts";
import type { Width } from "./kernel.ts";
import type { LoweredKernel, WriteAt } from "./recipe.ts";
import { nextAlong, placeKey, RegionReads } from "./region-reads.ts";
import { literal, select, type Val } from "./val.ts";
import { isView, keepsVectors, nameOf } from "./views.ts";

type Values = ReadonlyMap<Node, Val>;
type Path = { readonly output: Node; readonly nodes: readonly Node[] };

/** Reads through what is fused in front of the anchor, writes through what is fused behind it. */
export class RegionIO extends RegionReads {
  /** Stores every output at the place where it holds the anchor's element `at` (width 4: and the next three). */
  readonly write: WriteAt = (at, value) => {
    const { name, anchor } = this.region;
    if (!anchor) throw new CompilerBug(`region ${name} has no anchor to write`);
    this.writeAll(at, new Map([[anchor, value]]));
  };

  /** The same of a region with several anchors that go through the same places. */
  writeAll(at: readonly Val[], values: Values): void {
    const split = this.split?.kind === "columns" ? this.split : null;
    const place = at.map((v, axis) => (axis === split?.axis ? addIndex(v, this.pieceStart!) : v));
    const [value] = values.values();
    const given = split ? new Map([[split.whole, value!]]) : values;
    this.#writeFrom(place, given, this.region.outputs);
  }

  /** Stores some outputs where they hold the element `at` of a body node, whose value is given. */
  writeFrom(from: Node, at: readonly Val[], value: Val, outputs: readonly Node[]): void {
    this.#writeFrom(at, new Map([[from, value]]), outputs);
  }

  #writeFrom(at: readonly Val[], values: Values, outputs: readonly Node[]): void {
    const { name, body } = this.region;
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
            `region ${this.region.name} needs ${nameOf(anchor)} at another place than the one written`,
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
          this.remember(node, placeKey(places.get(node)!, width), moved);
        }
        this.writeOutput(output, places.get(output)!, width);
      });
    }
  }

  /** Stores one output, computed as read() does. */
  writeOutput(node: Node, at: readonly Val[], width: Width = 1): void {
    this.#store(node, at, this.read(node)(at, width));
  }

  #store(node: Node, at: readonly Val[], value: Val): void {
    const { k } = this;
    const to = this.memoryOf(node);
    const { width } = value.type;
    const index = this.indices.flatten(at, node.type.shape);
    const stored =
      node.type.dtype === "bool" ? select(value, literal(1, "u32"), literal(0, "u32")) : value;
    const store = () => {
      if ((node.type.shape.at(-1) ?? 1) % width === 0) return k.store(to, index, stored);
      const parts = k.let(`${to.name}_values`, stored);
      for (let j = 0; j < width; j++) k.store(to, addIndex(index, j), parts.component(j));
    };
    if (this.inPiece && k.isOpen(this.inPiece.block)) k.when(this.inPiece.value, store);
    else store();
  }

  /** The finished kernel with what each binding is. */
  finish(
    name: string,
    workgroupSize: number,
    grid: readonly [number, number, number],
  ): LoweredKernel {
    const clean = name.replace(/[^A-Za-z0-9]+/g, "_").replace(/^_|_$/g, "");
    return { kernel: this.k.finish(clean, workgroupSize), bindings: this.bindings, grid };
  }
}
