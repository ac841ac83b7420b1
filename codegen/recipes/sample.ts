/**
 * Draws one token a row: top-k and top-p thresholds by bisection over the bits of the logits, then Gumbel-max with Philox noise.
 * A workgroup takes a row; temperature 0 skips all but the argmax. Never sorts, never writes a probability.
 */
import { CompilerBug } from "../../src/graph/bug.ts";
import type { Node } from "../../src/graph/graph.ts";
import type { Region } from "../../src/passes/regions.ts";
import { RegionIO } from "../access.ts";
import type { KernelBuilder } from "../build.ts";
import { linearWorkgroups } from "../grid.ts";
import type { Caps } from "../kernel.ts";
import type { LoweredKernel, Recipe } from "../recipe.ts";
import { bitcast, call, cast, literal, select, type Val } from "../val.ts";
import { acrossLanes, type Fold } from "./across.ts";
import { gumbels } from "./noise.ts";

export const sample: Recipe = {
  name: "sample",
  accepts: (region) => region.anchor?.op === "sample",
  choices: (region, caps) =>
    lanesFor(caps).map((lanes) => ({
      schedule: { lanes },
      build: () => ({ kernels: [sampleKernel(region, caps, lanes)], scratch: [] }),
    })),
};

/** The default first: where barriers are dear, one subgroup needs none. */
function lanesFor(caps: Caps): readonly number[] {
  const few = caps.subgroup?.size ?? 32;
  const all = caps.barriers === "dear" ? [few, 32, 256] : [256, 64, few];
  return [...new Set(all)].filter((lanes) => lanes <= caps.maxWorkgroupLanes);
}

type Token = (token: Val, logit: Val, inside: Val, j: number) => void;
/** What the steps of the kernel share. */
type Row = {
  readonly k: KernelBuilder;
  readonly across: (fold: Fold, v: Val, round?: Val) => Val;
  /** Goes through this lane's tokens by fours; `inside` is false past the end of the vocabulary. */
  readonly each: (quad: (first: Val) => Token) => void;
};

function sampleKernel(region: Region, caps: Caps, lanes: number): LoweredKernel {
  const io = new RegionIO(region);
  const { k } = io;
  const [logits, temperature, topP, topK, seed, draw] = (region.anchor?.inputs ??
    []) as readonly Node[];
  if (!logits || !temperature || !topP || !topK || !seed || !draw)
    throw new CompilerBug(`region ${region.name} draws nothing`);
  const [batch, vocabulary] = logits.type.shape as readonly [number, number];
  const { number, grid, exact } = linearWorkgroups(io, caps, batch);
  const row = rowOf(io, caps, lanes, logits, number);
  const control = (node: Node) => io.read(node)([number]);
  k.when(exact ? literal(1, "bool") : number.below(batch), () => {
    const heat = k.let("heat", control(temperature));
    const best = k.variable("best", literal(lowest, "f32"));
    const token = k.variable("token", literal(0, "u32"));
    const offer = (v: Val, score: Val, allowed: Val) => {
      const before = best.get();
      const better = k.let("better", allowed.and(before.below(score)));
      best.set(select(better, score, before));
      token.set(select(better, v, token.get()));
    };
    k.when(
      heat.equals(0),
      () => row.each(() => (v, logit, inside) => offer(v, logit, inside)),
      () => {
        const scaled = (logit: Val) => k.let("scaled", logit.over(heat));
        const least = k.let(
          "least",
          leastByMass(
            row,
            scaled,
            control(topP),
            leastByRank(row, scaled, control(topK), vocabulary),
          ),
        );
        const key = k.let("seed", control(seed));
        const counter = k.let("draw", control(draw));
        row.each((quad) => {
          const noise = gumbels(k, key, counter, quad);
          return (v, logit, inside, j) => {
            const z = scaled(logit);
            offer(
              v,
              k.let("noisy", z.plus(noise[j]!)),
              inside.and(call("le", least, orderOf(k, z))),
            );
          };
        });
      },
    );
    const top = row.across("max", best.get());
    // The lowest index among equals: the largest of the indices counted from the end.
    const fromEnd = select(
      best.get().equals(top),
      call("sub", literal(vocabulary, "u32"), token.get()),
      literal(0, "u32"),
    );
    const last = row.across("max", k.let("from_end", fromEnd));
    k.when(k.builtin("lane").equals(0), () => {
      const winner = call("sub", literal(vocabulary, "u32"), last.atLeast(1));
      io.write([number], cast(winner, "i32"));
    });
  });
  return io.finish(region.name, lanes, grid);
}

