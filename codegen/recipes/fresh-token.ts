/**
 * The one new token of a step: its key and value are computed by the attention that needs them first, and put into the rings
 * on the way. Nobody else reads those slots in this step, since a ring has room for a whole call beside what is visible.
 */
import { CompilerBug } from "../../src/graph/bug.ts";
import type { Region } from "../../src/passes/regions.ts";
import type { RegionIO } from "../access.ts";
import type { Width } from "../kernel.ts";
import { cast, literal, type Val } from "../val.ts";
import type { Query } from "./query.ts";

const freshOf = ({ fresh }: Query) => {
  if (!fresh) throw new CompilerBug("the new token's key is another region's");
  return fresh;
};
const token = literal(0, "u32");

/** `width` numbers of the new key of a row's group, from `d` on. */
export const freshKey = (io: RegionIO, q: Query, row: Val, group: Val, d: Val, width: Width): Val =>
  io.read(freshOf(q).key)([row, token, group, d], width);

export const freshValue = (
  io: RegionIO,
  q: Query,
  row: Val,
  group: Val,
  d: Val,
  width: Width,
): Val => io.read(freshOf(q).value)([row, token, group, d], width);

/** Of the heads that share a key, one puts it into the ring. */
export const isFirstOfGroup = (q: Query, head: Val): Val =>
  q.heads === q.groups ? literal(1, "bool") : head.modulo(q.heads / q.groups).equals(0);

/** Where the row has a token in this step at all. */
export const whereReal = (io: RegionIO, q: Query, row: Val, then: () => void): void =>
  io.k.when(token.below(cast(io.read(freshOf(q).count)([row]), "u32")), then);

/** Puts `width` numbers of the new key and of the new value into their rings. */
export function fillRings(
  io: RegionIO,
  q: Query,
  row: Val,
  group: Val,
  d: Val,
  width: Width,
): void {
  fillRing(io, q, "keys", [row, group, d], freshKey(io, q, row, group, d, width));
  fillRing(io, q, "values", [row, group, d], freshValue(io, q, row, group, d, width));
}

/** Puts numbers of the new key or value, from d on, into its ring. */
export function fillRing(
  io: RegionIO,
  q: Query,
  ring: "keys" | "values",
  [row, group, d]: readonly [Val, Val, Val],
  numbers: Val,
): void {
  const slot = io.k.let("new_slot", cast(io.read(q.seen)([row]), "u32").modulo(q.slots));
  io.writeFrom(q[ring], [row, slot, group, d], numbers, [q[ring]]);
}

/** Stores what follows from attention, and leaves the rings to `fillRings`. */
export function writeAttended(
  io: RegionIO,
  { anchor, outputs }: Region,
  at: readonly Val[],
  value: Val,
): void {
  const others = outputs.filter((n) => n.op !== "ringWrite");
  if (anchor && others.length > 0) io.writeFrom(anchor, at, value, others);
}
