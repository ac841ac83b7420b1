/** The sizes at which the scan is measured, and how results over them are read. Pure. */

export type Point = { readonly batch: number; readonly time: number; readonly channels: number };

/** Most cells of one tensor: 64 MiB of f32, which a software adapter goes through in a fraction of a second, or 256 MiB on a GPU. */
export const mostCells = { software: 2 ** 24, gpu: 2 ** 26 } as const;

const grids = {
  full: {
    time: [128, 512, 2048, 8192, 32_768, 65_536],
    channels: [256, 1024, 8192],
    batch: [1, 4, 16],
  },
  quick: { time: [128, 2048, 16_384], channels: [256, 1024], batch: [1, 4] },
} as const;

export const cellsOf = ({ batch, time, channels }: Point): number => batch * time * channels;

/** Every point of the grid whose tensors have at most so many cells, by rows and channels side by side, then by time. */
export function pointsOf(grid: keyof typeof grids, most: number): readonly Point[] {
  const { time, channels, batch } = grids[grid];
  const all = channels.flatMap((c) =>
    batch.flatMap((b) => time.map((t) => ({ batch: b, time: t, channels: c }))),
  );
  return all.filter((p) => cellsOf(p) <= most);
}

export const variants = [
  "sequential",
  "tiled",
  "unfused",
  "associative",
  "plain sequential",
  "copy",
] as const;
export type Variant = (typeof variants)[number];

/** Medians in milliseconds at a point. */
export type Measured = Point & {
  readonly times: Readonly<Partial<Record<Variant, number>>>;
  /** Which of the two forms the compiler takes by itself. */
  readonly chosen: "sequential" | "tiled";
};

/**
 * From which length on tiling wins, for every number of rows and channels: the least length from which it is quicker at all
 * measured lengths. null where it never is.
 */
export function crossovers(
  points: readonly Measured[],
): readonly (Omit<Point, "time"> & { readonly from: number | null })[] {
  const keys = [...new Set(points.map(({ batch, channels }) => `${batch} ${channels}`))];
  return keys.map((key) => {
    const [batch = 0, channels = 0] = key.split(" ").map(Number);
    const own = points
      .filter((p) => p.batch === batch && p.channels === channels && p.times.tiled !== undefined)
      .toSorted((a, b) => a.time - b.time);
    const wins = (p: Measured) => p.times.tiled! < p.times.sequential!;
    const last = own.findLastIndex((p) => !wins(p));
    return { batch, channels, from: own[last + 1]?.time ?? null };
  });
}
