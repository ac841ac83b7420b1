/** An entry's kernels as a table: a line for each, with what its runs cost and take together, and why it is written so. */
import { readableBytes } from "../../dsl/device-messages.ts";
import type { EntryExplanation, KernelExplanation, Member } from "./explanation.ts";
import { readableCount, readableShare, readableTime } from "./readable.ts";
import { sumCosts, sumTimes } from "./times.ts";

export const tableOrders = ["time", "run"] as const;
/** What takes longest first, or as they run. */
export type TableOrder = (typeof tableOrders)[number];

type Row = Pick<KernelExplanation, "kernel" | "cost" | "times"> & {
  readonly runs: number;
  readonly schedule: string;
};
type Column = { readonly title: string; readonly cell: (row: Row) => string | null };

/** Columns of which nothing is known are left out. */
export function printTable(
  { kernels, profile }: EntryExplanation,
  order: TableOrder,
  schedules: string | null,
): string {
  const sorted = order === "run" ? kernels : kernels.toSorted((a, b) => weightOf(b) - weightOf(a));
  const rows = sorted.map(
    ({ kernel, dispatches, cost, times, members }): Row => ({
      ...{ kernel, cost, times, runs: dispatches.length },
      schedule: together(members.map((m) => scheduleOf(m, schedules))),
    }),
  );
  const all: Row = {
    kernel: "all",
    runs: rows.reduce((sum, r) => sum + r.runs, 0),
    cost: sumCosts(rows.map((r) => r.cost)),
    times: sumTimes(rows.map((r) => r.times)),
    schedule: "",
  };
  return align(columnsFor(profile?.whole ?? null), [...rows, all]);
}

/** What is known best of how long it takes. */
const weightOf = ({ times, cost }: KernelExplanation): number =>
  times.measured ?? times.predicted ?? cost.read + cost.written;

const orNull = <T>(value: T | null, show: (value: T) => string) =>
  value === null ? null : show(value);

/** Joined kernels have longer ones; JSON keeps them whole. */
const longestName = 40;
const shortened = (name: string): string =>
  name.length <= longestName ? name : `${name.slice(0, longestName - 1)}…`;

const columnsFor = (whole: number | null): readonly Column[] => [
  { title: "kernel", cell: (r) => shortened(r.kernel) },
  { title: "runs", cell: (r) => `${r.runs}` },
  { title: "bytes", cell: (r) => readableBytes(r.cost.read + r.cost.written) },
  { title: "FLOPs", cell: (r) => readableCount(r.cost.flops).trim() },
  { title: "predicted", cell: (r) => orNull(r.times.predicted, readableTime) },
  { title: "measured", cell: (r) => orNull(r.times.measured, readableTime) },
  {
    title: "of the call",
    cell: (r) =>
      whole === null ? null : orNull(r.times.measured, (us) => readableShare(us / whole)),
  },
  {
    title: "roofline",
    cell: (r) => orNull(r.times.roofline, (s) => `${readableShare(s)} of ${r.times.boundBy}`),
  },
  { title: "schedule, and whose choice", cell: (r) => r.schedule },
];

/** Equal ones counted. */
function together(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([text, n]) => (n > 1 ? `${n} × ${text}` : text)).join(" + ");
}

function scheduleOf({ recipe, schedule, chosen }: Member, file: string | null): string {
  const sizes = Object.entries(schedule).map(([name, value]) => ` ${name} ${value}`);
  return `${recipe}${sizes.join(",")} (${printChosen(chosen, file)})`;
}

/** Whose choice a schedule is. */
export function printChosen(
  { by, offered, alone, first }: Member["chosen"],
  file: string | null,
): string {
  if (by === "recipe") return offered === 1 ? "the only one" : `the recipe's choice of ${offered}`;
  const from = file ?? "measured";
  if (alone === null || first === null) return from;
  return alone === first
    ? `${from}: the recipe's choice is fastest`
    : `${from}: ${(first / alone).toFixed(2)} × as fast as the recipe's choice`;
}

/** Names to the left, numbers to the right, and the last column as it comes. */
function align(columns: readonly Column[], rows: readonly Row[]): string {
  const cells = columns
    .map(({ title, cell }) => ({ title, texts: rows.map(cell) }))
    .filter(({ texts }) => texts.some((text) => text !== null));
  const padded = cells.map(({ title, texts }, i) => {
    const all = [title, ...texts.map((text) => text ?? "")];
    const width = Math.max(...all.map((text) => text.length));
    return all.map((text) =>
      i === 0 ? text.padEnd(width) : i === cells.length - 1 ? text : text.padStart(width),
    );
  });
  return padded[0]!
    .map((_, line) => `  ${padded.map((column) => column[line]).join("  ")}`.trimEnd())
    .join("\n");
}
