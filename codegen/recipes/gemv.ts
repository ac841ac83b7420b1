/**
 * Products of at most four rows: every weight is used once or few times, so reading the weights is all that counts. Either a
 * lane sums its columns alone, or the terms of a sum are dealt to several lanes of a workgroup (or to a subgroup, where the
 * weights' neighbours are terms), because few columns leave a GPU idle. Seen on lavapipe, 2 busy cores, 2048→6144, least of
 * interleaved runs: 7.4 ms with one vec4 of columns a lane, 8.7 with two.
 */
import type { Region } from "../../src/passes/regions.ts";
import { RegionIO } from "../access.ts";
import type { Caps } from "../kernel.ts";
import type { Choice, LoweredKernel, Recipe, Schedule } from "../recipe.ts";
import { call, literal, type Val } from "../val.ts";
import {
  columnsAtOnce,
  contractOf,
  type Layout,
  layoutOf,
  type Product,
  productOf,
  termsAtOnce,
  unflatten,
} from "./product.ts";
import { clampColumn, columnsOf, registerTiles, sumTile, writeTile } from "./tile.ts";

/** `slices` lanes share one sum; `columns` groups a lane; `subgroup` 1 where a subgroup adds the slices up. */
type Split = {
  readonly columns: number;
  readonly slices: number;
  readonly lanes: number;
  readonly subgroup: 0 | 1;
};

export const gemv: Recipe = {
  name: "gemv",
  accepts: (region) => region.anchor?.op === "contract" && productOf(region.anchor).M <= 4,
  choices(region, caps) {
    const p = productOf(contractOf(region));
    const layout = layoutOf(new RegionIO(region), p);
    const { innerContiguous } = layout;
    const alone: Choice[] = (innerContiguous ? [2, 1, 4] : [1, 2, 4]).map((columns) => ({
      schedule: { columns },
      build: () => ({
        kernels: [registerTiles(region, caps, { rows: p.M, columns })],
        scratch: [],
      }),
    }));
    const shared = splitsOf(region, p, caps).map((split) => choiceOf(region, split));
    return caps.barriers === "cheap" && !fillsAlone(p, layout, caps)
      ? [...shared, ...alone]
      : [...alone, ...shared];
  },
};

/** Many small products keep the device busy without help: in a workgroup each, most of its lanes would be idle. */
const fillsAlone = (p: Product, layout: Layout, caps: Caps): boolean =>
  p.batch > 1 && Math.ceil(p.N / columnsAtOnce(layout)) * p.batch >= caps.busyLanes;

const choiceOf = (region: Region, split: Split): Choice => ({
  schedule: split satisfies Schedule,
  build: () => ({ kernels: [splitTerms(region, split)], scratch: [] }),
});

/** Best first: as many slices as keep the device busy, each with at least four turns of the loop. */
function splitsOf(region: Region, p: Product, caps: Caps): readonly Split[] {
  const layout = layoutOf(new RegionIO(region), p);
  const lanes = Math.min(128, caps.maxWorkgroupLanes);
  const groups = Math.ceil(p.N / columnsAtOnce(layout)) * p.batch;
  const useful = Math.min(caps.busyLanes / groups, p.K / (4 * termsAtOnce(layout)), lanes / 4);
  const best = layout.innerContiguous ? 32 : ([16, 8, 4].find((n) => n <= useful) ?? 2);
  const slices = [best, ...[4, 16].filter((n) => n !== best)].filter((n) => n <= lanes);
  const inMemory = slices.flatMap((n) =>
    [1, 2].map((columns): Split => ({ columns, slices: n, lanes, subgroup: 0 })),
  );
  const size = caps.subgroup?.size ?? 0;
  const inSubgroups =
    size > 1 && lanes % size === 0 && layout.innerContiguous
      ? [2, 1].map((columns): Split => ({ columns, slices: size, lanes, subgroup: 1 }))
      : [];
  return [...inSubgroups, ...inMemory].filter((s) => fits(s, layout, p, caps));
}

function fits(s: Split, layout: ReturnType<typeof layoutOf>, p: Product, caps: Caps): boolean {
  const bytes = s.subgroup ? 0 : 4 * columnsAtOnce(layout) * s.columns * s.lanes * p.M;
  return (
    bytes <= caps.maxWorkgroupBytes &&
    p.batch <= caps.maxWorkgroupsPerDimension &&
    Math.ceil(p.N / s.columns) <= caps.maxWorkgroupsPerDimension * (s.lanes / s.slices)
  );
}

/** Neighbouring lanes take neighbouring terms or neighbouring columns: whichever lie together in memory. */
function splitTerms(region: Region, split: Split): LoweredKernel {
  const io = new RegionIO(region);
  const k = io.k;
  const p = productOf(contractOf(region));
  const layout = layoutOf(io, p);
  const width = columnsAtOnce(layout);
  const across = split.lanes / split.slices;
  const workgroups = Math.ceil(p.N / (width * split.columns * across));
  const lane = k.builtin("lane");
  const slice = k.let(
    "slice",
    layout.innerContiguous ? lane.modulo(split.slices) : lane.over(across),
  );
  const place = k.let(
    "place",
    layout.innerContiguous ? lane.over(split.slices) : lane.modulo(across),
  );
  const position = k.let("position", k.builtin("workgroup_x").times(across).plus(place));
  const batch = unflatten(io, k.builtin("workgroup_z"), p.axes.batch);
  const rows = Array.from({ length: p.M }, (_, i) => literal(i, "u32"));
  const covered = workgroups * across * split.columns * width;
  const columns = columnsOf(io, layout, position, split.columns, across);
  const parts = sumTile(io, p, layout, {
    batch,
    rows,
    columns: columns.map((c) => clampColumn(io, p, layout, c, covered)),
    from: slice,
    step: split.slices,
    terms: termsAtOnce(layout),
  });
  const totals = split.subgroup
    ? addInSubgroup(io, parts)
    : addInMemory(io, parts, split, slice, place);
  k.when(slice.equals(0), () =>
    writeTile(io, p, batch, rows, columns, totals(), true, covered === p.N),
  );
  return io.finish(`${region.name}_product`, split.lanes, [workgroups, 1, p.batch]);
}

type Sums = readonly (readonly Val[])[];

function addInSubgroup(io: RegionIO, parts: Sums): () => Sums {
  const totals = parts.map((row) => row.map((part) => io.k.subgroup("sum", part)));
  return () => totals;
}

/** Every lane's part of each sum goes to workgroup memory; whoever asks for the totals adds them up. */
function addInMemory(io: RegionIO, parts: Sums, split: Split, slice: Val, place: Val): () => Sums {
  const k = io.k;
  const across = split.lanes / split.slices;
  const width = parts[0]?.[0]?.type.width ?? 1;
  const sumsOfLane = parts.length * split.columns;
  const memory = k.workgroup("parts", "f32", split.lanes * sumsOfLane * width);
  const at = (of: Val, sum: number) =>
    of
      .plus(sum * split.slices)
      .times(across)
      .plus(place)
      .times(width);
  for (const [i, row] of parts.entries())
    for (const [j, part] of row.entries()) k.store(memory, at(slice, i * split.columns + j), part);
  k.barrier();
  return () =>
    parts.map((row, i) =>
      row.map((own, j) => {
        const total = k.variable("total", own);
        k.loop("other", 1, split.slices, 1, (other) => {
          k.accumulate(total, (now) =>
            call("add", now, k.load(memory, at(other, i * split.columns + j), width, "part")),
          );
        });
        return total.get();
      }),
    );
}
