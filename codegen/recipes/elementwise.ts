/**
 * One lane an element, or four neighbours where every output allows it: maps, views, gathered rows, copies. Stands last and
 * accepts every region without an anchor. Outputs of different shapes become kernels of their own.
 */
import type { Node } from "../../src/graph/graph.ts";
import type { Region } from "../../src/passes/regions.ts";
import { RegionIO } from "../access.ts";
import { linearLanes } from "../grid.ts";
import { size, timesIndex } from "../indices.ts";
import type { Caps } from "../kernel.ts";
import type { Choice, LoweredKernel, Recipe } from "../recipe.ts";

export const elementwise: Recipe = {
  name: "elementwise",
  accepts: (region) => region.anchor === null,
  choices: (region, caps) => {
    const choice = (width: 1 | 4, workgroupSize: number): Choice => ({
      schedule: { width, workgroupSize },
      build: () => ({
        kernels: outputsByShape(region).map((outputs) =>
          elementKernel(region, outputs, caps, width, workgroupSize),
        ),
        scratch: [],
      }),
    });
    const sizes = [64, 256].filter((lanes) => lanes <= caps.maxWorkgroupLanes);
    return [...sizes.map((lanes) => choice(4, lanes)), ...sizes.map((lanes) => choice(1, lanes))];
  },
};

function outputsByShape(region: Region): readonly (readonly Node[])[] {
  const groups = new Map<string, Node[]>();
  for (const output of region.outputs) {
    const shape = output.type.shape.join();
    groups.set(shape, [...(groups.get(shape) ?? []), output]);
  }
  return [...groups.values()];
}

function elementKernel(
  region: Region,
  outputs: readonly Node[],
  caps: Caps,
  most: 1 | 4,
  workgroupSize: number,
): LoweredKernel {
  const io = new RegionIO(region);
  const { shape } = outputs[0]!.type;
  const width =
    most === 4 && shape.at(-1)! % 4 === 0 && outputs.every((n) => io.canVector(n)) ? 4 : 1;
  const lanes = size(shape) / width;
  const { index, grid } = linearLanes(io, caps, lanes, workgroupSize);
  io.k.when(index.below(lanes), () => {
    const at = io.indices.unflatten(timesIndex(index, width), shape);
    for (const output of outputs) io.writeOutput(output, at, width);
  });
  return io.finish(region.name, workgroupSize, grid);
}
