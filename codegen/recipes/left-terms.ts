/**
 * Terms of the left operand as a lane's sums need them: read by every lane for itself, or each by one lane of a subgroup, who
 * gives it to the others. Knows nothing of the right operand.
 */
import type { RegionIO } from "../access.ts";
import { type Val, vector } from "../val.ts";
import { indexOf, join, type Places, type Product, unflatten } from "./product.ts";
import type { LaneTile, RowsHeld } from "./sums.ts";

/** Neighbouring terms of one row, by number; or all of them as a vector, where there are one or four. */
export type Terms = { readonly at: (u: number) => Val; readonly all: () => Val };

/** Of each row of a lane's tile, `count` terms from `term` on. */
export type LeftTerms = (term: Val, count: number) => readonly Terms[];

export function leftTerms(
  io: RegionIO,
  p: Product,
  tile: LaneTile,
  rowsHeld: RowsHeld | null,
): LeftTerms {
  const k = io.k;
  const read = (row: Val, place: Places, term: Val, width: 1 | 4): Val =>
    rowsHeld
      ? rowsHeld(row, term, width)
      : k.let(
          "left",
          io.read(p.left.node)(
            indexOf(p.left, join(place, unflatten(io, term, p.axes.inner))),
            width,
          ),
        );
  const placeOf = (row: Val) => join(tile.batch, unflatten(io, row, p.axes.rows));
  const { sharedBy } = tile;
  if (!sharedBy) {
    const places = tile.rows.map(placeOf);
    return (term, count) =>
      tile.rows.map((row, i) => {
        const width = count === 1 ? 1 : 4;
        const parts = Array.from({ length: count / width }, (_, n) =>
          read(row, places[i]!, term.plus(width * n), width),
        );
        return {
          at: (u) => parts[Math.floor(u / width)]!.component(u % width),
          all: () => parts[0]!,
        };
      });
  }
  return (term, count) => {
    const cells = tile.rows.length * count;
    const loads = Array.from({ length: Math.ceil(cells / sharedBy) }, (_, n) => {
      const cell = k.builtin("subgroup_lane").plus(n * sharedBy);
      const row =
        tile.rows.length === 1
          ? tile.rows[0]!
          : k.let("row", cell.over(count).atMost(tile.rows.length - 1));
      return read(row, placeOf(row), term.plus(k.let("own_term", cell.modulo(count))), 1);
    });
    return tile.rows.map((_, i) => {
      const given = Array.from({ length: count }, (_, u) => i * count + u).map((cell) =>
        k.subgroup("broadcast", loads[Math.floor(cell / sharedBy)]!, cell % sharedBy),
      );
      return { at: (u) => given[u]!, all: () => vector(given) };
    });
  };
}
