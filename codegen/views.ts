/** What a body node's element is in terms of its inputs' elements: maps become calls, views become index arithmetic. Knows no memory. */
import { CompilerBug } from "../src/graph/bug.ts";
import type { Node, NodeOf } from "../src/graph/graph.ts";
import { scalarOfStored } from "./bytes.ts";
import { isDequantize } from "./dequantize.ts";
import { addIndex, type Indices, subtractIndex } from "./indices.ts";
import type { Scalar, Width } from "./kernel.ts";
import type { ReadAt } from "./recipe.ts";
import { call, cast, literal, select, spread, type Val, vector } from "./val.ts";

type View =
  | NodeOf<"reshape">
  | NodeOf<"transpose">
  | NodeOf<"broadcast">
  | NodeOf<"slice">
  | NodeOf<"concat">
  | NodeOf<"gather">;

/** Whether the node only moves elements. */
export const isView = (node: Node): node is View =>
  ["reshape", "transpose", "broadcast", "slice", "concat", "gather"].includes(node.op);

/** Whether computeNode knows the node; the others are inputs or bound by recipes. */
export const canBeComputed = (node: Node): boolean =>
  isView(node) || isDequantize(node) || ["constant", "iota", "map", "cast"].includes(node.op);

/** How a tensor's elements are held in kernels' values. */
export const scalarOf = (node: Node): Scalar => scalarOfStored(node.type.dtype);

/** What messages call a node. */
export const nameOf = (node: Node): string => `${node.label || node.op} (%${node.id})`;

const lastAxis = (node: Node) => node.type.shape.length - 1;
const lastSize = (node: Node) => node.type.shape.at(-1) ?? 1;

/** Whether the node is the same along its last axis, as some broadcasts are. */
export const repeatsAlongLast = (node: Node): boolean =>
  node.op === "broadcast" &&
  node.type.shape.length > 0 &&
  !node.attrs.axes.includes(lastAxis(node));

/** Whether `width` neighbours along the view's last axis, from a multiple of `width`, are such neighbours of its input too. */
export function keepsVectors(node: View, width: Width): boolean {
  const whole = (n: number) => n % width === 0;
  const source = node.inputs[0]!;
  switch (node.op) {
    case "reshape":
      return whole(lastSize(node)) && whole(lastSize(source));
    case "transpose":
      return node.attrs.order.at(-1) === lastAxis(source);
    case "broadcast":
      return node.attrs.axes.includes(lastAxis(node)) && lastSize(source) === lastSize(node);
    case "slice":
      return (
        node.attrs.axis !== lastAxis(node) || (whole(node.attrs.start) && whole(node.attrs.size))
      );
    case "concat":
      return node.attrs.axis !== lastAxis(node) || node.inputs.every((n) => whole(lastSize(n)));
    case "gather":
      return lastAxis(source) > node.attrs.batch;
  }
}

/** How computeNode sees the rest of the kernel. */
export type Reader = {
  readonly indices: Indices;
  readonly read: (node: Node) => ReadAt;
  /** The place along the table's picked axis: within its bounds, and counted from the piece's start where it is split. */
  readonly row: (table: Node, axis: number, index: Val) => Val;
};

