/** Tells equal regions of repeated layers once: their names with `{i}` where only the number of the layer differs. */
import { numbered } from "../../codegen/numbered.ts";
import type { Region } from "../passes/regions.ts";
import type { Part, RegionExplanation } from "./explanation.ts";
import type { OwnRegion } from "./region.ts";

/** A region that was arranged and described, and its number. */
export type Numbered = {
  readonly number: number;
  readonly region: Region;
  readonly own: OwnRegion;
};

/** Groups in the order of their first regions. */
export function tellOnce(all: readonly Numbered[]): readonly (readonly Numbered[])[] {
  const groups = new Map<string, Numbered[]>();
  for (const one of all) {
    const { own } = one;
    const key = JSON.stringify([
      numbered(one.region).key,
      own.recipe,
      own.schedule,
      own.kernels.map((k) => k.name),
      stringsOf(own).map((s) => s.replace(digits, "{}")),
    ]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
}

/** A segment of a path that is a number. */
const digits = /(?<=^|[. ])\d+(?=\.|$)/g;

const stringsOf = (own: OwnRegion): readonly string[] => [
  ...own.writes.map((w) => w.name),
  ...own.epilogue.values,
  own.anchor?.value ?? "",
  ...own.prologue.values,
  ...own.reads.map((r) => r.name),
  own.name,
];

const numbersIn = (own: OwnRegion): readonly number[] =>
  stringsOf(own).flatMap((s) => [...s.matchAll(digits)].map(([n]) => Number(n)));

/** The first of equal regions with what differs among them replaced. */
export function generalise(
  group: readonly Numbered[],
): Omit<RegionExplanation, "dispatches" | "beside" | "boundaries"> {
  const [first] = group as readonly [Numbered, ...Numbered[]];
  const numbers = group.map((one) => one.number);
  const rows = group.map((one) => numbersIn(one.own));
  const lead = rows[0]!.findIndex((n, j) => rows.some((row) => row[j] !== n));
  if (lead < 0) return { ...first.own, numbers, indices: [] };
  let place = -1;
  const replaced = (name: string) =>
    name.replace(digits, (own) => {
      place++;
      const gaps = new Set(rows.map((row) => row[place]! - row[lead]!));
      if (rows.every((row) => row[place] === Number(own))) return own;
      const [gap = 0] = gaps;
      return gaps.size > 1
        ? "{…}"
        : gap === 0
          ? "{i}"
          : `{i${gap > 0 ? "+" : "-"}${Math.abs(gap)}}`;
    });
  return {
    ...renamed(first.own, replaced),
    numbers,
    indices: rows.map((row) => String(row[lead])),
  };
}

/** Every name replaced, in the order of `stringsOf`. */
function renamed(own: OwnRegion, replace: (name: string) => string): OwnRegion {
  const part = (p: Part): Part => ({ ...p, values: p.values.map(replace) });
  const writes = own.writes.map((w) => ({ ...w, name: replace(w.name) }));
  const epilogue = part(own.epilogue);
  const value = replace(own.anchor?.value ?? "");
  const anchor = own.anchor && { ...own.anchor, value: value || null };
  const prologue = part(own.prologue);
  const reads = own.reads.map((r) => ({ ...r, name: replace(r.name) }));
  return { ...own, writes, epilogue, anchor, prologue, reads, name: replace(own.name) };
}
