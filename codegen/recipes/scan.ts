/**
 * h_t = decay_t · h_{t−1} + input_t. Sequential: a lane owns a channel (or four) and walks through time with h in a register.
 * Tiled: time is cut into chunks; first every chunk finds its total decay and its own end, then the ends are chained, then
 * every chunk runs again from its true start: more lanes for a second reading.
 * Seen on lavapipe, 2 busy cores, T 2048 × 1024 channels, least of interleaved runs: 3.0 ms by four channels, 6.9 by one,
 * 3.8 in chunks of 256 and 7.2 of 64.
 */
import { CompilerBug } from "../../src/graph/bug.ts";
import type { Node, NodeOf } from "../../src/graph/graph.ts";
import type { Region } from "../../src/passes/regions.ts";
import { RegionIO } from "../access.ts";
import { linearLanes } from "../grid.ts";
import type { Caps, Width } from "../kernel.ts";
import type { Choice, LoweredKernel, Recipe } from "../recipe.ts";
import { fma, literal, type Num, type Val } from "../val.ts";
import { notAhead, readAhead, readByStep, stepsAhead } from "./ahead.ts";
import { holdSteady, writtenAt } from "./steady.ts";

/** decay, input and initial of a scan; `channels` is everything behind time, flattened. */
type Shape = {
  readonly node: NodeOf<"scan">;
  readonly decay: Node;
  readonly input: Node;
  readonly initial: Node;
  readonly batch: number;
  readonly time: number;
  readonly trailing: readonly number[];
  readonly channels: number;
};

export const scan: Recipe = {
  name: "scan",
  accepts: (region) => region.anchor?.op === "scan",
  choices(region, caps) {
    const s = shapeOf(region);
    const read = s.time < fewest ? [] : readByStep(region);
    const sequential: Choice[] = widthsOf(region, s).flatMap((width) =>
      withAndWithout(stepsAhead(read.length, lanesOf(caps), width, caps), (ahead) => ({
        schedule: { width, ...ahead },
        build: () => ({ kernels: [walk(region, s, { caps, width, ...ahead })], scratch: [] }),
      })),
    );
    const [widest = 1] = widthsOf(region, s);
    const tiled: Choice[] = chunksOf(s, caps).flatMap((chunk) =>
      withAndWithout(stepsAhead(read.length, lanesOf(caps), widest, caps), (ahead) =>
        tiledChoice(region, s, { caps, width: widest, ...ahead }, chunk),
      ),
    );
    const idle = s.batch * s.channels * 4 <= caps.busyLanes;
    return caps.barriers === "cheap" && idle && s.time >= 512
      ? [...tiled, ...sequential]
      : [...sequential, ...tiled];
  },
};

/** How a walk is written; `ahead`: how many steps early its inputs are copied to workgroup memory. */
type Manner = { readonly caps: Caps; readonly width: Width; readonly ahead?: number };

/** Walks of fewer steps end before what they read ahead would pay. */
const fewest = 16;

const lanesOf = (caps: Caps): number => Math.min(64, caps.maxWorkgroupLanes);

/** Choices that read ahead, where that can be done, before those that do not. */
const withAndWithout = (
  ahead: number,
  choice: (manner: { readonly ahead?: number }) => Choice,
): readonly Choice[] => (ahead > 0 ? [choice({ ahead }), choice({})] : [choice({})]);

function shapeOf(region: Region): Shape {
  const node = region.anchor;
  const [decay, input, initial] = node?.inputs ?? [];
  if (node?.op !== "scan" || !decay || !input || !initial)
    throw new CompilerBug(`${region.name} is no scan`);
  const [batch = 1, time = 1, ...trailing] = node.type.shape;
  const channels = trailing.reduce((a, b) => a * b, 1);
  return { node, decay, input, initial, batch, time, trailing, channels };
}

/** Four channels a lane where four neighbours are read at once, and always one. */
function widthsOf(region: Region, s: Shape): readonly Width[] {
  const io = new RegionIO(region);
  const byFour =
    (s.trailing.at(-1) ?? 1) % 4 === 0 && io.canVector(s.decay) && io.canVector(s.input);
  return byFour ? [4, 1] : [1];
}

