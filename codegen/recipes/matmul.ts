/**
 * Matrix products of many rows. Either every lane holds a small tile of results in registers and reads both operands itself
 * (4 rows × 3 vec4 of columns, no barriers), or a workgroup stages tiles of both in workgroup memory, which GPUs like.
 * Seen on lavapipe, 2 busy cores, 128×768×2304, least of 7 runs, one term a turn: 85 ms at 4×3, 110 at 4×2, 139 at 4×1; with
 * four terms a turn 194, 105 and 84, and 3 s instead of 1 s of LLVM.
 */
import type { Region } from "../../src/passes/regions.ts";
import { RegionIO } from "../access.ts";
import type { Caps } from "../kernel.ts";
import type { Choice, LoweredKernel, Recipe } from "../recipe.ts";
import { fma, literal } from "../val.ts";
import {
  lanesOfMatrixTile,
  type MatrixTile,
  matrixTile,
  matrixTileFits,
  matrixTiles,
} from "./matrix-tiles.ts";
import { layoutOfAll, type Product, productsOf, unflatten } from "./product.ts";
import { shareRows, waysToShareRows } from "./shared-rows.ts";
import { leftQuads, rightQuads, writeRow } from "./staging.ts";
import { registerTiles } from "./tile.ts";

/** A workgroup's tile of the result and how many terms it stages at once; all multiples of 4. */
type Tile = { readonly tileRows: number; readonly tileColumns: number; readonly depth: number };

const tiles: readonly Tile[] = [
  { tileRows: 64, tileColumns: 64, depth: 16 },
  { tileRows: 32, tileColumns: 32, depth: 16 },
  { tileRows: 16, tileColumns: 64, depth: 16 },
  { tileRows: 32, tileColumns: 64, depth: 32 },
];
const registers = [
  { rows: 4, columns: 3 },
  { rows: 4, columns: 2 },
  { rows: 4, columns: 1 },
  { rows: 8, columns: 1 },
  { rows: 2, columns: 2 },
];

/** Of a batch, products with fewer results than this would leave most of every tile empty. */
const smallest = 256;

const lanesOf = (t: Tile) => (t.tileRows * t.tileColumns) / 16;

export const matmul: Recipe = {
  name: "matmul",
  accepts: (region) => region.anchor?.op === "contract",
  choices(region, caps) {
    const products = productsOf(region);
    const p = products[0]!;
    const alone: Choice[] = registers
      .toSorted((a, b) => costOf(a, products) - costOf(b, products))
      .map((schedule) => ({
        schedule,
        build: () => ({ kernels: [registerTiles(region, caps, schedule)], scratch: [] }),
      }));
    const shared: Choice[] = tiles
      .filter((t) => fits(t, products, caps))
      .sort((a, b) => rank(a, p, caps) - rank(b, p, caps))
      .map((schedule) => ({
        schedule,
        build: () => ({ kernels: [tiled(region, schedule)], scratch: [] }),
      }));
    const units: Choice[] = matrixTiles
      .filter((t) => matrixTileFits(t, products, caps))
      .sort((a, b) => rank(a, p, caps) - rank(b, p, caps))
      .map((schedule) => ({
        schedule,
        build: () => ({ kernels: [matrixTile(region, schedule)], scratch: [] }),
      }));
    const { subgroup } = caps;
    const together: Choice[] = subgroup
      ? waysToShareRows(region, caps).map((schedule) => ({
          schedule,
          build: () => ({ kernels: [shareRows(region, caps, subgroup, schedule)], scratch: [] }),
        }))
      : [];
    return caps.barriers === "cheap" && (p.batch === 1 || p.M * p.N >= smallest)
      ? [...units, ...shared, ...alone]
      : [...together, ...alone, ...shared, ...units];
  },
};

/** Vectors of four sums that a lane holds without spilling much. */
const mostSums = 12;

/** Columns computed for each that exists, the loads that each pays, and what does not fit into registers. */
function costOf(
  { columns, rows }: (typeof registers)[number],
  products: readonly Product[],
): number {
  const { N } = products[0]!;
  const together = 4 * columns;
  const waste = (Math.ceil(N / together) * together) / N;
  const spilled = Math.max(1, (rows * columns * products.length) / mostSums);
  return waste * spilled * (1 + 0.5 / (columns * products.length) + 1 / rows);
}

