/**
 * Reads a `contract` as a batch of matrix products: which labels are batch, rows, columns and inner, and how wide a load
 * may be. Knows nothing of tiles or lanes.
 */
import { CompilerBug } from "../../src/graph/bug.ts";
import type { Node, NodeOf } from "../../src/graph/graph.ts";
import { groupSize } from "../../src/graph/quantize.ts";
import type { Region } from "../../src/passes/regions.ts";
import type { RegionIO } from "../access.ts";
import { isDequantize, packedOf, readColumns } from "../dequantize.ts";
import { blockTerms } from "../packing.ts";
import type { ReadAt } from "../recipe.ts";
import type { Val } from "../val.ts";

export type Axis = { readonly label: string; readonly size: number };
/** One index for each label, by its letter. */
export type Places = ReadonlyMap<string, Val>;

type Operand = { readonly node: Node; readonly labels: string };
type Axes = "batch" | "rows" | "columns" | "inner";

/** out[z, m, n] = Σ over k of left[z, m, k] · right[z, k, n]; every index may stand for several axes. */
export type Product = {
  readonly left: Operand;
  readonly right: Operand;
  readonly out: Operand;
  readonly axes: Readonly<Record<Axes, readonly Axis[]>>;
  readonly batch: number;
  readonly M: number;
  readonly N: number;
  readonly K: number;
};

/**
 * What four consecutive numbers of the right operand are: four columns, four terms of one sum, or nothing useful.
 * `innerByFour`: the left operand can be read four terms at a time (and the columns layout can unroll four of them).
 */
export type Layout = {
  readonly kind: "columns" | "inner" | "scalar";
  readonly innerByFour: boolean;
  /** The right operand's neighbours in memory are terms of one sum rather than columns. */
  readonly innerContiguous: boolean;
  /** Bits of a right operand whose columns lie together in blocks, wherever they stand in its shape; null: it is not packed. */
  readonly packed: 4 | 8 | null;
};

const sizeOf = (axes: readonly Axis[]) => axes.reduce((n, a) => n * a.size, 1);
const lastOf = (labels: string) => labels[labels.length - 1];

export function contractOf(region: Region): NodeOf<"contract"> {
  if (region.anchor?.op !== "contract") throw new CompilerBug(`${region.name} is no contract`);
  return region.anchor;
}

/** The products that a region computes together: they have the same rows and shapes, and other right operands. */
export function productsOf(region: Region): readonly Product[] {
  const last = contractOf(region);
  const others = region.body.filter((n) => n.op === "contract" && n !== last);
  return [...others, last].map((n) => productOf(n as NodeOf<"contract">));
}

/** The operand of a product whose rows are so few that a workgroup can hold them all; null: they are many. */
export function fewRows(node: NodeOf<"contract">): Node | null {
  const { M, left } = productOf(node);
  return M <= mostFewRows ? left.node : null;
}
const mostFewRows = 4;

/** The operand with few free elements becomes the rows, so that the other one, usually a weight, is read once. */
export function productOf(node: NodeOf<"contract">): Product {
  const [first, second] = node.inputs;
  if (!first || !second) throw new CompilerBug("a contract without two operands");
  const straight = arrange(
    { node: first, labels: node.attrs.left },
    { node: second, labels: node.attrs.right },
    { node, labels: node.attrs.out },
  );
  if (straight.N > 4 || straight.M <= 4) return straight;
  return arrange(straight.right, straight.left, straight.out);
}

function arrange(left: Operand, right: Operand, out: Operand): Product {
  const axesOf = (operand: Operand, keep: (label: string) => boolean): readonly Axis[] =>
    [...operand.labels]
      .map((label, i) => ({ label, size: operand.node.type.shape[i] ?? 1 }))
      .filter((axis) => keep(axis.label));
  const inLeft = (l: string) => left.labels.includes(l);
  const inRight = (l: string) => right.labels.includes(l);
  const kept = (l: string) => out.labels.includes(l);
  const axes = {
    batch: axesOf(out, (l) => inLeft(l) && inRight(l)),
    rows: axesOf(out, (l) => !inRight(l)),
    columns: axesOf(right, (l) => !inLeft(l) && kept(l)),
    inner: [...axesOf(left, (l) => !inRight(l) && !kept(l)), ...axesOf(right, (l) => !kept(l))],
  };
  const { batch, rows, columns, inner } = axes;
  return {
    left,
    right,
    out,
    axes,
    batch: sizeOf(batch),
    M: sizeOf(rows),
    N: sizeOf(columns),
    K: sizeOf(inner),
  };
}

