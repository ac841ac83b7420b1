/** Shapes written one above the other, so that the eye finds where they disagree. Knows text, not what would mend it. */
import { columns } from "./columns.ts";

/** A tensor as a message speaks of it: what the text calls it, its dimensions, and their sizes. */
export type Shape = {
  readonly text: string;
  readonly dims: readonly string[];
  /** Empty where only the names are known. */
  readonly sizes: readonly number[];
};

/** `[B, T, D]` */
export const shapeOf = ({ dims }: Pick<Shape, "dims">): string => `[${dims.join(", ")}]`;

type Column = readonly [above: string | null, below: string | null];

/** Two shapes as three lines: their dimensions in columns, and `^` below those that are wrong, by default all that differ. */
export function aligned(
  above: Shape,
  below: Shape,
  isWrong: (...pair: Column) => boolean = (a, b) => a !== b,
): string {
  const pairs = align(above.dims, below.dims);
  const widths = pairs.map((pair) => Math.max(...pair.map((dim) => columns(dim ?? ""))));
  const gap = Math.max(columns(above.text), columns(below.text)) + 2;
  const marks = pairs
    .map((pair, i) => (isWrong(...pair) ? "^" : " ").repeat(widths[i]!))
    .join("  ");
  const row = (text: string, side: 0 | 1) =>
    `${padded(text, gap)}${cells(
      pairs.map((pair) => pair[side]),
      widths,
    )}`;
  return [row(above.text, 0), row(below.text, 1), `${" ".repeat(gap + 1)}${marks}`.trimEnd()].join(
    "\n",
  );
}

const padded = (text: string, width: number): string =>
  text + " ".repeat(Math.max(width - columns(text), 0));

/** One shape in its columns; a column that it lacks stays empty. */
function cells(dims: readonly (string | null)[], widths: readonly number[]): string {
  const last = dims.findLastIndex((dim) => dim !== null);
  const inside = dims.map((dim, i) => {
    const joint = i === dims.length - 1 ? "" : dim !== null && i < last ? ", " : "  ";
    return dim !== null && joint === ", "
      ? padded(`${dim},`, widths[i]! + 2)
      : `${padded(dim ?? "", widths[i]!)}${joint}`;
  });
  return `[${inside.join("")}]`;
}

/** Which dimension stands beside which: by place where both have as many, else so that most agree. */
function align(above: readonly string[], below: readonly string[]): readonly Column[] {
  if (above.length === below.length) return above.map((dim, i): Column => [dim, below[i]!]);
  if (isOutOfOrder(below, above)) {
    const gap = above.length - below.length;
    return above.map((dim, i): Column => [dim, below[i - gap] ?? null]);
  }
  const costs = new Map<string, { readonly cost: number; readonly way: readonly Column[] }>();
  const best = (i: number, j: number): { cost: number; way: readonly Column[] } => {
    const key = `${i} ${j}`;
    const known = costs.get(key);
    if (known) return known;
    const [a, b] = [above[i] ?? null, below[j] ?? null];
    const ways: { cost: number; way: readonly Column[] }[] = [];
    const add = (cost: number, column: Column, rest: { cost: number; way: readonly Column[] }) =>
      ways.push({ cost: cost + rest.cost, way: [column, ...rest.way] });
    if (a === null && b === null) return { cost: 0, way: [] };
    if (a !== null && b !== null) add(a === b ? 0 : 1.5, [a, b], best(i + 1, j + 1));
    if (b !== null) add(1, [null, b], best(i, j + 1));
    if (a !== null) add(1, [a, null], best(i + 1, j));
    const least = ways.reduce((x, y) => (y.cost <= x.cost ? y : x)); // the last: what is short stands right
    costs.set(key, least);
    return least;
  };
  return best(0, 0).way;
}

/** Whether all of `some` occur in `all`, but not in their order. */
function isOutOfOrder(some: readonly string[], all: readonly string[]): boolean {
  const places = some.map((dim) => all.indexOf(dim));
  return !places.includes(-1) && places.some((place, i) => i > 0 && place < places[i - 1]!);
}
