/**
 * Products of at most four rows: every weight is used once or few times, so reading the weights is all that counts. Either a
 * lane sums its columns alone, or the terms of a sum are dealt to several lanes of a workgroup (or to a subgroup, where the
 * weights' neighbours are terms), because few columns leave a GPU idle. Seen on lavapipe, 2 busy cores, 2048→6144, least of
 * interleaved runs: 7.4 ms with one vec4 of columns a lane, 8.7 with two; of quantised weights, whose lanes read blocks of four
 * columns, on a busy machine: int8 2.2 ms with one block, 1.6 with two, int4 2.9 and 1.4.
 */
import type { Region } from "../../src/passes/regions.ts";
import { RegionIO } from "../access.ts";
import type { Caps } from "../kernel.ts";
import type { Choice, LoweredKernel, Recipe, Schedule } from "../recipe.ts";
import { call, literal, type Val } from "../val.ts";
import { holdRows, waysToHold } from "./held-rows.ts";
import {
  columnsAtOnce,
  fewRows,
  type Layout,
  layoutOfAll,
  type Product,
  productsOf,
  termsATurn,
  unflatten,
} from "./product.ts";
import { type LaneTile, mapSums, type RowsHeld, type Sums } from "./sums.ts";
import { clampColumn, columnsOf, registerTiles, sumTile, writeTile } from "./tile.ts";

/** `slices` lanes share one sum; `columns` groups a lane; `subgroup` 1 where a subgroup adds the slices up. */
type Split = {
  readonly columns: number;
  readonly slices: number;
  readonly lanes: number;
  readonly subgroup: 0 | 1;
};

/** Readies the rows by so many lanes. */
type Hold = (io: RegionIO, lanes: number) => RowsHeld | null;

export const gemv: Recipe = {
  name: "gemv",
  accepts: (region) => region.anchor?.op === "contract" && fewRows(region.anchor) !== null,
  choices(region, caps) {
    const products = productsOf(region);
    const p = products[0]!;
    const layout = layoutOfAll(new RegionIO(region), products);
    const isHeld = region.body.some((n) => n.op === "reduce");
    /** One choice for each way to hold the rows that leaves `sums` bytes of workgroup memory. */
    const byWay = (
      schedule: Schedule,
      lanes: number,
      sums: number,
      build: (hold: Hold) => LoweredKernel,
    ): readonly Choice[] =>
      waysToHold(region, p, lanes, caps.maxWorkgroupBytes - sums).map((kept) => {
        const hold: Hold = (io, own) => holdRows(io, region, p, layout, caps, own, kept);
        return {
          schedule: { ...schedule, ...(isHeld ? { held: kept } : {}) },
          build: () => ({ kernels: [build(hold)], scratch: [] }),
        };
      });
    const twoFirst = layout.innerContiguous || (layout.packed !== null && caps.barriers === "dear");
    const alone = (twoFirst ? [2, 1, 4] : [1, 2, 4]).flatMap((columns) =>
      byWay({ columns }, lanesAlone(caps), 0, (hold) =>
        registerTiles(region, caps, { rows: p.M, columns, lanes: lanesAlone(caps) }, hold),
      ),
    );
    const shared = splitsOf(p, layout, caps).flatMap((split) =>
      byWay(split, split.lanes, bytesOfSums(split, layout, p, products.length), (hold) =>
        splitTerms(region, split, hold),
      ),
    );
    return caps.barriers === "cheap" && !fillsAlone(p, layout, caps)
      ? [...shared, ...alone]
      : [...alone, ...shared];
  },
};

/**
 * Lanes of a workgroup in which every lane sums alone. Where barriers are dear, one subgroup: it needs none to compute a norm
 * together, and many small workgroups share few cores evenly.
 */
const lanesAlone = ({ barriers, subgroup }: Caps): number =>
  barriers === "dear" && subgroup ? subgroup.size : 64;

/** Many small products keep the device busy without help: in a workgroup each, most of its lanes would be idle. */
const fillsAlone = (p: Product, layout: Layout, caps: Caps): boolean =>
  p.batch > 1 && Math.ceil(p.N / columnsAtOnce(layout)) * p.batch >= caps.busyLanes;

/** Best first: as many slices as keep the device busy, each with at least four turns of the loop. */
function splitsOf(p: Product, layout: Layout, caps: Caps): readonly Split[] {
  const lanes = Math.min(128, caps.maxWorkgroupLanes);
  const groups = Math.ceil(p.N / columnsAtOnce(layout)) * p.batch;
  const useful = Math.min(caps.busyLanes / groups, p.K / (4 * termsATurn(layout, p)), lanes / 4);
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
  return [...inSubgroups, ...inMemory].filter((s) => fits(s, p, caps));
}

/** What the lanes' parts of the sums take in workgroup memory. */
function bytesOfSums(s: Split, layout: Layout, p: Product, products: number): number {
  return s.subgroup ? 0 : 4 * columnsAtOnce(layout) * s.columns * s.lanes * p.M * products;
}

const fits = (s: Split, p: Product, caps: Caps): boolean =>
  p.batch <= caps.maxWorkgroupsPerDimension &&
  Math.ceil(p.N / s.columns) <= caps.maxWorkgroupsPerDimension * (s.lanes / s.slices);

/** Neighbouring lanes take neighbouring terms or neighbouring columns: whichever lie together in memory. */
function splitTerms(region: Region, split: Split, hold: Hold): LoweredKernel {
  const io = new RegionIO(region);
  const k = io.k;
  const products = productsOf(region);
  const p = products[0]!;
  const layout = layoutOfAll(io, products);
  const rowsHeld = hold(io, split.lanes);
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
  const tile: LaneTile = {
    batch,
    rows,
    columns: columns.map((c) => clampColumn(io, p, layout, c, covered)),
    from: slice,
    step: split.slices,
    terms: termsATurn(layout, p),
    sharedBy: 0,
  };
  const parts = sumTile(io, products, layout, tile, rowsHeld);
  const totals = split.subgroup
    ? addInSubgroup(io, parts)
    : addInMemory(io, parts, split, slice, place);
  k.when(slice.equals(0), () =>
    writeTile(io, products, batch, rows, columns, totals(), true, covered === p.N),
  );
  return io.finish(`${region.name}_product`, split.lanes, [workgroups, 1, p.batch]);
}

function addInSubgroup(io: RegionIO, parts: Sums): () => Sums {
  const totals = mapSums(parts, (part) => io.k.subgroup("sum", part));
  return () => totals;
}

/** Every lane's part of each sum goes to workgroup memory; whoever asks for the totals adds them up. */
function addInMemory(io: RegionIO, parts: Sums, split: Split, slice: Val, place: Val): () => Sums {
  const k = io.k;
  const across = split.lanes / split.slices;
  const width = parts[0]?.[0]?.[0]?.type.width ?? 1;
  const memory = k.workgroup("parts", "f32", split.lanes * parts.flat(2).length * width);
  const at = (of: Val, sum: number) =>
    of
      .plus(sum * split.slices)
      .times(across)
      .plus(place)
      .times(width);
  mapSums(parts, (part, sum) => k.store(memory, at(slice, sum), part));
  k.barrier();
  return () =>
    mapSums(parts, (own, sum) => {
      const total = k.variable("total", own);
      k.loop("other", 1, split.slices, 1, (other) => {
        k.accumulate(total, (now) =>
          call("add", now, k.load(memory, at(other, sum), width, "part")),
        );
      });
      return total.get();
    });
}