const gridOf = (t: Pick<Tile, "tileRows" | "tileColumns">, p: Product) =>
  [Math.ceil(p.N / t.tileColumns), Math.ceil(p.M / t.tileRows), p.batch] as const;

function fits(t: Tile, products: readonly Product[], caps: Caps): boolean {
  const bytes = 4 * t.depth * (t.tileRows + t.tileColumns * products.length);
  const p = products[0]!;
  return (
    lanesOf(t) <= caps.maxWorkgroupLanes &&
    bytes <= caps.maxWorkgroupBytes &&
    gridOf(t, p).every((n) => n <= caps.maxWorkgroupsPerDimension)
  );
}

/** Lower is better: work on results that do not exist, lanes left idle, then loads a result. */
function rank(t: Tile | MatrixTile, p: Product, caps: Caps): number {
  const [x, y, z] = gridOf(t, p);
  const waste = (x * t.tileColumns * y * t.tileRows) / (p.N * p.M);
  const lanes = "partRows" in t ? lanesOfMatrixTile(t) : lanesOf(t);
  const idle = Math.max(1, caps.busyLanes / (x * y * z * lanes));
  return waste * Math.sqrt(idle) * (1 + 8 / t.tileRows + 8 / t.tileColumns);
}

/** One workgroup a tile of each result; each lane sums 4 rows × 4 columns of it. */
function tiled(region: Region, t: Tile): LoweredKernel {
  const io = new RegionIO(region);
  const k = io.k;
  const products = productsOf(region);
  const p = products[0]!;
  const layout = layoutOfAll(io, products);
  const lanes = lanesOf(t);
  const across = t.tileColumns / 4;
  const lane = k.builtin("lane");
  const batch = unflatten(io, k.builtin("workgroup_z"), p.axes.batch);
  const top = k.let("top", k.builtin("workgroup_y").times(t.tileRows));
  const leftmost = k.let("leftmost", k.builtin("workgroup_x").times(t.tileColumns));
  const laneRow = k.let("lane_row", lane.over(across).times(4));
  const laneColumn = k.let("lane_column", lane.modulo(across).times(4));
  const leftTile = k.workgroup("left_tile", "f32", t.tileRows * t.depth);
  const rightTiles = products.map(() => k.workgroup("right_tile", "f32", t.depth * t.tileColumns));
  const leftAt = leftQuads(io, p, layout, batch, p.K % t.depth === 0);
  const rightsAt = products.map((q) => rightQuads(io, q, layout, batch));
  const sums = products.map(() =>
    [0, 1, 2, 3].map((i) => k.variable(`sum_${i}`, literal(0, "f32", 4))),
  );
  k.loop("start", 0, p.K, t.depth, (start) => {
    k.note("stage all tiles, four numbers a lane at a time");
    k.loop("part", lane, (t.tileRows * t.depth) / 4, lanes, (part) => {
      const row = k.let("row", top.plus(part.over(t.depth / 4)));
      const term = k.let("term", start.plus(part.modulo(t.depth / 4).times(4)));
      k.store(leftTile, part.times(4), leftAt(row, term));
    });
    k.loop("part", lane, (t.depth * t.tileColumns) / 4, lanes, (part) => {
      const term = k.let("term", start.plus(part.over(across)));
      const column = k.let("column", leftmost.plus(part.modulo(across).times(4)));
      for (const [i, tile] of rightTiles.entries())
        k.store(tile, part.times(4), rightsAt[i]!(term, column));
    });
    k.barrier();
    k.loop("d", 0, t.depth, 4, (d) => {
      const lefts = [0, 1, 2, 3].map((i) =>
        k.load(leftTile, laneRow.plus(i).times(t.depth).plus(d), 4, "left"),
      );
      for (let u = 0; u < 4; u++)
        for (const [n, tile] of rightTiles.entries()) {
          const at = d.plus(u).times(t.tileColumns).plus(laneColumn);
          const right = k.load(tile, at, 4, "right");
          for (const [i, sum] of sums[n]!.entries())
            k.accumulate(sum, (now) => fma(lefts[i]!.component(u), right, now));
        }
    });
    k.barrier();
  });
  for (let i = 0; i < 4; i++) {
    const row = k.let("row", top.plus(laneRow).plus(i));
    const values = sums.map((ofProduct) => ofProduct[i]!.get());
    writeRow(io, products, layout, batch, row, leftmost.plus(laneColumn), values);
  }
  return io.finish(`${region.name}_product`, lanes, gridOf(t, p));
}
