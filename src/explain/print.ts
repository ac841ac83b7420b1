/** An explanation as text: every entry with its totals, every region with what it computes around its anchor, reads, writes and costs. */
import { readableBytes } from "../../dsl/device-messages.ts";
import type { EntryProfile } from "../execute/profile.ts";
import type {
  Boundary,
  Cost,
  EntryExplanation,
  Explanation,
  KernelUse,
  Part,
  RegionExplanation,
  StoredTensor,
} from "./explanation.ts";
import {
  printFigures,
  printMemory,
  readableCount,
  readableShare,
  readableTime,
} from "./readable.ts";
import { printChosen, printTable, type TableOrder } from "./table.ts";
import { sumTimes } from "./times.ts";

export type PrintOptions = {
  /** A table of the kernels, in this order; regions are then told only where a name was asked for. */
  readonly table?: TableOrder;
};

/** `name`: what was asked for, where it was not everything. */
export function printExplanation(
  explanation: Explanation,
  name?: string,
  options: PrintOptions = {},
): string {
  const { model, device, batch, chunk, entries, memory } = explanation;
  const of = name === undefined ? model : `${name} in ${model}`;
  const texts = entries.map(
    (e) =>
      `${of}, ${e.entry} of ${sizeOf(e, batch, chunk)} on ${device}: ${printEntry(e, explanation, name, options)}`,
  );
  return [...texts, ...(memory ? [`memory: ${printMemory(memory)}\n`] : [])].join("\n");
}

const sizeOf = ({ entry }: EntryExplanation, batch: number, chunk: number): string =>
  `${batch} × ${entry === "decode" ? 1 : chunk} tokens`;

function printEntry(
  entry: EntryExplanation,
  { figures, schedules }: Explanation,
  name: string | undefined,
  { table }: PrintOptions,
): string {
  const { regions, totals, absent, profile } = entry;
  const { arenaBytes } = totals;
  const told = table === undefined || name !== undefined ? regions : [];
  const gone = absent.map(
    (path) => `  no region computes ${path}: nothing needs it, or something equal took its place\n`,
  );
  return [
    `${totals.regions} regions, ${totals.dispatches} dispatches of ${totals.kernels} kernels`,
    `  ${printCost(totals)}, ${readableBytes(arenaBytes)} for intermediate values`,
    `  ${figures ? `the device ${printFigures(figures)}` : unmeasured}`,
    ...(profile ? [`  ${printProfile(entry, profile)}`] : []),
    "",
    ...gone,
    ...(table ? [printTable(entry, table, schedules), ""] : []),
    ...told.map((r) => printRegion(r, entry, schedules, name !== undefined)),
  ].join("\n");
}

const unmeasured =
  "no times: --measure takes them on this machine, and --schedules with a file of eyrie tune predicts them";

function printProfile({ dispatches }: EntryExplanation, p: EntryProfile): string {
  const sum = p.dispatches.reduce((a, b) => a + b, 0);
  const some = dispatches.length < p.dispatches.length ? " of all" : "";
  const how = p.by === "device" ? "timestamps" : "the clock, with what submitting each takes";
  return `measured after ${p.seen} tokens, medians of ${p.runs} runs by ${how}: ${readableTime(p.whole)} in one go; dispatch by dispatch, ${readableTime(sum)}${some}`;
}

function printRegion(
  r: RegionExplanation,
  entry: EntryExplanation,
  schedules: string | null,
  full: boolean,
): string {
  const home = homeOf(r);
  const homes = home === "" ? [] : [home, home.replace("{i}", r.indices[0] ?? "{i}")];
  const local = (path: string) => {
    const inside = homes.find((h) => path.startsWith(`${h}.`));
    return inside === undefined ? path : path.slice(inside.length + 1);
  };
  const line = (title: string, text: string) =>
    text === "" ? [] : [`  ${title.padEnd(8)} ${text}`];
  const boundary = ({ value, side, other, reason }: Boundary) =>
    `${local(value)} (${side === "read" ? "from" : "to"} region ${other}): ${reason}`;
  return [
    titleOf(r, home),
    ...line("recipe", `${recipeOf(r)}; ${printChosen(r.chosen, schedules)}`),
    ...(full ? line("why", whyOf(r)) : []),
    ...line("before", printPart(r.prologue, local)),
    ...line("anchor", anchorOf(r, local)),
    ...line(r.anchor ? "after" : "values", printPart(r.epilogue, local)),
    ...line("reads", r.reads.map((t) => printTensor(t, local)).join(", ")),
    ...line("writes", r.writes.map((t) => printTensor(t, local)).join(", ")),
    ...r.kernels.flatMap((k) => line("kernel", printKernel(k))),
    ...line("beside", besideOf(r)),
    ...line("cost", `${printCost(r.cost)}${r.numbers.length > 1 ? ", each" : ""}`),
    ...line("time", timeOf(r, entry)),
    ...(full ? r.boundaries.flatMap((b) => line("apart", boundary(b))) : []),
    "",
  ].join("\n");
}

