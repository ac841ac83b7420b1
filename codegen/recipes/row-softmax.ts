/** The online softmax of rows of logits in workgroup memory: a lane weighs a whole row of a block of keys. Knows no product. */

import type { RegionIO } from "../access.ts";
import type { Variable } from "../build.ts";
import type { Memory } from "../kernel.ts";
import { call, cast, literal, select, spread, type Val, vector } from "../val.ts";
import { combineParts } from "./across.ts";
import { logitOf, type Query, unseen } from "./query.ts";

/** Rows of `4 · size` logits, dealt to `size` lanes; which keys a row sees. */
export type LogitRows = {
  readonly io: RegionIO;
  readonly q: Query;
  readonly size: number;
  readonly rows: number;
  readonly weights: Memory;
  readonly span: (row: Val) => { readonly oldest: Val; readonly newest: Val };
};

export type RowSoftmax = {
  /** Turns the logits of the keys from `key` to `last` into weights; gives by how much each of a lane's rows fades. */
  readonly weigh: (key: Val, last: Val) => readonly Val[];
  /** Puts what one weight counts in the end into `weights`, four times for each row. */
  readonly storeShares: () => void;
};

/** A lane's own row: `exists` in a part that has fewer rows than lanes. */
type Own = {
  readonly row: Val;
  readonly exists: Val;
  readonly oldest: Val;
  readonly newest: Val;
  readonly largest: Variable;
  readonly sum: Variable;
};

/** `first`: a logit of each row whose weight is counted from the start. */
export function softmaxOf(of: LogitRows, first: ((row: Val) => Val) | null): RowSoftmax {
  const { io, size, rows, weights, span } = of;
  const k = io.k;
  const owns = Array.from({ length: Math.ceil(rows / size) }, (_, p): Own => {
    const place = k.builtin("subgroup_lane").plus(p * size);
    const isPart = (p + 1) * size > rows;
    const row = k.let("own_row", isPart ? place.atMost(rows - 1) : place);
    return {
      row,
      exists: isPart ? place.below(rows) : literal(1, "bool"),
      ...span(row),
      largest: k.variable("largest", first?.(row) ?? literal(unseen, "f32")),
      sum: k.variable("sum", literal(first ? 1 : 0, "f32")),
    };
  });
  return {
    weigh: (key, last) => owns.map((own) => weighRow(of, own, key, last)),
    storeShares: () => {
      for (const { row, exists, sum } of owns)
        k.when(exists, () => {
          const share = call("div", literal(1, "f32"), sum.get());
          k.store(weights, row.times(4), spread(share, 4));
        });
    },
  };
}

function weighRow({ io, q, size, weights }: LogitRows, own: Own, key: Val, last: Val): Val {
  const k = io.k;
  const { row, exists, oldest, newest, largest, sum } = own;
  const fade = k.variable("fade", literal(1, "f32"));
  k.when(exists, () => {
    const start = k.let("row_start", row.times(4 * size));
    const end = k.let("end", newest.atMost(last));
    const visible = (past: Val) => {
      const first = k.let("first_key", key.plus(cast(past, "i32")));
      const keys = [0, 1, 2, 3].map((c) => first.plus(c));
      return vector(keys.map((one) => call("le", oldest, one).and(call("le", one, end))));
    };
    const most = k.variable("most", literal(unseen, "f32", 4));
    k.loop("past", 0, 4 * size, 4, (past) => {
      const logit = k.let("logit", logitOf(q, k.load(weights, start.plus(past), 4)));
      if (q.cap !== 0) k.store(weights, start.plus(past), logit);
      const seen = select(visible(past), logit, unseen);
      k.accumulate(most, (so) => so.atLeast(seen));
    });
    const before = largest.get();
    const now = k.let("largest_now", combineParts("max", most.get()).atLeast(before));
    const added = k.variable("added", literal(0, "f32", 4));
    k.loop("past", 0, 4 * size, 4, (past) => {
      const away = k.load(weights, start.plus(past), 4).minus(spread(now, 4));
      const weight = k.let("weight", select(visible(past), call("exp", away), 0));
      k.store(weights, start.plus(past), weight);
      k.accumulate(added, (so) => so.plus(weight));
    });
    fade.set(call("exp", before.minus(now)));
    largest.set(now);
    sum.set(sum.get().times(fade.get()).plus(combineParts("sum", added.get())));
  });
  return fade.get();
}
