/** Decides what could be written at a cursor: which names, words or keys, by the brackets around it. */
import type { Cursor, Open } from "./cursor.ts";

/** What a completion may offer. */
export type Wanted =
  | { readonly kind: "items" }
  | { readonly kind: "types" }
  | { readonly kind: "models" }
  /** Names of a body; `starts` where a statement may begin. */
  | { readonly kind: "values"; readonly starts: boolean }
  | { readonly kind: "dimensions" }
  /** Settings of what is called that are not given yet, and the names of the body. */
  | { readonly kind: "arguments"; readonly callee: string; readonly given: readonly string[] }
  | { readonly kind: "fields"; readonly record: string }
  /** A configuration's settings that are not given yet. */
  | { readonly kind: "settings"; readonly model: string; readonly given: readonly string[] }
  /** A table's settings, of any model. */
  | { readonly kind: "tableSettings"; readonly given: readonly string[] }
  | { readonly kind: "tableKeys" }
  | { readonly kind: "paths" }
  | { readonly kind: "sources" }
  | { readonly kind: "labels"; readonly callee: string }
  | { readonly kind: "nothing" };

const nothing: Wanted = { kind: "nothing" };

export function wantedAt(cursor: Cursor): Wanted {
  if (cursor.itemWord === null) return { kind: "items" };
  if (cursor.record !== null && cursor.itemWord !== "names")
    return { kind: "fields", record: cursor.record };
  const inner = cursor.open.at(-1);
  if (!inner) return inHead(cursor);
  if (cursor.itemWord === "names") return inNames(cursor, inner);
  if (cursor.itemWord === "config" && inner.isHead) return inConfig(cursor, inner);
  if (lastOf(inner) === "as") {
    const callee = calleeBefore(inner);
    return callee === null ? nothing : { kind: "labels", callee };
  }
  switch (inner.sign) {
    case "(":
      return inRound(cursor, inner);
    case "[":
      return inSquare(cursor);
    default:
      return inCurly(cursor, inner);
  }
}

const lastOf = ({ part }: Open): string | null => part.at(-1)?.image ?? null;

/** Between an item's word and its first bracket, or between its brackets. */
function inHead({ itemWord, words }: Cursor): Wanted {
  const last = words.at(-1)?.image;
  if (itemWord === "config" && words.length === 1) return { kind: "models" };
  if (itemWord === "constant" && words.some(({ image }) => image === "="))
    return { kind: "values", starts: false };
  if (last === "->") return { kind: "types" };
  return nothing;
}

function inRound({ itemWord, open }: Cursor, inner: Open): Wanted {
  if (inner.isHead) {
    const signs = inner.part.map(({ image }) => image);
    if (signs.includes("=")) return { kind: "values", starts: false };
    return signs.includes(":") && itemWord !== "function" ? { kind: "types" } : nothing;
  }
  const [name, colon, ...value] = inner.part.map(({ image }) => image);
  if (colon === ":" && name === "over" && value.length === 0) return { kind: "dimensions" };
  if (inner.callee === null || colon === ":" || inner.part.length > 0)
    return { kind: "values", starts: false };
  const isDims = takesDims(inner.callee, inner.place);
  if (isDims && open.length > 0) return { kind: "dimensions" };
  return { kind: "arguments", callee: inner.callee, given: inner.given };
}

/** The places of the language's functions that hold dimensions. */
const dimPlaces: Readonly<Record<string, readonly number[]>> = {
  split: [1, 2],
  merge: [1, 2],
  spread: [1],
  transpose: [1],
  slice: [1, 2],
  concat: [1, 2],
};
const takesDims = (callee: string, place: number): boolean =>
  dimPlaces[callee]?.includes(place) === true;

function inSquare({ open, words }: Cursor): Wanted {
  const around = open.at(-2);
  const dims: Wanted = { kind: "dimensions" };
  if (!around) return words.some(({ image }) => image === "->") ? dims : nothing;
  if (around.isHead && around.sign === "(") return dims;
  const before = around.part.map(({ image }) => image);
  if (around.sign === "{") return isType(before) ? dims : { kind: "values", starts: false };
  if (around.callee !== null && takesDims(around.callee, around.place)) return dims;
  return before[0] === "over" ? dims : { kind: "values", starts: false };
}

/** `param w: […` or a promised field `kept: […`. */
const isType = (before: readonly string[]): boolean =>
  before.at(-1) === "[" && /^(:|int)$/.test(before.at(-2) ?? "");

const joins = new Set([
  "=",
  "+",
  "-",
  "*",
  "/",
  "%",
  "<",
  ">",
  "<=",
  ">=",
  "==",
  "!=",
  "and",
  "or",
  "not",
  "if",
  "then",
  "else",
  ":",
]);

function inCurly(_: Cursor, inner: Open): Wanted {
  const last = lastOf(inner);
  if (last === "param" || last === "size") return nothing;
  const words = inner.part.map(({ image }) => image);
  if (last === ":" && words.at(-3) === "param") return { kind: "types" };
  return { kind: "values", starts: inner.isHead && (last === null || !joins.has(last)) };
}

/** The name of the call that ends before `as`. */
function calleeBefore({ part }: Open): string | null {
  let depth = 0;
  for (let i = part.length - 2; i >= 0; i--) {
    const { image } = part[i]!;
    if (image === ")") depth++;
    if (image === "(" && --depth === 0) return part[i - 1]?.image ?? null;
  }
  return null;
}

function inConfig({ words }: Cursor, inner: Open): Wanted {
  const last = lastOf(inner);
  if (last !== null && joins.has(last)) return { kind: "values", starts: false };
  return { kind: "settings", model: words[1]?.image ?? "", given: inner.given };
}

function inNames({ open }: Cursor, inner: Open): Wanted {
  const last = lastOf(inner);
  const isKeys = open.length > 1 && open[1]?.sign === "{";
  if (isKeys)
    return last !== null && joins.has(last)
      ? { kind: "tableKeys" }
      : { kind: "tableSettings", given: inner.given };
  if (inner.sign !== "{") return nothing;
  return last === "=" ? { kind: "sources" } : { kind: "paths" };
}