/** The layout that all of them have; scalar where they differ. */
export function layoutOfAll(io: RegionIO, products: readonly Product[]): Layout {
  const [first, ...others] = products.map((p) => layoutOf(io, p));
  if (!first) throw new CompilerBug("no products");
  const { innerContiguous } = first;
  const same = others.every(
    (l) =>
      l.kind === first.kind && l.innerContiguous === innerContiguous && l.packed === first.packed,
  );
  return same ? first : { kind: "scalar", innerByFour: false, innerContiguous, packed: null };
}

export function layoutOf(io: RegionIO, p: Product): Layout {
  const column = p.axes.columns[p.axes.columns.length - 1];
  const term = p.axes.inner[p.axes.inner.length - 1];
  const byFour = (axis: Axis | undefined, operand: Operand) =>
    axis !== undefined &&
    axis.size % 4 === 0 &&
    lastOf(operand.labels) === axis.label &&
    io.canVector(operand.node);
  const innerByFour = byFour(term, p.left);
  const innerContiguous = term !== undefined && lastOf(p.right.labels) === term.label;
  if (column && column.size % 4 === 0 && packedLabel(p.right) === column.label) {
    const packed = packedOf(p.right.node).quantized.bits;
    return { kind: "columns", innerByFour, innerContiguous: false, packed };
  }
  const rest = { innerContiguous, packed: null };
  if (byFour(column, p.right)) return { kind: "columns", innerByFour, ...rest };
  if (innerByFour && byFour(term, p.right)) return { kind: "inner", innerByFour, ...rest };
  return { kind: "scalar", innerByFour: false, ...rest };
}

/** The label of the columns that a quantised operand keeps together. */
const packedLabel = ({ node, labels }: Operand): string | undefined =>
  isDequantize(node) ? labels[packedOf(node).quantized.column] : undefined;

/** Reads the right operand of a product: four columns in the columns layout, else as its memory has them. */
export function readRight(io: RegionIO, { right }: Product, layout: Layout): ReadAt {
  return layout.packed ? readColumns(io.packed, right.node) : io.read(right.node);
}

/** Columns in one group of this layout. */
export const columnsAtOnce = (layout: Layout) => (layout.kind === "columns" ? 4 : 1);
/** Terms of the sum that one turn of the loop takes. */
export const termsAtOnce = (layout: Layout) => (layout.innerByFour ? 4 : 1);
/** The same where all terms of a group that shares scales are one turn. */
export const termsATurn = (layout: Layout, p: Product): number =>
  sumsGroups(layout, p) ? groupSize : termsAtOnce(layout);
/** Whether whole groups of a quantised operand are summed before their scale is taken. */
const sumsGroups = ({ packed, innerByFour }: Layout, p: Product): boolean =>
  packed !== null && innerByFour && p.K % blockTerms(packed) === 0;

/** One index as an index an axis, the last fastest. */
export function unflatten(io: RegionIO, index: Val, axes: readonly Axis[]): Places {
  const at = io.indices.unflatten(
    index,
    axes.map((a) => a.size),
  );
  return new Map(axes.map((a, i) => [a.label, at[i] ?? index]));
}

export function join(...places: readonly Places[]): Places {
  return new Map(places.flatMap((p) => [...p]));
}

export function indexOf(operand: Operand, places: Places): readonly Val[] {
  return [...operand.labels].map((label) => {
    const at = places.get(label);
    if (!at) throw new CompilerBug(`no index for label ${label} of a contract`);
    return at;
  });
}

/** Writes one group of columns of each product: at once where they are neighbours in the result, else one by one. */
export function writeGroup(
  io: RegionIO,
  products: readonly Product[],
  places: Places,
  values: readonly Val[],
): void {
  const p = products[0]!;
  const column = p.axes.columns[p.axes.columns.length - 1];
  const at = indexOf(p.out, places);
  const axis = column ? p.out.labels.indexOf(column.label) : -1;
  const { width } = values[0]!.type;
  const write = (place: readonly Val[], of: (v: Val) => Val) =>
    io.writeAll(place, new Map(products.map((q, i) => [q.out.node, of(values[i]!)])));
  if (width === 1 || axis === p.out.labels.length - 1) write(at, (v) => v);
  else
    for (let c = 0; c < width; c++)
      write(
        at.map((v, i) => (i === axis ? v.plus(c) : v)),
        (v) => v.component(c),
      );
}
