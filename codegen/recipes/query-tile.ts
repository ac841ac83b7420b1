/** The queries that a subgroup owns in shared attention: who they are, which keys they see, and how lanes deal out the numbers of a value. */
import type { RegionIO } from "../access.ts";
import type { Memory } from "../kernel.ts";
import { literal, type Val } from "../val.ts";
import { keySpan, type Query } from "./query.ts";

/** Keys, and numbers of a value, that are a lane's own. */
export const quad = 4;

/**
 * What a subgroup works on. `query` and `weights` are rows in workgroup memory, `ownKey` the new token's key there, where this
 * region makes it; `totals` are a lane's part of the values.
 */
export type Tile = {
  readonly io: RegionIO;
  readonly q: Query;
  readonly size: number;
  readonly rows: number;
  readonly row: Val;
  readonly group: Val;
  /** The first query, of all that share the keys. */
  readonly first: Val;
  readonly query: Memory;
  readonly ownKey: Memory | null;
  readonly weights: Memory;
  readonly totals: Memory;
};

/** Parts of a value, one after another by all lanes. */
export const chunksOf = (q: Query, size: number) => Math.ceil(q.dims / (quad * size));

/** Calls back for each chunk with the lane's numbers in it, where they exist. */
export function eachChunk(tile: Tile, then: (chunk: Val, d: Val) => void): void {
  const { io, q, size } = tile;
  const k = io.k;
  k.loop("chunk", 0, chunksOf(q, size), 1, (chunk) => {
    const d = k.let("d", numberOf(tile, chunk));
    if (q.dims % (quad * size) === 0) then(chunk, d);
    else k.when(d.below(q.dims), () => then(chunk, d));
  });
}

/** The first number of a lane in a chunk, which may lie past the last. */
export const numberOf = ({ io, size }: Tile, chunk: Val): Val =>
  chunk.times(size).plus(io.k.builtin("subgroup_lane")).times(quad);

/** Which token and head a query of the tile is; past the last, that. */
export function placeOf({ q, first, group }: Tile, i: Val) {
  const shared = q.heads / q.groups;
  const number = first.plus(i).atMost(q.time * shared - 1);
  return { t: number.over(shared), head: group.times(shared).plus(number.modulo(shared)) };
}

/** The keys that a query of the tile sees. */
export function spanOf(tile: Tile, i: Val): { readonly oldest: Val; readonly newest: Val } {
  const { t } = placeOf(tile, i);
  return keySpan(tile.io, tile.q, tile.row, tile.io.k.let("t", t));
}

/** The keys of the past that one of the queries sees, and of those the ones that all see. */
export type Keys = {
  readonly from: Val;
  readonly last: Val;
  readonly allFrom: Val;
  readonly allLast: Val;
};

export function keysOf(tile: Tile): Keys {
  const { io, q, rows } = tile;
  const k = io.k;
  const most = 2 ** 31 - 1;
  const [from, allLast] = [
    k.variable("from", literal(most, "i32")),
    k.variable("all_last", literal(most, "i32")),
  ];
  const [last, allFrom] = [
    k.variable("last", literal(-1, "i32")),
    k.variable("all_from", literal(-1, "i32")),
  ];
  k.loop("i", 0, rows, 1, (i) => {
    const { oldest, newest } = spanOf(tile, i);
    k.accumulate(from, (so) => so.atMost(oldest));
    k.accumulate(allFrom, (so) => so.atLeast(oldest));
    k.accumulate(last, (so) => so.atLeast(newest));
    k.accumulate(allLast, (so) => so.atMost(newest));
  });
  // The new token's own key is not in the ring yet.
  const past = (v: Val) => (q.fresh ? k.let("past_key", v.minus(1)) : v);
  return {
    ...{ from: from.get(), allFrom: allFrom.get() },
    ...{ last: past(last.get()), allLast: past(allLast.get()) },
  };
}
