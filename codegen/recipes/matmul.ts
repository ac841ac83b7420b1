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
import { fma, literal, select, type Val, vector } from "../val.ts";
import {
  contractOf,
  indexOf,
  join,
  type Layout,
  layoutOf,
  type Places,
  type Product,
  productOf,
  unflatten,
  writeGroup,
} from "./product.ts";
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
    const p = productOf(contractOf(region));
    const alone: Choice[] = registers
      .toSorted((a, b) => columnCost(a, p) - columnCost(b, p))
      .map((schedule) => ({
        schedule,
        build: () => ({ kernels: [registerTiles(region, caps, schedule)], scratch: [] }),
      }));
    const shared: Choice[] = tiles
      .filter((t) => fits(t, p, caps))
      .sort((a, b) => rank(a, p, caps) - rank(b, p, caps))
      .map((schedule) => ({
        schedule,
        build: () => ({ kernels: [tiled(region, schedule)], scratch: [] }),
      }));
    return caps.barriers === "cheap" && (p.batch === 1 || p.M * p.N >= smallest)
      ? [...shared, ...alone]
      : [...alone, ...shared];
  },
};

/** Columns computed for each that exists, and the loads of the left operand that each pays. */
function columnCost({ columns, rows }: (typeof registers)[number], p: Product): number {
  const together = 4 * columns;
  return ((Math.ceil(p.N / together) * together) / p.N) * (1 + 0.5 / columns + 1 / rows);
}

const gridOf = (t: Tile, p: Product) =>
  [Math.ceil(p.N / t.tileColumns), Math.ceil(p.M / t.tileRows), p.batch] as const;

function fits(t: Tile, p: Product, caps: Caps): boolean {
  const bytes = 4 * t.depth * (t.tileRows + t.tileColumns);
  return (
    lanesOf(t) <= caps.maxWorkgroupLanes &&
    bytes <= caps.maxWorkgroupBytes &&
    gridOf(t, p).every((n) => n <= caps.maxWorkgroupsPerDimension)
  );
}

/** Lower is better: work on results that do not exist, lanes left idle, then loads a result. */
function rank(t: Tile, p: Product, caps: Caps): number {
  const [x, y, z] = gridOf(t, p);
  const waste = (x * t.tileColumns * y * t.tileRows) / (p.N * p.M);
  const idle = Math.max(1, caps.busyLanes / (x * y * z * lanesOf(t)));
  return waste * Math.sqrt(idle) * (1 + 8 / t.tileRows + 8 / t.tileColumns);
}

