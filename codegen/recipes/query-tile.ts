/** The queries that a subgroup owns in shared attention: who they are, and which keys they see. */
import type { RegionIO } from "../access.ts";
import type { Memory } from "../kernel.ts";
import { negate, type Val } from "../val.ts";
import { keySpan, type Query } from "./query.ts";

/** Numbers that are read at once. */
export const quad = 4;

export const range = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i);

/** One of a lane's queries. */
export type Own = {
  readonly t: Val;
  readonly head: Val;
  /** False past the last query, where it is like the last. */
  readonly exists: Val;
  /** The keys that it sees in the ring. */
  readonly oldest: Val;
  readonly newest: Val;
};

export type Tile = {
  readonly io: RegionIO;
  readonly q: Query;
  readonly size: number;
  readonly row: Val;
  readonly group: Val;
  /** The first query, of all that share the keys. */
  readonly first: Val;
  readonly owns: readonly Own[];
  /** A lane's queries, scaled, in registers that a loop can count through. */
  readonly query: Memory;
  /** The weighted values of all queries. */
  readonly totals: Memory;
};

/** The queries of a lane: from the first on, each lane takes one, then each the next. */
export function ownQueries(
  io: RegionIO,
  q: Query,
  size: number,
  each: number,
  [row, group, first]: readonly [Val, Val, Val],
): readonly Own[] {
  const k = io.k;
  const shared = q.heads / q.groups;
  return range(each).map((p) => {
    const place = k.let("own_query", first.plus(k.builtin("subgroup_lane")).plus(p * size));
    const number = k.let("own_number", place.atMost(q.time * shared - 1));
    const t = k.let("t", number.over(shared));
    const head = k.let("head", group.times(shared).plus(number.modulo(shared)));
    const { oldest, newest } = keySpan(io, q, row, t);
    // The new token's own key is not in the ring yet.
    const inRing = q.fresh ? k.let("newest_past", newest.minus(1)) : newest;
    return { t, head, exists: place.below(q.time * shared), oldest, newest: inRing };
  });
}

/** Where a lane's query `p` keeps what begins at d: in `query`, and in `totals`. */
export const queryAt = ({ q }: Tile, p: number, d: Val): Val => d.plus(p * q.dims);
export const totalAt = ({ io, q, size }: Tile, p: number, d: Val): Val =>
  io.k
    .builtin("subgroup_lane")
    .plus(p * size)
    .times(q.dims)
    .plus(d);

/** The first and last key that one of the queries sees. */
export function keysOf({ io, owns }: Tile): { readonly from: Val; readonly last: Val } {
  const most = (places: readonly Val[]) =>
    io.k.subgroup(
      "max",
      places.reduce((a, b) => a.atLeast(b)),
    );
  return {
    from: io.k.let("from", negate(most(owns.map(({ oldest }) => negate(oldest))))),
    last: most(owns.map(({ newest }) => newest)),
  };
}