/** Chunk lengths, best first: enough chunks to keep the device busy, but not so short that chaining them costs. */
function chunksOf(s: Shape, caps: Caps): readonly number[] {
  const wanted = (s.time * s.batch * s.channels) / caps.busyLanes;
  const best = [16, 32, 64, 128, 256].find((n) => n >= wanted) ?? 256;
  return [best, ...[16, 64, 256].filter((n) => n !== best)].filter((n) => n < s.time);
}

const stepOf = (s: Shape, step: Val): Val =>
  s.node.attrs.reverse ? literal(s.time - 1, "u32").minus(step) : step;

/** One lane a batch row and channel group; `body` gets the row and the place behind time. */
function everyChannel(
  io: RegionIO,
  s: Shape,
  { caps, width }: Manner,
  chunks: number,
  body: (row: Val, channel: Val, place: readonly Val[], chunk: Val) => void,
): readonly [number, readonly [number, number, number]] {
  const k = io.k;
  const across = s.channels / width;
  const lanes = across * chunks * s.batch;
  const workgroupSize = lanesOf(caps);
  const { index, grid } = linearLanes(io, caps, lanes, workgroupSize);
  k.when(index.below(lanes), () => {
    const [row, chunk, group] = io.indices.unflatten(index, [s.batch, chunks, across]) as [
      Val,
      Val,
      Val,
    ];
    const channel = k.let("channel", group.times(width));
    body(row, channel, io.indices.unflatten(channel, s.trailing), chunk);
  });
  return [workgroupSize, grid];
}

/** Walks steps [from, below) from h, and calls back with each new h; gives the last. */
function run(
  io: RegionIO,
  region: Region,
  s: Shape,
  { caps, width, ahead }: Manner,
  row: Val,
  place: readonly Val[],
  start: Val,
  from: Num,
  below: Num,
  each: (at: readonly Val[], h: Val, decay: Val) => void,
): Val {
  const k = io.k;
  const placeOf = (step: Val) => [row, k.let("t", stepOf(s, step)), ...place];
  const walk = { lanes: lanesOf(caps), width, from, below, at: placeOf };
  const early = ahead ? readAhead(io, readByStep(region), { ...walk, steps: ahead }) : notAhead;
  const h = k.variable("h", start);
  // The step is left open: what is held does not ask for it.
  holdSteady(io, region, s.node.type.shape, [row, literal(0, "u32"), ...place], width);
  early.begin();
  k.loop("step", from, below, 1, (step) => {
    const at = placeOf(step);
    early.arrive(step, at);
    const decay = k.let("decay", io.read(s.decay)(at, width));
    const input = io.read(s.input)(at, width);
    k.accumulate(h, (now) => fma(decay, now, input));
    each(at, h.get(), decay);
    early.follow(step);
  });
  early.end();
  return h.get();
}

/** Writes at every step what each step gives, and behind the last what only that gives; `isLast`: whether the walk reaches it. */
function writing(io: RegionIO, region: Region, s: Shape, row: Val, place: readonly Val[]) {
  const end = s.node.attrs.reverse ? 0 : s.time - 1;
  const last = writtenAt(region, end);
  const others = region.outputs.filter((n) => !last.includes(n));
  return {
    each: (at: readonly Val[], h: Val) => {
      if (others.length > 0) io.writeFrom(s.node, at, h, others);
    },
    end: (h: Val, isLast: Val) => {
      if (last.length > 0)
        io.k.when(isLast, () =>
          io.writeFrom(s.node, [row, literal(end, "u32"), ...place], h, last),
        );
    },
  };
}

function walk(region: Region, s: Shape, manner: Manner): LoweredKernel {
  const io = new RegionIO(region);
  const [workgroupSize, grid] = everyChannel(io, s, manner, 1, (row, _, place) => {
    const start = io.read(s.initial)([row, ...place], manner.width);
    const { each, end } = writing(io, region, s, row, place);
    end(run(io, region, s, manner, row, place, start, 0, s.time, each), literal(1, "bool"));
  });
  return io.finish(`${region.name}_scan`, workgroupSize, grid);
}

