/** The programs that a device's figures are measured with: a copy, a sum, multiply-adds in registers, and next to nothing. */
import { KernelBuilder } from "../../codegen/build.ts";
import { linearLanes } from "../../codegen/grid.ts";
import type { Caps, Kernel } from "../../codegen/kernel.ts";
import type { BufferPlan, Program } from "../../codegen/program.ts";
import { fma, literal, spread, type Val } from "../../codegen/val.ts";

const lanes = 64;

const f32 = (kind: "parameter" | "output", name: string, cells: number): BufferPlan => ({
  ...{ kind, name, dtype: "f32", shape: [cells], bytes: 4 * cells },
});

function programOf(
  kernel: Kernel,
  cells: { readonly from: number; readonly y: number },
  grid: readonly [number, number, number],
): Program<Kernel> {
  const { name } = kernel;
  return {
    name,
    buffers: [f32("parameter", "from", cells.from), f32("output", "y", cells.y)],
    slots: [],
    kernels: [kernel],
    steps: [{ kernel: 0, buffers: [0, 1], grid, region: name }],
  };
}

/** Copies so many f32 from the parameter `from` to the output `y`; a lane copies `each` times four, a workgroup's lanes side by side. */
export function copyProgram(cells: number, each: number, caps: Caps): Program<Kernel> {
  const k = new KernelBuilder();
  const from = k.buffer("from", "f32", cells);
  const y = k.buffer("y", "f32", cells);
  const vectors = cells / 4;
  const { index, grid } = linearLanes({ k }, caps, Math.ceil(vectors / each), lanes);
  const first = k.let("first", firstOf(index, each));
  for (let i = 0; i < each; i++) {
    const at = k.let("at", first.plus(i * lanes));
    const copy = () => k.store(y, at.times(4), k.load(from, at.times(4), 4));
    if (vectors % (lanes * each) === 0) copy();
    else k.when(at.below(vectors), copy);
  }
  return programOf(k.finish("copy", lanes), { from: cells, y: cells }, grid);
}

/** Where the `each` vectors of a lane begin, if those of a workgroup's lanes lie side by side. */
const firstOf = (index: Val, each: number): Val =>
  index
    .over(lanes)
    .times(lanes * each)
    .plus(index.modulo(lanes));

/** Sums f32 of the parameter `from`, each lane `each` times four, into four of `y`; `cells` is a multiple of 256 · `each`. */
export function readProgram(cells: number, each: number, caps: Caps): Program<Kernel> {
  const k = new KernelBuilder();
  const from = k.buffer("from", "f32", cells);
  const y = k.buffer("y", "f32", cells / each);
  const { index, grid } = linearLanes({ k }, caps, cells / 4 / each, lanes);
  const first = k.let("first", firstOf(index, each));
  const sum = k.variable("sum", literal(0, "f32", 4));
  k.loop("i", 0, each, 1, (i) => {
    const at = k.let("at", first.plus(i.times(lanes)));
    k.accumulate(sum, (now) => now.plus(k.load(from, at.times(4), 4)));
  });
  k.when(index.below(cells / 4 / each), () => k.store(y, index.times(4), sum.get()));
  return programOf(k.finish("read", lanes), { from: cells, y: cells / each }, grid);
}

/** Several lanes for each that the device keeps busy. */
const lanesPerBusy = 8;

/** A lane's `sums` vectors of four become factor · sum + term, `turns` times; factor and term are the first of `from`. */
export function multiplyAddProgram(
  sums: number,
  turns: number,
  caps: Caps,
): { readonly program: Program<Kernel>; readonly flops: number } {
  const k = new KernelBuilder();
  const cells = lanesPerBusy * caps.busyLanes;
  const from = k.buffer("from", "f32", 4);
  const y = k.buffer("y", "f32", cells);
  const { index, grid } = linearLanes({ k }, caps, cells, lanes);
  const [factor, term] = [k.load(from, 0), k.load(from, 1)];
  const all = Array.from({ length: sums }, (_, i) =>
    k.variable("sum", spread(term.times(i + 1), 4)),
  );
  k.loop("turn", 0, turns, 1, () => {
    for (const sum of all) k.accumulate(sum, (now) => fma(now, factor, spread(term, 4)));
  });
  const total = all.map((sum) => sum.get()).reduce((a, b) => a.plus(b));
  const parts = [0, 1, 2, 3].map((i) => total.component(i));
  k.when(index.below(cells), () =>
    k.store(
      y,
      index,
      parts.reduce((a, b) => a.plus(b)),
    ),
  );
  const program = programOf(k.finish("multiply_add", lanes), { from: 4, y: cells }, grid);
  return { program, flops: 2 * 4 * sums * turns * cells };
}

/** Four numbers are copied: what is left is a dispatch, which waits for the one before. */
export function dispatchProgram(): Program<Kernel> {
  const k = new KernelBuilder();
  const from = k.buffer("from", "f32", 4);
  const y = k.buffer("y", "f32", 4);
  const lane = k.builtin("lane");
  k.when(lane.below(4), () => k.store(y, lane, k.load(from, lane)));
  return programOf(k.finish("dispatch", lanes), { from: 4, y: 4 }, [1, 1, 1]);
}
