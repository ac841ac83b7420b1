/**
 * The textbook scan of log depth (Brent and Kung 1982), in place over pairs (a, v): up the tree neighbours are joined at doubling
 * distances, (a, v) ∘ (a', v') = (a · a', a · v' + v), and on the way down every step gets what lies before it.
 */
import { KernelBuilder } from "../../codegen/build.ts";
import { linearLanes } from "../../codegen/grid.ts";
import type { Caps, Kernel } from "../../codegen/kernel.ts";
import type { BufferPlan, Program, Step } from "../../codegen/program.ts";
import { fma } from "../../codegen/val.ts";
import { cellsOf, type Point } from "./sizes.ts";

const lanes = 64;

type Level = { readonly up: boolean; readonly distance: number; readonly pairs: number };

/** The levels for a power of two of steps. */
export function levelsOf(time: number): readonly Level[] {
  const distances = Array.from({ length: Math.log2(time) }, (_, i) => 2 ** i);
  return [
    ...distances.map((distance) => ({ up: true, distance, pairs: time / (2 * distance) })),
    ...distances
      .slice(0, -1)
      .toReversed()
      .map((distance) => ({ up: false, distance, pairs: time / (2 * distance) - 1 })),
  ];
}

type Sweep = { readonly kernel: Kernel; readonly across: number };

/** A lane joins four channels of one pair. Pair p of the way up ends at (p + 1) · 2d − 1, of the way down at (p + 1) · 2d + d − 1. */
function sweep(up: boolean, point: Point, caps: Caps): Sweep {
  const { batch, time, channels } = point;
  const k = new KernelBuilder();
  const a = k.buffer("a", "f32", cellsOf(point));
  const h = k.buffer("h", "f32", cellsOf(point));
  const level = k.buffer("level", "u32", 2);
  const most = (batch * time * channels) / 8;
  const { index, grid } = linearLanes({ k }, caps, most, lanes);
  const distance = k.load(level, 0);
  const pairs = k.load(level, 1);
  const groups = channels / 4;
  const row = k.let("row", index.over(groups).over(pairs));
  k.when(row.below(batch), () => {
    const pair = k.let("pair", index.over(groups).modulo(pairs));
    const end = pair.plus(1).times(2).times(distance).minus(1);
    const to = k.let("to", up ? end : end.plus(distance));
    const channel = k.let("channel", index.modulo(groups).times(4));
    const placeOf = (name: string, step: typeof to) =>
      k.let(name, row.times(time).plus(step).times(channels).plus(channel));
    const here = placeOf("here", to);
    const before = placeOf("before", to.minus(distance));
    const decay = k.load(a, here, 4);
    const earlier = k.load(h, before, 4);
    const own = k.load(h, here, 4);
    k.store(h, here, fma(decay, earlier, own));
    if (up) k.store(a, here, decay.times(k.load(a, before, 4)));
  });
  return { kernel: k.finish(up ? "scan_up" : "scan_down", lanes), across: grid[0] };
}

/** Goes on from a program that leaves `a` and `h`, [B, T, D] each, as outputs. */
export function associativeProgram(
  gates: Program<Kernel>,
  point: Point,
  caps: Caps,
): Program<Kernel> {
  const indexOf = (name: string) => gates.buffers.findIndex((b) => b.name === name);
  const levels = levelsOf(point.time);
  const strides = levels.map(
    ({ distance, pairs }, i): BufferPlan => ({
      ...{ kind: "constant", name: `level ${i}`, dtype: "u32", shape: [2], bytes: 8 },
      values: [distance, pairs],
    }),
  );
  const sweeps = [sweep(true, point, caps), sweep(false, point, caps)];
  const first = gates.kernels.length;
  const steps = levels.map(({ up, pairs }, i): Step => {
    const { across } = sweeps[up ? 0 : 1]!;
    const groups = Math.ceil((point.batch * pairs * point.channels) / 4 / lanes);
    return {
      kernel: first + (up ? 0 : 1),
      buffers: [indexOf("a"), indexOf("h"), gates.buffers.length + i],
      grid: [Math.min(groups, across), Math.ceil(groups / across), 1],
      region: up ? "up" : "down",
    };
  });
  return {
    ...gates,
    name: "associative",
    buffers: [...gates.buffers, ...strides],
    kernels: [...gates.kernels, ...sweeps.map((s) => s.kernel)],
    steps: [...gates.steps, ...steps],
  };
}
