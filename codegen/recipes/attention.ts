/**
 * Attention over a ring of keys with an online softmax: what is kept of the keys so far is the largest logit, the sum of
 * weights and the weighted values, so no row of logits is ever stored. Either a lane owns a query and takes a few keys
 * at a time, or a workgroup owns a query: its lanes are keys while logits are made and parts of the value while values are added.
 * Seen on lavapipe, 2 busy cores, one token of 6 heads of 128 over 1 024 keys: 1.1 ms a lane a query (4 keys at a time; 2.0 one),
 * 1.9 to 5 ms a workgroup a query.
 */
import type { Region } from "../../src/passes/regions.ts";
import { RegionIO } from "../access.ts";
import { linearLanes } from "../grid.ts";
import type { Caps, Memory } from "../kernel.ts";
import type { Choice, LoweredKernel, Recipe } from "../recipe.ts";
import { call, cast, fma, literal, select, type Val } from "../val.ts";
import { attentionTile, attentionTileFits } from "./attention-tiles.ts";
import {
  isAttend,
  keySpan,
  logitOf,
  type Query,
  queryOf,
  slotOf,
  sumOfParts,
  unseen,
  widthOf,
} from "./query.ts";

/** `subgroup`: lanes that find their largest logit together, 1 where subgroups are not used. */
type Team = { readonly lanes: number; readonly subgroup: number };

export const attention: Recipe = {
  name: "attention",
  accepts: (region) => isAttend(region.anchor),
  choices(region, caps) {
    const q = queryOf(region);
    const alone: Choice[] = [4, 1].map((keys) => ({
      schedule: { keys },
      build: () => ({ kernels: [laneAQuery(region, q, caps, keys)], scratch: [] }),
    }));
    const shared: Choice[] = teamsOf(region, q, caps).map((team) => ({
      schedule: team,
      build: () => ({ kernels: [workgroupAQuery(region, q, team)], scratch: [] }),
    }));
    const units: Choice[] = attentionTileFits(region, q, caps)
      ? [
          {
            schedule: { tile: 32 },
            build: () => ({ kernels: [attentionTile(region, q)], scratch: [] }),
          },
        ]
      : [];
    return caps.barriers === "cheap"
      ? [...units, ...shared, ...alone]
      : [...alone, ...shared, ...units];
  },
};

