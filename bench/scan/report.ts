/** The scan's measurements as a page and a chart. Pure. */
import { lineChart, short } from "../chart.ts";
import type { PointResult } from "./run.ts";
import { cellsOf, crossovers, type Variant, variants } from "./sizes.ts";

/** Bytes that must move: two tensors in, one out. */
const needed = (p: PointResult): number => 12 * cellsOf(p);
const rate = (p: PointResult, variant: Variant): number =>
  needed(p) / 1e6 / (p.times[variant] ?? Number.NaN);
const share = (p: PointResult, variant: Variant): number =>
  p.times.copy! / (p.times[variant] ?? Number.NaN);

const cell = (n: number): string => (Number.isFinite(n) ? short(n) : "–");

/** What the columns are, in words. */
const legend = [
  "RG-LRU's recurrence between its gate products: a = exp(−8 softplus(rate) · r), h = a · h + √(1 − a²) · x over [B, T, D], from r and x. All forms in turn on the same tensors; medians from submit to done.",
  "",
  "* **sequential**, **tiled**: what the compiler writes, all in one region; tiled in three phases over chunks of time.",
  "* **unfused**: a kernel each for a, for √(1 − a²), for its product with x, then the plain scan.",
  "* **associative**: a kernel for a and v, then the textbook scan of log depth (Brent and Kung), in place, work-efficient.",
  "* **plain sequential**: h = r · h + x, no gates. **copy**: a kernel that moves the same bytes, two tensors and one.",
];

const forms = variants.filter((v) => v !== "copy");
const head = [
  ...["B", "T", "D"],
  ...variants.map((v) => `${v}, ms`),
  "copy, GB/s",
  ...forms.map((v) => `${v} : copy`),
  "chosen : plain",
  "chosen",
];

function rowOf(p: PointResult): readonly string[] {
  const fastest = p.times.tiled! < p.times.sequential! ? "tiled" : "sequential";
  return [
    ...[p.batch, p.time, p.channels].map(String),
    ...variants.map((v) => cell(p.times[v] ?? Number.NaN)),
    cell(rate(p, "copy")),
    ...forms.map((v) => cell(share(p, v))),
    cell(p.times[p.chosen]! / p.times["plain sequential"]!),
    p.chosen === fastest ? p.chosen : `${p.chosen} (${fastest} is quicker)`,
  ];
}

export function scanPage(info: string, made: string, points: readonly PointResult[]): string {
  const largest = short(Math.max(0, ...points.map(cellsOf)) * 4 * 2 ** -20);
  const errors = points.flatMap((p) => (p.errors ? Object.values(p.errors) : []));
  return [
    ...[`# The scan on ${info}`, "", made, "", ...legend, ""],
    `Shares of the copy count the bytes that must move (12 B·T·D), so a form that moves more shows less. The largest tensor here has ${largest} MiB. Results of the forms differ by at most ${Math.max(0, ...errors).toExponential(1)} of their largest number.`,
    "",
    `| ${head.join(" | ")} |`,
    `|${"---|".repeat(head.length)}`,
    ...points.map((p) => `| ${rowOf(p).join(" | ")} |`),
    ...["", "Tiled is quicker:", "", "| B | D | from T |", "|---|---|---|"],
    ...crossovers(points).map(
      ({ batch, channels, from }) => `| ${batch} | ${channels} | ${from ?? "at none"} |`,
    ),
    "",
  ].join("\n");
}

/** Bandwidth against length, for one row of the channels in the middle. */
export function scanChart(info: string, points: readonly PointResult[]): string {
  const widths = [...new Set(points.map((p) => p.channels))].sort((a, b) => a - b);
  const channels = widths[Math.floor((widths.length - 1) / 2)]!;
  const own = points.filter((p) => p.batch === 1 && p.channels === channels);
  const lines = variants.map((variant) => ({
    name: variant,
    points: own
      .filter((p) => p.times[variant] !== undefined)
      .map((p) => [p.time, rate(p, variant)] as const),
  }));
  return lineChart({
    title: `The scan on ${info}: 1 × T × ${channels}`,
    x: { label: "T", log: true },
    y: { label: "GB/s of the bytes that must move", log: true },
    lines: lines.filter((l) => l.points.length > 0),
  });
}