/** The node's element at a place; width 4 is for maps, and for views that keep vectors or repeat along the last axis. */
export function computeNode(node: Node, at: readonly Val[], width: Width, reader: Reader): Val {
  const source = (place: readonly Val[], wide = width) => reader.read(node.inputs[0]!)(place, wide);
  switch (node.op) {
    case "constant":
      return literal(node.attrs.value, scalarOf(node), width);
    case "iota":
      return iota(node, at, width);
    case "map":
      return call(node.attrs.fn, ...node.inputs.map((n) => reader.read(n)(at, width)));
    case "cast":
      return castTo(source(at), scalarOf(node));
    case "reshape":
      return source(reader.indices.reshape(at, node.type.shape, node.inputs[0]!.type.shape));
    case "transpose":
      return source(node.attrs.order.map((_, axis) => at[node.attrs.order.indexOf(axis)]!));
    case "broadcast": {
      const place = node.attrs.axes.map((axis, i) =>
        node.inputs[0]!.type.shape[i] === 1 ? literal(0, "u32") : at[axis]!,
      );
      return keepsVectors(node, width) ? source(place) : spread(source(place, 1), width);
    }
    case "slice":
      return source(
        at.map((v, axis) => (axis === node.attrs.axis ? addIndex(v, node.attrs.start) : v)),
      );
    case "concat":
      return concat(node, at, width, reader);
    case "gather": {
      const { batch } = node.attrs;
      const [table, indices] = node.inputs as readonly [Node, Node];
      const rank = indices.type.shape.length;
      const picked = reader.read(indices)(at.slice(0, rank), 1);
      const row = reader.row(
        table,
        batch,
        picked.type.scalar === "i32" ? cast(picked.atLeast(0), "u32") : picked,
      );
      return reader.read(table)([...at.slice(0, batch), row, ...at.slice(rank)], width);
    }
    case "parameter":
    case "input":
    case "state":
    case "contract":
    case "reduce":
    case "scan":
    case "ringWrite":
    case "sample":
    case "composite":
      throw new CompilerBug(
        `${nameOf(node)} is neither an input of its region nor bound by its recipe`,
      );
  }
}

function castTo(v: Val, scalar: Scalar): Val {
  if (v.type.scalar === scalar) return v;
  if (scalar === "bool") return call("ne", v, 0);
  if (v.type.scalar === "bool") return select(v, literal(1, scalar), literal(0, scalar));
  return cast(v, scalar);
}

function iota(node: NodeOf<"iota">, at: readonly Val[], width: Width): Val {
  const index = cast(at[node.attrs.axis]!, "i32");
  if (width === 1 || node.attrs.axis !== lastAxis(node)) return spread(index, width);
  return vector(Array.from({ length: width }, (_, j) => index.plus(j)));
}

/** Each part is read within its bounds whatever the place; the one that holds the place is selected. */
function concat(node: NodeOf<"concat">, at: readonly Val[], width: Width, reader: Reader): Val {
  const { axis } = node.attrs;
  const along = at[axis]!;
  const step = axis === lastAxis(node) ? width : 1;
  let start = 0;
  const parts = node.inputs.map((part) => {
    const from = start;
    start += part.type.shape[axis]!;
    return { part, from, end: start };
  });
  const readPart = ({ part, from }: (typeof parts)[number], place: Val) =>
    reader.read(part)(
      at.map((v, i) => (i === axis ? subtractIndex(place, from) : v)),
      width,
    );
  const { expr } = along;
  if (expr.kind === "literal") return readPart(parts.find((p) => expr.value < p.end)!, along);
  return parts.reduceRight<Val | null>((rest, p, i) => {
    const floor = i === 0 ? along : along.atLeast(p.from);
    const value = readPart(p, rest ? floor.atMost(p.end - step) : floor);
    return rest ? select(along.below(p.end), value, rest) : value;
  }, null)!;
}

/** The last two words of what the model calls a tensor, so that equal layers read alike; views are called as what they show. */
export function bufferName(node: Node): string {
  const name =
    node.label || ("name" in node.attrs && node.op !== "composite" ? node.attrs.name : "");
  if (name)
    return (
      name
        .split(".")
        .filter((word) => !/^\d+$/.test(word))
        .slice(-2)
        .join("_") || name
    );
  const source =
    node.op === "ringWrite" || node.op === "cast" || isDequantize(node) || isView(node)
      ? node.inputs[0]
      : undefined;
  return source
    ? bufferName(source)
    : node.op === "map" || node.op === "reduce"
      ? node.attrs.fn
      : node.op;
}
