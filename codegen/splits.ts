/** Cuts parameters that are too large for one binding: one cut serves all uses of a parameter, and one region a piece does the work. */
import { CompilerBug } from "../src/graph/bug.ts";
import type { Node, NodeOf } from "../src/graph/graph.ts";
import type { Region } from "../src/passes/regions.ts";
import { isDequantize } from "./dequantize.ts";
import type { Caps } from "./kernel.ts";
import { type Excess, OverLimits } from "./over-limits.ts";
import { bytesOfNode, packedWords, quantizedOf } from "./packing.ts";
import type { Piece } from "./program.ts";
import type { Split, SplitRegion } from "./split-region.ts";
import { nameOf } from "./views.ts";

/** Where kernels bind `standIn`, the piece of `parameter` belongs. */
export type StandIn = { readonly parameter: Node; readonly standIn: Node };

/** A region that works on one piece of a parameter, or of both tensors of a quantised one. */
export type RegionPiece = {
  readonly region: Region;
  readonly standIns: readonly StandIn[];
  readonly piece: Piece;
};
export type Cuts = ReadonlyMap<Node, readonly Piece[]>;

const limitOf = (caps: Caps) => Math.min(caps.maxBindingBytes, caps.maxBufferBytes);

/** Whether the parameter is too large for one binding. */
export const isCut = (node: Node, caps: Caps): boolean =>
  node.op === "parameter" && bytesToBind(node) > limitOf(caps);

/** Scales are cut as the numbers are, and told of with them. */
const isScales = (node: Node): boolean => quantizedOf(node)?.part === "scales";

/** The larger tensor of a quantised parameter decides for both, so that they are cut alike. */
function bytesToBind(node: Node): number {
  const quantized = quantizedOf(node);
  if (quantized?.part !== "scales") return bytesOfNode(node);
  const shape = node.type.shape.with(quantized.axis, quantized.terms);
  return 4 * packedWords({ shape, quantized: { ...quantized, part: "values" } });
}

/** How each parameter that needs it is cut; throws OverLimits with all that cannot be. */
export function cutParameters(regions: readonly Region[], caps: Caps): Cuts {
  const limit = limitOf(caps);
  const cuts = new Map<Node, readonly Piece[]>();
  const excesses: Excess[] = [];
  for (const node of new Set(regions.flatMap((r) => [...r.inputs, ...r.outputs]))) {
    if (bytesToBind(node) <= limit) continue;
    const pieces = node.op === "parameter" ? piecesOf(node, regions, limit) : null;
    if (pieces) cuts.set(node, pieces);
    else if (!isScales(node))
      excesses.push({ kind: node.op === "parameter" ? "parameter" : "value", node, limit });
  }
  if (excesses.length > 0) throw new OverLimits(excesses);
  return cuts;
}

/** Pieces along the first axis that all uses of the parameter agree on; null where there is none. */
function piecesOf(
  parameter: Node,
  regions: readonly Region[],
  limit: number,
): readonly Piece[] | null {
  const uses = regions
    .filter((r) => r.inputs.includes(parameter))
    .flatMap((r) => usesOf(parameter, r));
  const axes = parameter.type.shape
    .map((_, axis) => axis)
    .filter((axis) => uses.every((use) => use.axes.includes(axis)));
  return axes.map((axis) => piecesAlong(parameter, axis, limit)).find((p) => p !== null) ?? null;
}

/** The fewest pieces that fit, of one size but for the last; of whole vectors where the axis is, and of whole blocks. */
function piecesAlong(parameter: Node, axis: number, limit: number): readonly Piece[] | null {
  const length = parameter.type.shape[axis]!;
  const isPacked = quantizedOf(parameter)?.column === axis;
  const unit = isPacked || length % 4 === 0 ? 4 : 1;
  const units = isPacked ? Math.ceil(length / 4) * 4 : length;
  const most = Math.floor(limit / (bytesToBind(parameter) / units) / unit) * unit;
  if (most < 1) return null;
  const size = Math.ceil(length / Math.ceil(length / most) / unit) * unit;
  return Array.from({ length: Math.ceil(length / size) }, (_, i) => ({
    axis,
    start: i * size,
    size: Math.min(size, length - i * size),
  }));
}

/** Where a region uses a parameter: through which casts and transposes, in what, and along which of its axes it may be cut. */
type Use = {
  readonly chain: readonly Node[];
  readonly end: Node;
  readonly axes: readonly number[];
};

