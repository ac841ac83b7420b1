/** A copy of so many f32 as a program: what moving bytes costs, and nothing else. */
import { KernelBuilder } from "../codegen/build.ts";
import { linearLanes } from "../codegen/grid.ts";
import type { Caps, Kernel } from "../codegen/kernel.ts";
import type { Program } from "../codegen/program.ts";

const lanes = 64;

/** From the parameter `from` to the output `y`; a lane copies `each` times four, a workgroup's lanes side by side. */
export function copyProgram(cells: number, each: number, caps: Caps): Program<Kernel> {
  const k = new KernelBuilder();
  const from = k.buffer("from", "f32", cells);
  const y = k.buffer("y", "f32", cells);
  const vectors = cells / 4;
  const { index, grid } = linearLanes({ k }, caps, Math.ceil(vectors / each), lanes);
  const first = k.let(
    "first",
    index
      .over(lanes)
      .times(lanes * each)
      .plus(index.modulo(lanes)),
  );
  for (let i = 0; i < each; i++) {
    const at = k.let("at", first.plus(i * lanes));
    const copy = () => k.store(y, at.times(4), k.load(from, at.times(4), 4));
    if (vectors % (lanes * each) === 0) copy();
    else k.when(at.below(vectors), copy);
  }
  const stored = { dtype: "f32", shape: [cells], bytes: 4 * cells } as const;
  return {
    name: "copy",
    buffers: [
      { kind: "parameter", name: "from", ...stored },
      { kind: "output", name: "y", ...stored },
    ],
    slots: [],
    kernels: [k.finish("copy", lanes)],
    steps: [{ kernel: 0, buffers: [0, 1], grid, region: "copy" }],
  };
}