function titleOf({ numbers, name, indices }: RegionExplanation, home: string): string {
  const times = numbers.length > 1 ? `, ${numbers.length} times` : "";
  const layers = indices.length > 0 ? `, i = ${ranges(indices.map(Number))}` : "";
  return `${ranges(numbers)}  ${name}${home === "" ? "" : ` in ${home}`}${times}${layers}`;
}

function recipeOf({ recipe, schedule, pieces }: RegionExplanation): string {
  const chosen = Object.entries(schedule).map(([key, value]) => `${key} ${value}`);
  const cut = pieces > 1 ? [`a parameter in ${pieces} pieces`] : [];
  const all = [...chosen, ...cut].join(", ");
  return all === "" ? recipe : `${recipe}: ${all}`;
}

/** The instance that all named values of the region belong to; never cut off between a name and its number. */
function homeOf({ prologue, anchor, epilogue }: RegionExplanation): string {
  const named = [...prologue.values, ...(anchor?.value ? [anchor.value] : []), ...epilogue.values];
  const paths = named.map((path) => path.split("."));
  const [first = [], ...others] = paths.map((path) => path.slice(0, -1));
  const differs = first.findIndex((part, i) => others.some((other) => other[i] !== part));
  let length = differs < 0 ? Math.min(first.length, ...others.map((o) => o.length)) : differs;
  while (length > 0 && paths.some((path) => /^(\d+|\{.*\})$/.test(path[length] ?? ""))) length--;
  return first.slice(0, length).join(".");
}

function printKernel({
  name,
  lanes,
  workgroups,
  dispatches,
  buffers,
  workgroupBytes,
}: KernelUse): string {
  const again = dispatches > 1 ? `, ${dispatches} dispatches` : "";
  const shared = workgroupBytes > 0 ? `, ${readableBytes(workgroupBytes)} of workgroup memory` : "";
  return `${name}: ${workgroups} ${workgroups === 1 ? "workgroup" : "workgroups"} of ${lanes} lanes${again}, ${buffers} buffers${shared}`;
}

const besideOf = ({ beside }: RegionExplanation): string =>
  beside.length === 0
    ? ""
    : `${beside.length === 1 ? "region" : "regions"} ${ranges(beside)}, in one dispatch`;

const printCost = ({ flops, read, written }: Cost): string =>
  `${readableCount(flops)}FLOP, ${readableBytes(read)} read, ${readableBytes(written)} written`;

function whyOf({ recipe, because, declined }: RegionExplanation): string {
  const before = declined.length > 0 ? `; ${declined.join(", ")} declined` : "";
  return `${because}; ${recipe} is the first recipe that accepts it${before}`;
}

/** Of one of the regions, on average, with those that run in its dispatches. */
function timeOf({ dispatches, numbers }: RegionExplanation, entry: EntryExplanation): string {
  const own = new Set(dispatches.flat());
  const { predicted, measured, roofline, boundBy } = sumTimes(
    entry.dispatches.filter((d) => own.has(d.number)).map((d) => d.times),
  );
  const each = (us: number) => readableTime(us / numbers.length);
  const parts = [
    ...(predicted === null ? [] : [`${each(predicted)} predicted`]),
    ...(measured === null ? [] : [`${each(measured)} measured`]),
    ...(roofline === null ? [] : [`${readableShare(roofline)} of the roofline (${boundBy})`]),
  ];
  if (parts.length > 0 && numbers.length > 1) parts.push("each");
  return parts.join(", ");
}

type Local = (path: string) => string;

function anchorOf({ anchor }: RegionExplanation, local: Local): string {
  if (!anchor) return "";
  const name = anchor.value === null ? "" : `${local(anchor.value)}: `;
  const many = anchor.count > 1 ? `, ${anchor.count} side by side` : "";
  return `${name}${anchor.op} [${anchor.shape.join(", ")}]${many}, ${readableCount(anchor.flops)}FLOP`;
}

function printPart({ values, operations, flops }: Part, local: Local): string {
  const counted = Object.entries(operations).map(([name, n]) => (n > 1 ? `${n} ${name}` : name));
  if (values.length === 0 && counted.length === 0) return "";
  const work = counted.length > 0 ? ` (${counted.join(", ")}; ${readableCount(flops)}FLOP)` : "";
  return `${values.length > 0 ? values.map(local).join(", ") : "values without names"}${work}`;
}

function printTensor(tensor: StoredTensor, local: Local): string {
  const { name, kind, shape, dtype, bytes, madeBy } = tensor;
  const from = madeBy === null && kind !== "value" ? `${kind} ` : "";
  const made = madeBy === null ? "" : ` of region ${madeBy}`;
  return `${from}${local(name)}${made} ${dtype}[${shape.join(",")}] ${readableBytes(bytes)}`;
}

/** `1, 3–5, 9` */
function ranges(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const n of numbers) {
    const last = runs.at(-1);
    if (last && n === last[1] + 1) last[1] = n;
    else runs.push([n, n]);
  }
  return runs
    .map(([from, to]) =>
      from === to ? `${from}` : to === from + 1 ? `${from}, ${to}` : `${from}–${to}`,
    )
    .join(", ");
}