function usesOf(parameter: Node, region: Region): readonly Use[] {
  const found: Use[] = [];
  const follow = (node: Node, chain: readonly Node[], axes: readonly number[]): void => {
    for (const user of region.body.filter((n) => n.inputs.includes(node))) {
      if (user.op === "cast" || isDequantize(user)) follow(user, [...chain, user], axes);
      else if (user.op === "transpose")
        follow(
          user,
          [...chain, user],
          user.attrs.order.map((axis) => axes[axis]!),
        );
      else
        found.push({
          chain,
          end: user,
          axes: cuttable(user, node, region).map((axis) => axes[axis]!),
        });
    }
  };
  follow(
    parameter,
    [],
    parameter.type.shape.map((_, axis) => axis),
  );
  return found;
}

/** The axes of `operand` along which `user` can work piece by piece. */
function cuttable(user: Node, operand: Node, region: Region): readonly number[] {
  if (user.op === "gather") return user.attrs.batch === 0 && user.inputs[0] === operand ? [0] : [];
  if (user.op !== "contract" || user !== region.anchor || user.inputs[0] === user.inputs[1])
    return [];
  const { left, right, out } = user.attrs;
  const [own, other] = user.inputs[0] === operand ? [left, right] : [right, left];
  return [...own].flatMap((label, axis) =>
    out.includes(label) && !other.includes(label) ? [axis] : [],
  );
}

/**
 * The regions that together do what `region` does, one a piece of the parameter that is cut; null where none is. Throws
 * OverLimits where it would have to work on pieces in several places.
 */
export function regionPieces(
  region: Region,
  cuts: Cuts,
  caps: Caps,
): readonly RegionPiece[] | null {
  const cut = region.inputs.filter((n) => cuts.has(n));
  const [parameter] = cut;
  if (!parameter) return null;
  const [use, ...others] = usesOf(parameter, region);
  const nameOfWhole = (n: Node) => quantizedOf(n)?.of ?? n;
  const isAlone = cut.every((n) => nameOfWhole(n) === nameOfWhole(parameter));
  if (!use || others.length > 0 || !isAlone)
    throw new OverLimits([
      {
        kind: "pieces",
        parameters: cut.filter((n) => !isScales(n)),
        node: region.outputs.at(-1) ?? parameter,
        region: region.name,
        limit: limitOf(caps),
      },
    ]);
  return cuts.get(parameter)!.map((piece) => {
    if (use.end.op === "gather") {
      const table = use.end.inputs[0]!;
      const split: Split = { kind: "rows", table, parameters: cut, size: piece.size };
      const standIns = cut.map((n) => ({ parameter: n, standIn: n }));
      return { region: { ...region, split } as SplitRegion, standIns, piece };
    }
    return { ...cutColumns(region, cut, use, piece), piece };
  });
}

/** The region with its product narrowed to a piece; what follows the product keeps its whole shape. */
function cutColumns(
  region: Region,
  parameters: readonly Node[],
  use: Use,
  piece: Piece,
): { region: SplitRegion; standIns: readonly StandIn[] } {
  const whole = use.end as NodeOf<"contract">;
  const standIns = parameters.map((parameter) => ({
    parameter,
    standIn: narrowed(parameter, [], piece.axis, piece.size),
  }));
  const replaced = new Map<Node, Node>(standIns.map((s) => [s.parameter, s.standIn]));
  let axis = piece.axis;
  for (const node of use.chain) {
    if (node.op === "transpose") axis = node.attrs.order.indexOf(axis);
    replaced.set(
      node,
      narrowed(
        node,
        node.inputs.map((n) => replaced.get(n) ?? n),
        axis,
        piece.size,
      ),
    );
  }
  const isLeft = replaced.has(whole.inputs[0]!);
  const label = (isLeft ? whole.attrs.left : whole.attrs.right)[axis];
  if (label === undefined) throw new CompilerBug(`${nameOf(whole)} has no axis ${axis} to cut`);
  const column = whole.attrs.out.indexOf(label);
  replaced.set(
    whole,
    narrowed(
      whole,
      whole.inputs.map((n) => replaced.get(n) ?? n),
      column,
      piece.size,
    ),
  );
  const swap = (n: Node) => replaced.get(n) ?? n;
  const split: Split = { kind: "columns", whole, axis: column };
  return {
    standIns,
    region: {
      ...region,
      anchor: swap(whole),
      inputs: region.inputs.map(swap),
      body: region.body.map(swap),
      split,
    },
  };
}

/** A node like this one with one axis cut; its negative id belongs to no graph. */
function narrowed(node: Node, inputs: readonly Node[], axis: number, size: number): Node {
  const type = { ...node.type, shape: node.type.shape.with(axis, size) };
  return { ...node, id: -1 - node.id, inputs, type } as Node;
}