const lowest = -3.4028234663852886e38;

function rowOf(io: RegionIO, caps: Caps, lanes: number, logits: Node, at: Val): Row {
  const { k } = io;
  const vocabulary = logits.type.shape[1]!;
  const whole = vocabulary % 4 === 0;
  const wide = whole && io.canVector(logits);
  return {
    k,
    across: (fold, v, round) => acrossLanes(k, caps, lanes, fold, v, round ?? null),
    each: (quad) =>
      k.loop("first", k.builtin("lane").times(4), vocabulary, lanes * 4, (first) => {
        const body = quad(first);
        const four = wide ? io.read(logits)([at, first], 4) : null;
        for (let j = 0; j < 4; j++) {
          const v = j === 0 ? first : k.let("token_here", first.plus(j));
          const read = () => io.read(logits)([at, whole ? v : v.atMost(vocabulary - 1)]);
          body(
            v,
            four ? four.component(j) : k.let("logit", read()),
            whole ? literal(1, "bool") : v.below(vocabulary),
            j,
          );
        }
      }),
  };
}

/** A u32 that orders as the float does; −0 is 0. */
function orderOf(k: KernelBuilder, z: Val): Val {
  const bits = k.let("bits", bitcast(select(z.equals(0), literal(0, "f32"), z), "u32"));
  const negative = call("le", literal(0x80000000, "u32"), bits);
  return k.let(
    "order",
    select(negative, call("bitxor", bits, 0xffffffff), call("bitor", bits, 0x80000000)),
  );
}

/** The largest threshold, bit by bit from the top, for which `enough` holds; it must hold for 0. */
function bisect(k: KernelBuilder, enough: (threshold: Val, round: Val) => Val): Val {
  const found = k.variable("threshold", literal(0, "u32"));
  k.loop("round", 0, 32, 1, (round) => {
    const bit = call("shl", literal(1, "u32"), call("sub", literal(31, "u32"), round));
    const tried = k.let("tried", call("bitor", found.get(), bit));
    found.set(select(enough(tried, round), tried, found.get()));
  });
  return found.get();
}

/** The order of the k-th largest; 0 where all are kept. */
function leastByRank(row: Row, scaled: (logit: Val) => Val, rank: Val, vocabulary: number): Val {
  const { k } = row;
  const kept = k.let("rank", rank);
  const least = k.variable("least_by_rank", literal(0, "u32"));
  k.when(call("ne", kept, 0).and(kept.below(vocabulary)), () =>
    least.set(
      bisect(k, (tried, round) => {
        const count = k.variable("count", literal(0, "u32"));
        row.each(() => (_, logit, inside) => {
          const counts = inside.and(call("le", tried, orderOf(k, scaled(logit))));
          count.set(count.get().plus(select(counts, literal(1, "u32"), literal(0, "u32"))));
        });
        return call("le", kept, row.across("sum", count.get(), round));
      }),
    ),
  );
  return least.get();
}

/** The order of the least of the largest values that hold the share `p` of the mass of what is ≥ `floor`. */
function leastByMass(row: Row, scaled: (logit: Val) => Val, p: Val, floor: Val): Val {
  const { k } = row;
  const share = k.let("share", p);
  const least = k.variable("least_by_mass", floor);
  k.when(share.below(1), () => {
    const most = k.variable("most", literal(lowest, "f32"));
    row.each(() => (_, logit, inside) => {
      const before = most.get();
      most.set(select(inside, before.atLeast(scaled(logit)), before));
    });
    const peak = row.across("max", most.get());
    const mass = (from: Val, round?: Val): Val => {
      const sum = k.variable("mass", literal(0, "f32"));
      row.each(() => (_, logit, inside) => {
        const z = scaled(logit);
        const counts = inside.and(call("le", from, orderOf(k, z)));
        sum.set(sum.get().plus(select(counts, call("exp", z.minus(peak)), literal(0, "f32"))));
      });
      return row.across("sum", sum.get(), round);
    };
    const needed = k.let("needed", mass(floor).times(share));
    const threshold = bisect(k, (tried, round) =>
      call("le", needed, mass(k.let("from", tried.atLeast(floor)), round)),
    );
    least.set(threshold.atLeast(floor).atMost(orderOf(k, peak)));
  });
  return least.get();
}
