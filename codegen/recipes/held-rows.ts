/**
 * Rows behind a norm, for products of few rows: every workgroup computes the norm's reductions for itself, and then either
 * keeps the rows in workgroup memory or computes them again from there. Knows nothing of the products' tiles.
 */
import type { NodeOf } from "../../src/graph/graph.ts";
import type { Region } from "../../src/passes/regions.ts";
import type { RegionIO } from "../access.ts";
import { size, timesIndex } from "../indices.ts";
import type { Caps } from "../kernel.ts";
import { literal, type Val } from "../val.ts";
import { scalarOf } from "../views.ts";
import { acrossLanes, combine, combineParts, neutral } from "./across.ts";
import { indexOf, type Layout, type Product, termsAtOnce, unflatten } from "./product.ts";
import { bindRowValues } from "./row-values.ts";
import type { RowsHeld } from "./sums.ts";

type Reduce = NodeOf<"reduce">;

const reducesOf = (region: Region): readonly Reduce[] =>
  region.body.filter((n): n is Reduce => n.op === "reduce");

/** 1: rows are kept in workgroup memory, 0: they are not; the better first, as far as `spare` bytes of workgroup memory go. */
export function waysToHold(
  region: Region,
  p: Product,
  lanes: number,
  spare: number,
): readonly (0 | 1)[] {
  const reduces = reducesOf(region);
  if (reduces.length === 0) return spare >= 0 ? [0] : [];
  const forReduces = reduces.reduce((sum, r) => sum + 4 * (2 * lanes + size(r.type.shape)), 0);
  return ([1, 0] as const).filter((kept) => {
    const rows = kept === 0 ? 0 : p.batch === 1 ? 4 * p.M * p.K : Number.POSITIVE_INFINITY;
    return rows + forReduces <= spare;
  });
}

/** Readies the rows by all lanes; gives what the products read in place of their left operand where the rows are kept. */
export function holdRows(
  io: RegionIO,
  region: Region,
  p: Product,
  layout: Layout,
  caps: Caps,
  lanes: number,
  kept: 0 | 1,
): RowsHeld | null {
  const reduces = reducesOf(region);
  for (const reduce of reduces) holdReduction(io, reduce, caps, lanes);
  const [first] = reduces;
  if (first && reduces.every((r) => size(r.type.shape) === 1)) {
    const row = io.indices.unflatten(literal(0, "u32"), first.type.shape);
    bindRowValues(io, region, first.inputs[0]!.type.shape, row);
  }
  if (!first || !kept) return null;
  const { k } = io;
  k.note("the rows, once for all lanes");
  const width = termsAtOnce(layout);
  const memory = k.workgroup("rows", "f32", p.M * p.K);
  const places = (index: Val): readonly Val[] => {
    const axes = [...p.axes.batch, ...p.axes.rows, ...p.axes.inner];
    return indexOf(p.left, unflatten(io, index, axes));
  };
  k.loop("cell", timesIndex(k.builtin("lane"), width), p.M * p.K, lanes * width, (cell) =>
    k.store(memory, cell, io.read(p.left.node)(places(cell), width)),
  );
  k.barrier();
  return (row, term, count) => k.load(memory, row.times(p.K).plus(term), count, "left");
}

/** All elements of a reduction along the last axis, one after another by all lanes. */
function holdReduction(io: RegionIO, reduce: Reduce, caps: Caps, lanes: number): void {
  const { k } = io;
  const { fn } = reduce.attrs;
  const source = reduce.inputs[0]!;
  const length = source.type.shape.at(-1)!;
  const count = size(reduce.type.shape);
  const scalar = scalarOf(source);
  const width = length % 4 === 0 && io.canVector(source) ? 4 : 1;
  const fold = (element: Val, round: Val | null): Val => {
    const at = io.indices.unflatten(element, reduce.type.shape);
    const total = k.variable(reduce.label || fn, literal(neutral(fn, scalar), scalar, width));
    k.loop("column", timesIndex(k.builtin("lane"), width), length, lanes * width, (column) =>
      k.accumulate(total, (now) => combine(fn, now, io.read(source)([...at, column], width))),
    );
    return acrossLanes(k, caps, lanes, fn, combineParts(fn, total.get()), round);
  };
  if (count === 1) {
    const value = fold(literal(0, "u32"), null);
    io.bind(reduce, () => value);
    return;
  }
  const memory = k.workgroup(`${reduce.label || fn}_of_rows`, scalar, count);
  k.loop("row", 0, count, 1, (row) => {
    const value = fold(row, row);
    k.when(k.builtin("lane").equals(0), () => k.store(memory, row, value));
  });
  k.barrier();
  io.bind(reduce, (at) => k.load(memory, io.indices.flatten(at, reduce.type.shape)));
}
