/**
 * Causal depthwise convolution over time: a lane owns a channel (or four) and a run of tokens, and keeps the last K − 1 inputs
 * in registers, so that each is read once a run. A tap that reaches behind the start of its document is dropped.
 */
import { CompilerBug } from "../../src/graph/bug.ts";
import type { Node } from "../../src/graph/graph.ts";
import type { Region } from "../../src/passes/regions.ts";
import { RegionIO } from "../access.ts";
import type { Variable } from "../build.ts";
import { linearLanes } from "../grid.ts";
import type { Caps, Width } from "../kernel.ts";
import type { LoweredKernel, Recipe } from "../recipe.ts";
import { call, fma, literal, select, type Val } from "../val.ts";

type Shape = {
  readonly x: Node;
  readonly w: Node;
  readonly past: Node;
  readonly position: Node;
  readonly batch: number;
  readonly time: number;
  readonly channels: number;
  readonly taps: number;
};

/** Taps are unrolled and held in registers; longer filters are left to their definition. */
const mostTaps = 32;

export const conv1d: Recipe = {
  name: "conv1d",
  accepts: (region) =>
    isConv(region.anchor) && (region.anchor.inputs[1]?.type.shape[0] ?? 0) <= mostTaps,
  choices(region, caps) {
    const s = shapeOf(region);
    const width = widthOf(region, s);
    return runsOf(s, caps, width).map((run) => ({
      schedule: { run },
      build: () => ({ kernels: [convolve(region, s, caps, width, run)], scratch: [] }),
    }));
  },
};

const isConv = (node: Node | null): node is Node =>
  node?.op === "composite" && node.attrs.name === "conv1d";

function shapeOf(region: Region): Shape {
  const [x, w, past, position] = region.anchor?.inputs ?? [];
  if (!isConv(region.anchor) || !x || !w || !past || !position)
    throw new CompilerBug(`${region.name} is no conv1d`);
  const [batch = 1, time = 1, channels = 1] = x.type.shape;
  return { x, w, past, position, batch, time, channels, taps: w.type.shape[0] ?? 1 };
}

function widthOf(region: Region, s: Shape): Width {
  const io = new RegionIO(region);
  return [s.x, s.w, s.past].every((n) => s.channels % 4 === 0 && io.canVector(n)) ? 4 : 1;
}

/** Tokens a lane, best first: long runs read each input once, short ones give the device more lanes. */
function runsOf(s: Shape, caps: Caps, width: Width): readonly number[] {
  const lanes = (s.batch * s.channels) / width;
  const most = (s.time * lanes) / caps.busyLanes;
  const best = Math.min(s.time, [256, 64, 16, 4].find((n) => n <= most) ?? 4);
  return [best, ...[s.time, 16, 1].filter((n) => n !== best && n <= s.time)].filter(
    (n, i, all) => all.indexOf(n) === i,
  );
}

function convolve(
  region: Region,
  s: Shape,
  caps: Caps,
  width: Width,
  length: number,
): LoweredKernel {
  const io = new RegionIO(region);
  const k = io.k;
  const across = s.channels / width;
  const runs = Math.ceil(s.time / length);
  const lanes = s.batch * runs * across;
  const workgroupSize = Math.min(64, caps.maxWorkgroupLanes);
  const { index, grid } = linearLanes(io, caps, lanes, workgroupSize);
  k.when(index.below(lanes), () => {
    const [row, part, group] = io.indices.unflatten(index, [s.batch, runs, across]) as [
      Val,
      Val,
      Val,
    ];
    const channel = k.let("channel", group.times(width));
    const first = k.let("first", part.times(length));
    const weights = Array.from({ length: s.taps }, (_, back) =>
      k.let(`weight_${back}`, io.read(s.w)([literal(s.taps - 1 - back, "u32"), channel], width)),
    );
    const before = Array.from({ length: s.taps - 1 }, (_, i) =>
      k.variable(
        `back_${i + 1}`,
        tokenBefore(io, s, row, first, i + 1, channel, width, runs === 1),
      ),
    );
    const below = s.time % length === 0 ? first.plus(length) : first.plus(length).atMost(s.time);
    k.loop("t", first, below, 1, (t) => {
      const now = k.let("now", io.read(s.x)([row, t, channel], width));
      const position =
        s.taps > 1 ? k.let("position", io.read(s.position)([row, t])) : literal(0, "i32");
      const past = before.map((v) => v.get());
      const sum = past.reduce(
        (total, input, i) => {
          const outside = call("le", 0, position).and(position.below(i + 1));
          return k.let("sum", fma(weights[i + 1]!, select(outside, 0, input), total));
        },
        k.let("sum", weights[0]!.times(now)),
      );
      shift(before, [now, ...past]);
      io.write([row, t, channel], sum);
    });
  });
  return io.finish(`${region.name}_conv`, workgroupSize, grid);
}

/** The input `back` tokens before `first`: of this call where there is one, else carried over from the last call. */
function tokenBefore(
  io: RegionIO,
  s: Shape,
  row: Val,
  first: Val,
  back: number,
  channel: Val,
  width: Width,
  atStart: boolean,
): Val {
  const k = io.k;
  const carried = () => io.read(s.past)([row, first.plus(s.taps - 1 - back), channel], width);
  if (atStart) return io.read(s.past)([row, literal(s.taps - 1 - back, "u32"), channel], width);
  const value = k.variable(`before_${back}`, literal(0, "f32", width));
  k.when(
    first.below(back),
    () => value.set(carried()),
    () => value.set(io.read(s.x)([row, k.let("earlier", first.minus(back)), channel], width)),
  );
  return value.get();
}

function shift(before: readonly Variable[], inputs: readonly Val[]): void {
  for (const [i, variable] of before.entries()) variable.set(inputs[i]!);
}