/** One workgroup a tile of the result; each lane sums 4 rows × 4 columns of it. */
function tiled(region: Region, t: Tile): LoweredKernel {
  const io = new RegionIO(region);
  const k = io.k;
  const p = productOf(contractOf(region));
  const layout = layoutOf(io, p);
  const lanes = lanesOf(t);
  const across = t.tileColumns / 4;
  const lane = k.builtin("lane");
  const batch = unflatten(io, k.builtin("workgroup_z"), p.axes.batch);
  const top = k.let("top", k.builtin("workgroup_y").times(t.tileRows));
  const leftmost = k.let("leftmost", k.builtin("workgroup_x").times(t.tileColumns));
  const laneRow = k.let("lane_row", lane.over(across).times(4));
  const laneColumn = k.let("lane_column", lane.modulo(across).times(4));
  const leftTile = k.workgroup("left_tile", "f32", t.tileRows * t.depth);
  const rightTile = k.workgroup("right_tile", "f32", t.depth * t.tileColumns);
  const leftAt = leftQuads(io, p, layout, batch, p.K % t.depth === 0);
  const rightAt = rightQuads(io, p, layout, batch);
  const sums = [0, 1, 2, 3].map((i) => k.variable(`sum_${i}`, literal(0, "f32", 4)));
  k.loop("start", 0, p.K, t.depth, (start) => {
    k.note("stage both tiles, four numbers a lane at a time");
    k.loop("part", lane, (t.tileRows * t.depth) / 4, lanes, (part) => {
      const row = k.let("row", top.plus(part.over(t.depth / 4)));
      const term = k.let("term", start.plus(part.modulo(t.depth / 4).times(4)));
      k.store(leftTile, part.times(4), leftAt(row, term));
    });
    k.loop("part", lane, (t.depth * t.tileColumns) / 4, lanes, (part) => {
      const term = k.let("term", start.plus(part.over(across)));
      const column = k.let("column", leftmost.plus(part.modulo(across).times(4)));
      k.store(rightTile, part.times(4), rightAt(term, column));
    });
    k.barrier();
    k.loop("d", 0, t.depth, 4, (d) => {
      const lefts = sums.map((_, i) =>
        k.load(leftTile, laneRow.plus(i).times(t.depth).plus(d), 4, "left"),
      );
      for (let u = 0; u < 4; u++) {
        const right = k.load(
          rightTile,
          d.plus(u).times(t.tileColumns).plus(laneColumn),
          4,
          "right",
        );
        for (const [i, sum] of sums.entries())
          k.accumulate(sum, (now) => fma(lefts[i]!.component(u), right, now));
      }
    });
    k.barrier();
  });
  sums.forEach((sum, i) => {
    writeRow(
      io,
      p,
      layout,
      batch,
      k.let("row", top.plus(laneRow).plus(i)),
      leftmost.plus(laneColumn),
      sum.get(),
    );
  });
  return io.finish(`${region.name}_product`, lanes, gridOf(t, p));
}

/** Four terms of a row of the left operand, zero past the last term; rows past the edge repeat the last. */
function leftQuads(io: RegionIO, p: Product, layout: Layout, batch: Places, wholeTiles: boolean) {
  const k = io.k;
  const read = io.read(p.left.node);
  const width = layout.innerByFour ? 4 : 1;
  return (row: Val, first: Val): Val => {
    const place = join(batch, unflatten(io, k.let("row_read", row.atMost(p.M - 1)), p.axes.rows));
    const parts = Array.from({ length: 4 / width }, (_, u) => {
      const term = first.plus(u);
      const inside = wholeTiles ? term : k.let("term_read", term.atMost(p.K - width));
      const value = read(indexOf(p.left, join(place, unflatten(io, inside, p.axes.inner))), width);
      return wholeTiles ? value : select(term.below(p.K), value, 0);
    });
    return vector(parts);
  };
}

/** One term of four columns of the right operand; past either edge the last is repeated: its results are not kept. */
function rightQuads(io: RegionIO, p: Product, layout: Layout, batch: Places) {
  const k = io.k;
  const read = io.read(p.right.node);
  const width = layout.kind === "columns" ? 4 : 1;
  return (term: Val, first: Val): Val => {
    const inner = join(
      batch,
      unflatten(io, k.let("term_read", term.atMost(p.K - 1)), p.axes.inner),
    );
    const parts = Array.from({ length: 4 / width }, (_, u) => {
      const column = k.let("column_read", first.plus(u).atMost(p.N - width));
      return read(indexOf(p.right, join(inner, unflatten(io, column, p.axes.columns))), width);
    });
    return vector(parts);
  };
}

function writeRow(
  io: RegionIO,
  p: Product,
  layout: Layout,
  batch: Places,
  row: Val,
  column: Val,
  sums: Val,
): void {
  const k = io.k;
  const width = layout.kind === "columns" ? 4 : 1;
  const places = join(batch, unflatten(io, row, p.axes.rows));
  for (let c = 0; c < 4; c += width) {
    const at = k.let("column", column.plus(c));
    k.when(row.below(p.M).and(at.below(p.N)), () => {
      writeGroup(
        io,
        p,
        join(places, unflatten(io, at, p.axes.columns)),
        width === 4 ? sums : sums.component(c),
      );
    });
  }
}