function teamsOf(region: Region, q: Query, caps: Caps): readonly Team[] {
  const width = widthOf(new RegionIO(region), q);
  const sizes = caps.subgroup ? [caps.subgroup.size, 1] : [1];
  return [64, 128, 256]
    .flatMap((lanes) => sizes.map((subgroup) => ({ lanes, subgroup })))
    .filter(
      ({ lanes, subgroup }) =>
        lanes % subgroup === 0 &&
        lanes <= caps.maxWorkgroupLanes &&
        q.dims / width <= lanes &&
        4 * (q.dims + 3 * lanes + 4 * lanes) <= caps.maxWorkgroupBytes &&
        [q.heads, q.time, q.batch].every((n) => n <= caps.maxWorkgroupsPerDimension),
    );
}

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** A lane takes one query and `block` keys at a time; query and weighted values live in registers. */
function laneAQuery(region: Region, q: Query, caps: Caps, block: number): LoweredKernel {
  const io = new RegionIO(region);
  const k = io.k;
  const width = widthOf(io, q);
  const lanes = q.batch * q.time * q.heads;
  const workgroupSize = Math.min(32, caps.maxWorkgroupLanes);
  const { index, grid } = linearLanes(io, caps, lanes, workgroupSize);
  const query = k.registers("query", "f32", q.dims);
  const total = k.registers("total", "f32", q.dims);
  k.when(index.below(lanes), () => {
    const [row, t, head] = io.indices.unflatten(index, [q.batch, q.time, q.heads]) as [
      Val,
      Val,
      Val,
    ];
    const group = k.let("group", head.over(q.heads / q.groups));
    k.loop("d", 0, q.dims, width, (d) => {
      k.store(query, d, io.read(q.q)([row, t, head, d], width).times(q.scale));
      k.store(total, d, literal(0, "f32", width));
    });
    const { oldest, newest } = keySpan(io, q, row, t);
    const largest = k.variable("largest", literal(unseen, "f32"));
    const sum = k.variable("sum", literal(0, "f32"));
    k.loop("key", oldest, newest.plus(1), block, (key) => {
      const visible = range(block).map((i) => k.let("visible", call("le", key.plus(i), newest)));
      const slots = range(block).map((i) => slotOf(io, q, key.plus(i).atMost(newest)));
      const products = slots.map(() => k.variable("product", literal(0, "f32", width)));
      k.loop("d", 0, q.dims, width, (d) => {
        const part = k.load(query, d, width);
        const keys = slots.map((slot) => io.read(q.keys)([row, slot, group, d], width));
        for (const [i, product] of products.entries())
          k.accumulate(product, (now) => fma(part, keys[i]!, now));
      });
      const logits = products.map((p, i) =>
        k.let("logit", select(visible[i]!, logitOf(q, sumOfParts(p.get())), unseen)),
      );
      const before = largest.get();
      const now = k.let(
        "largest_now",
        logits.reduce((a, b) => a.atLeast(b), before),
      );
      const fade = k.let("fade", call("exp", before.minus(now)));
      const weights = logits.map((logit, i) =>
        k.let("weight", select(visible[i]!, call("exp", logit.minus(now)), 0)),
      );
      largest.set(now);
      k.accumulate(sum, (so) =>
        fma(
          so,
          fade,
          weights.reduce((a, b) => a.plus(b)),
        ),
      );
      k.loop("d", 0, q.dims, width, (d) => {
        const faded = k.load(total, d, width).times(fade);
        k.store(
          total,
          d,
          slots.reduce(
            (so, slot, i) => fma(io.read(q.values)([row, slot, group, d], width), weights[i]!, so),
            faded,
          ),
        );
      });
    });
    const share = k.let("share", call("div", literal(1, "f32"), sum.get()));
    k.loop("d", 0, q.dims, width, (d) =>
      io.write([row, t, head, d], k.load(total, d, width).times(share)),
    );
  });
  return io.finish(`${region.name}_attend`, workgroupSize, grid);
}

