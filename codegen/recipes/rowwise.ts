/**
 * Reductions and what surrounds them. Along the last axis: a workgroup (or one lane) takes a row, folds it as often as the region
 * has reductions (softmax: max, then sum) and then writes what follows. Along another axis: a lane folds one column, in order.
 */
import type { Node, NodeOf } from "../../src/graph/graph.ts";
import type { Region } from "../../src/passes/regions.ts";
import { RegionIO } from "../access.ts";
import { linearLanes, linearWorkgroups } from "../grid.ts";
import { size, timesIndex } from "../indices.ts";
import type { Caps } from "../kernel.ts";
import type { Choice, LoweredKernel, Recipe } from "../recipe.ts";
import { literal, type Val } from "../val.ts";
import { scalarOf } from "../views.ts";
import { acrossLanes, combine, combineParts, neutral } from "./across.ts";
import { bindRowValues, sameShape } from "./row-values.ts";

type Reduce = NodeOf<"reduce">;

export const rowwise: Recipe = {
  name: "rowwise",
  accepts: (region) => {
    const { anchor } = region;
    if (anchor?.op !== "reduce") return false;
    const shape = anchor.inputs[0]!.type.shape;
    return reducesOf(region).every(
      (r) =>
        r === anchor ||
        (isAlongLast(r) && isAlongLast(anchor) && sameShape(r.inputs[0]!.type.shape, shape)),
    );
  },
  choices: (region, caps) => {
    const anchor = region.anchor as Reduce;
    const choice = (
      schedule: { lanes: number; width: 1 | 4 },
      build: () => LoweredKernel,
    ): Choice => ({
      schedule,
      build: () => ({ kernels: [build()], scratch: [] }),
    });
    if (!isAlongLast(anchor))
      return ([4, 1] as const).map((width) =>
        choice({ lanes: 1, width }, () => columns(region, anchor, caps, width)),
      );
    return lanesFor(anchor, caps).flatMap((lanes) =>
      ([4, 1] as const).map((width) =>
        choice({ lanes, width }, () => rows(region, anchor, caps, lanes, width)),
      ),
    );
  },
};

const isAlongLast = (r: Reduce) => r.attrs.axis === r.inputs[0]!.type.shape.length - 1;
const reducesOf = (region: Region): readonly Reduce[] =>
  region.body.filter((n): n is Reduce => n.op === "reduce");

/** Lanes that share a row, the default first. Few where barriers are dear: one subgroup needs none, one lane needs nobody. */
function lanesFor(anchor: Reduce, caps: Caps): readonly number[] {
  const length = anchor.inputs[0]!.type.shape.at(-1)!;
  const count = size(anchor.type.shape);
  const wide = [64, 256].filter((lanes) => lanes <= caps.maxWorkgroupLanes);
  const subgroup =
    caps.subgroup && caps.subgroup.size <= caps.maxWorkgroupLanes ? [caps.subgroup.size] : [];
  const few = length <= 32 || (caps.barriers === "dear" && (count >= 64 || subgroup.length === 0));
  const preferred = few
    ? [1]
    : caps.barriers === "dear"
      ? subgroup
      : length >= 4096
        ? wide.toReversed()
        : wide;
  return [...new Set([...preferred, ...wide, ...subgroup, 1])].filter(
    (lanes) => lanes <= Math.max(1, length) || lanes === 1,
  );
}

function rows(
  region: Region,
  anchor: Reduce,
  caps: Caps,
  lanes: number,
  most: 1 | 4,
): LoweredKernel {
  const io = new RegionIO(region);
  const { k } = io;
  const element = anchor.inputs[0]!.type.shape;
  const row = anchor.type.shape;
  const length = element.at(-1)!;
  const alone = lanes === 1;
  const workgroupSize = alone ? Math.min(64, caps.maxWorkgroupLanes) : lanes;
  const place = alone
    ? linearLanes(io, caps, size(row), workgroupSize)
    : linearWorkgroups(io, caps, size(row));
  const index = "index" in place ? place.index : place.number;
  const first = alone ? literal(0, "u32") : k.builtin("lane");
  const wide = (node: Node): 1 | 4 =>
    most === 4 && length % 4 === 0 && io.canVector(node) ? 4 : 1;
  const along = (width: 1 | 4, body: (column: Val) => void) =>
    k.loop("column", timesIndex(first, width), length, lanes * width, body);

  k.when("exact" in place && place.exact ? literal(1, "bool") : index.below(size(row)), () => {
    const at = io.indices.unflatten(index, row);
    let last = literal(0, "f32");
    for (const reduce of reducesOf(region)) {
      const { fn } = reduce.attrs;
      const source = reduce.inputs[0]!;
      const width = wide(source);
      const scalar = scalarOf(source);
      const total = k.variable(reduce.label || fn, literal(neutral(fn, scalar), scalar, width));
      along(width, (column) =>
        k.accumulate(total, (now) => combine(fn, now, io.read(source)([...at, column], width))),
      );
      last = acrossLanes(k, caps, lanes, fn, combineParts(fn, total.get()));
      const value = last;
      io.bind(reduce, () => value);
    }
    bindRowValues(io, region, element, at);
    const ofElement = region.outputs.filter((n) => sameShape(n.type.shape, element));
    for (const width of [4, 1] as const) {
      const outputs = ofElement.filter((n) => wide(n) === width);
      if (outputs.length)
        along(width, (column) => {
          for (const output of outputs) io.writeOutput(output, [...at, column], width);
        });
    }
    const ofRow = region.outputs.filter((n) => !ofElement.includes(n));
    const writeRow = () => {
      for (const output of ofRow)
        if (sameShape(output.type.shape, row)) io.writeOutput(output, at);
        else io.writeFrom(anchor, at, last, [output]);
    };
    if (ofRow.length) k.when(alone ? literal(1, "bool") : k.builtin("lane").equals(0), writeRow);
  });
  return io.finish(region.name, workgroupSize, place.grid);
}

function columns(region: Region, anchor: Reduce, caps: Caps, most: 1 | 4): LoweredKernel {
  const io = new RegionIO(region);
  const { k } = io;
  const { fn, axis } = anchor.attrs;
  const source = anchor.inputs[0]!;
  const width = most === 4 && io.canVector(source) ? 4 : 1;
  const lanes = size(anchor.type.shape) / width;
  const { index, grid } = linearLanes(io, caps, lanes, 64);
  k.when(index.below(lanes), () => {
    const at = io.indices.unflatten(timesIndex(index, width), anchor.type.shape);
    const scalar = scalarOf(source);
    const total = k.variable(anchor.label || fn, literal(neutral(fn, scalar), scalar, width));
    k.loop("step", 0, source.type.shape[axis]!, 1, (step) =>
      k.accumulate(total, (now) =>
        combine(fn, now, io.read(source)(at.toSpliced(axis, 0, step), width)),
      ),
    );
    io.write(at, total.get());
  });
  return io.finish(region.name, 64, grid);
}
