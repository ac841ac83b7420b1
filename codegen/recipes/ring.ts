/** Stores the new keys or values of a call into their ring: one lane an element (or four neighbours), nothing but the new slots is touched. */
import { CompilerBug } from "../../src/graph/bug.ts";
import type { Node } from "../../src/graph/graph.ts";
import type { Region } from "../../src/passes/regions.ts";
import { RegionIO } from "../access.ts";
import { linearLanes } from "../grid.ts";
import { size, timesIndex } from "../indices.ts";
import type { Caps } from "../kernel.ts";
import type { LoweredKernel, Recipe } from "../recipe.ts";
import { cast } from "../val.ts";

export const ring: Recipe = {
  name: "ring",
  accepts: (region) => region.anchor?.op === "ringWrite",
  choices: (region, caps) => {
    const choice = (width: 1 | 4) => ({
      schedule: { width, workgroupSize: 64 },
      build: () => ({ kernels: [ringKernel(region, caps, width)], scratch: [] }),
    });
    return [choice(4), choice(1)];
  },
};

function ringKernel(region: Region, caps: Caps, most: 1 | 4): LoweredKernel {
  const io = new RegionIO(region);
  const { k } = io;
  const [kept, values, start, count] = (region.anchor?.inputs ?? []) as readonly Node[];
  if (!kept || !values || !start || !count)
    throw new CompilerBug(`region ${region.name} is no ring`);
  const { shape } = values.type; // [B, T, …]
  const slots = kept.type.shape[1]!;
  const width =
    most === 4 && shape.length > 2 && shape.at(-1)! % 4 === 0 && io.canVector(values) ? 4 : 1;
  const lanes = size(shape) / width;
  const { index, grid } = linearLanes(io, caps, lanes, 64);
  k.when(index.below(lanes), () => {
    const [row, t, ...rest] = io.indices.unflatten(timesIndex(index, width), shape);
    const real = k.let("real", cast(io.read(count)([row!]), "u32"));
    k.when(t!.below(real), () => {
      const slot = k.let(
        "slot",
        cast(io.read(start)([row!]), "u32")
          .plus(t!)
          .modulo(slots),
      );
      io.write([row!, slot, ...rest], io.read(values)([row!, t!, ...rest], width));
    });
  });
  return io.finish(region.name, 64, grid);
}