/** A workgroup takes one query; every tile has as many keys as there are lanes. All loop bounds are uniform: they hold barriers. */
function workgroupAQuery(region: Region, q: Query, team: Team): LoweredKernel {
  const io = new RegionIO(region);
  const k = io.k;
  const width = widthOf(io, q);
  const { lanes } = team;
  const lane = k.builtin("lane");
  const head = k.let("head", k.builtin("workgroup_x"));
  const [t, row] = [k.builtin("workgroup_y"), k.builtin("workgroup_z")];
  const group = k.let("group", head.over(q.heads / q.groups));
  const query = k.workgroup("query", "f32", q.dims);
  const peaks = k.workgroup("peaks", "f32", lanes / team.subgroup);
  const weights = k.workgroup("weights", "f32", lanes);
  k.when(lane.below(q.dims / width), () => {
    const d = k.let("d", lane.times(width));
    k.store(query, d, io.read(q.q)([row, t, head, d], width).times(q.scale));
  });
  k.barrier();
  const { oldest, newest } = keySpan(io, q, row, t);
  const across = q.dims / width;
  const parts = Math.floor(lanes / across);
  const part = k.let("part", lane.over(across));
  const mine = k.let("mine", lane.modulo(across).times(width));
  const largest = k.variable("largest", literal(unseen, "f32"));
  const sum = k.variable("sum", literal(0, "f32"));
  const total = k.variable("total", literal(0, "f32", width));
  k.loop("tile", oldest, newest.plus(1), lanes, (tile) => {
    const key = k.let("key", tile.plus(cast(lane, "i32")));
    const visible = k.let("visible", call("le", key, newest));
    const slot = slotOf(io, q, key.atMost(newest));
    const product = k.variable("product", literal(0, "f32", width));
    k.loop("d", 0, q.dims, width, (d) => {
      const at = io.read(q.keys)([row, slot, group, d], width);
      k.accumulate(product, (now) => fma(k.load(query, d, width), at, now));
    });
    const logit = k.let("logit", select(visible, logitOf(q, sumOfParts(product.get())), unseen));
    storePeak(io, team, peaks, logit);
    k.barrier();
    const before = largest.get();
    k.loop("other", 0, peaks.length, 1, (other) =>
      k.accumulate(largest, (now) => now.atLeast(k.load(peaks, other))),
    );
    const now = largest.get();
    const fade = k.let("fade", call("exp", before.minus(now)));
    k.store(weights, lane, select(visible, call("exp", logit.minus(now)), 0));
    k.barrier();
    k.accumulate(sum, (so) => so.times(fade));
    k.accumulate(total, (so) => so.times(fade));
    const keysHere = k.let("keys_here", cast(newest.plus(1).minus(tile).atMost(lanes), "u32"));
    k.loop("other", part, keysHere, parts, (other) => {
      const weight = k.load(weights, other);
      const from = slotOf(io, q, tile.plus(cast(other, "i32")));
      k.accumulate(sum, (so) => so.plus(weight));
      const value = io.read(q.values)([row, from, group, mine], width);
      k.accumulate(total, (so) => fma(value, weight, so));
    });
  });
  const joined = joinParts(
    io,
    { across, parts, even: across * parts === lanes },
    { part, mine, sum: sum.get(), total: total.get() },
  );
  k.when(part.equals(0), () => io.write([row, t, head, mine], joined()));
  return io.finish(`${region.name}_attend`, lanes, [q.heads, q.time, q.batch]);
}

/** The largest logit of each subgroup, or of each lane where subgroups are not used. */
function storePeak(io: RegionIO, team: Team, peaks: Memory, logit: Val): void {
  const k = io.k;
  const lane = k.builtin("lane");
  if (team.subgroup === 1) k.store(peaks, lane, logit);
  else {
    const peak = k.subgroup("max", logit);
    k.when(lane.modulo(team.subgroup).equals(0), () =>
      k.store(peaks, lane.over(team.subgroup), peak),
    );
  }
}

/** Lanes of different parts have added different keys of the same numbers: the first part adds up what the others have. */
function joinParts(
  io: RegionIO,
  shape: { readonly across: number; readonly parts: number; readonly even: boolean },
  own: { readonly part: Val; readonly mine: Val; readonly sum: Val; readonly total: Val },
): () => Val {
  const k = io.k;
  const { width } = own.total.type;
  if (shape.parts === 1) return () => own.total.over(own.sum);
  const dims = shape.across * width;
  const sums = k.workgroup("sums", "f32", shape.parts * shape.across);
  const totals = k.workgroup("totals", "f32", shape.parts * dims);
  k.when(shape.even ? literal(1, "bool") : own.part.below(shape.parts), () => {
    k.store(sums, own.part.times(shape.across).plus(own.mine.over(width)), own.sum);
    k.store(totals, own.part.times(dims).plus(own.mine), own.total);
  });
  k.barrier();
  return () => {
    const sum = k.variable("sum", own.sum);
    const total = k.variable("total", own.total);
    k.loop("other", 1, shape.parts, 1, (other) => {
      k.accumulate(sum, (so) =>
        so.plus(k.load(sums, other.times(shape.across).plus(own.mine.over(width)))),
      );
      k.accumulate(total, (so) => so.plus(k.load(totals, other.times(dims).plus(own.mine), width)));
    });
    return total.get().over(sum.get());
  };
}