function tiledChoice(region: Region, s: Shape, manner: Manner, chunk: number): Choice {
  const { ahead } = manner;
  const chunks = Math.ceil(s.time / chunk);
  const length = s.batch * chunks * s.channels;
  return {
    schedule: { chunk, ...(ahead ? { ahead } : {}) },
    build: () => {
      const steps = [reduceChunks, chainChunks, rerunChunks].map((write) =>
        write(region, s, manner, chunk),
      );
      return {
        kernels: steps,
        scratch: ["decays", "ends", "starts"].map((name) => ({ name, length })),
      };
    },
  };
}

/** Where a chunk's carry stands in scratch: [batch, chunks, channels]. */
const carryAt = (s: Shape, chunks: number, row: Val, chunk: Val, channel: Val): Val =>
  row.times(chunks).plus(chunk).times(s.channels).plus(channel);

/** Every chunk but the last, which no other follows, from zero: the product of its decays and where it ends. */
function reduceChunks(region: Region, s: Shape, manner: Manner, length: number): LoweredKernel {
  const { width } = manner;
  const io = new RegionIO(region);
  const k = io.k;
  const chunks = Math.ceil(s.time / length);
  const [workgroupSize, grid] = everyChannel(
    io,
    s,
    manner,
    chunks - 1,
    (row, channel, place, chunk) => {
      const total = k.variable("total", literal(1, "f32", width));
      const end = k.variable("end", literal(0, "f32", width));
      const from = k.let("from", chunk.times(length));
      const below = k.let("below", from.plus(length));
      const zero = literal(0, "f32", width);
      run(io, region, s, manner, row, place, zero, from, below, (_, h, decay) => {
        k.accumulate(total, (now) => now.times(decay));
        end.set(h);
      });
      const at = k.let("at", carryAt(s, chunks, row, chunk, channel));
      k.store(io.scratch("decays", s.batch * chunks * s.channels), at, total.get());
      k.store(io.scratch("ends", s.batch * chunks * s.channels), at, end.get());
    },
  );
  return io.finish(`${region.name}_reduce`, workgroupSize, grid);
}

/** Through the chunks of a channel: where each starts. */
function chainChunks(region: Region, s: Shape, manner: Manner, length: number): LoweredKernel {
  const { width } = manner;
  const io = new RegionIO(region);
  const k = io.k;
  const chunks = Math.ceil(s.time / length);
  const size = s.batch * chunks * s.channels;
  const [workgroupSize, grid] = everyChannel(io, s, manner, 1, (row, channel, place) => {
    const h = k.variable("h", io.read(s.initial)([row, ...place], width));
    const start = (chunk: Val): Val => {
      const at = k.let("at", carryAt(s, chunks, row, chunk, channel));
      k.store(io.scratch("starts", size), at, h.get());
      return at;
    };
    k.loop("chunk", 0, chunks - 1, 1, (chunk) => {
      const at = start(chunk);
      const decay = k.load(io.scratch("decays", size), at, width);
      const end = k.load(io.scratch("ends", size), at, width);
      k.accumulate(h, (now) => fma(decay, now, end));
    });
    start(literal(chunks - 1, "u32"));
  });
  return io.finish(`${region.name}_chain`, workgroupSize, grid);
}

/** Every chunk again, from its true start. */
function rerunChunks(region: Region, s: Shape, manner: Manner, length: number): LoweredKernel {
  const { width } = manner;
  const io = new RegionIO(region);
  const chunks = Math.ceil(s.time / length);
  const [workgroupSize, grid] = everyChannel(
    io,
    s,
    manner,
    chunks,
    (row, channel, place, chunk) => {
      const starts = io.scratch("starts", s.batch * chunks * s.channels);
      const start = io.k.load(starts, carryAt(s, chunks, row, chunk, channel), width);
      const from = io.k.let("from", chunk.times(length));
      const next = from.plus(length);
      const below = io.k.let("below", s.time % length === 0 ? next : next.atMost(s.time));
      const { each, end } = writing(io, region, s, row, place);
      const last = run(io, region, s, manner, row, place, start, from, below, each);
      end(last, chunk.equals(chunks - 1));
    },
  );
  return io.finish(`${region.name}_rerun`, workgroupSize, grid);
}
