/** What would make two shapes fit, spelled in the language: from their names and sizes, the calls that would mend it. */
import { type Shape, shapeOf } from "./shapes.ts";
import { quote } from "./wording.ts";

const isAmbient = (dim: string): boolean => dim === "B" || dim === "T";
const without = (dims: readonly string[], others: readonly string[]): readonly string[] =>
  dims.filter((dim) => !others.includes(dim));
/** The size of a dimension; null where only its name is known. */
export const sizeOf = (shape: Shape, dim: string): number | null =>
  shape.sizes[shape.dims.indexOf(dim)] ?? null;

/** The name of a tensor as a call would pass it; what has no name is left to the reader. */
const argument = ({ text }: Shape): string => (/^\w+(\.\w+)?$/.test(text) ? text : "…");

/** How two operands of `operator` (bare, as `*`) could be made to meet. */
export function meetingRemedy(a: Shape, b: Shape, operator: string): string {
  const [long, short] = b.dims.length > a.dims.length ? [b, a] : [a, b];
  return (
    reordering(short, long) ??
    regrouping(long, short) ??
    renaming(long, short) ??
    combining(a, b, operator) ??
    "give both the same dimensions in the same order; `split` and `merge` rename them"
  );
}

/** How `found` could become `wanted`; null where nothing short would do. */
export function becoming(found: Shape, wanted: Shape): string | null {
  const isOrder = found.dims.length === wanted.dims.length && reordering(found, wanted);
  return (
    isOrder ||
    regrouping(wanted, found) ||
    renaming(wanted, found) ||
    resizing(wanted, found) ||
    ranking(wanted, found)
  );
}

/** More or fewer dimensions than are asked for: some become one, or one becomes several. */
function ranking(wanted: Shape, found: Shape): string | null {
  const [own, asked] = [found.dims, wanted.dims].map((dims) => dims.filter((d) => !isAmbient(d)));
  const extra = found.dims.length - wanted.dims.length;
  if (!own || !asked || extra === 0) return null;
  const last = own.at(-1);
  if (extra > 0 && own.length > extra && asked.length > 0) {
    const parts = own.slice(-extra - 1);
    return `make ${parts.length === 2 ? "two" : "several"} dimensions one: ${quote(`size Q = ${parts.join(" * ")}`)}, then ${quote(`merge(${argument(found)}, [${parts.join(", ")}], Q)`)}`;
  }
  if (extra < 0 && own.length === 1 && last !== undefined && asked.length > 1)
    return `make one dimension several: ${quote(`split(${argument(found)}, ${last}, [${asked.join(", ")}])`)}`;
  return null;
}

/** The same dimensions in another order. */
function reordering(short: Shape, long: Shape): string | null {
  if (without(short.dims, long.dims).length > 0) return null;
  const order = long.dims.filter((dim) => short.dims.includes(dim));
  if (order.length !== short.dims.length) return null;
  return `bring them into one order: ${quote(`transpose(${argument(short)}, ${shapeOf({ dims: order })})`)}`;
}

/** One dimension of one is several neighbours of the other. */
function regrouping(kept: Shape, changed: Shape): string | null {
  const [mine, theirs] = [without(kept.dims, changed.dims), without(changed.dims, kept.dims)];
  const isProduct = (whole: Shape, dim: string, parts: Shape, dims: readonly string[]) =>
    dims.length > 1 &&
    areNeighbours(parts, dims) &&
    dims.reduce((product, d) => product * (sizeOf(parts, d) ?? Number.NaN), 1) ===
      sizeOf(whole, dim);
  const [whole] = theirs;
  const [target] = mine;
  if (whole !== undefined && theirs.length === 1) {
    const parts = partsOf(kept, mine, sizeOf(changed, whole));
    if (parts && isProduct(changed, whole, kept, parts))
      return `${quote(whole)} is ${parts.map(quote).join(" times ")}: ${quote(`split(${argument(changed)}, ${whole}, [${parts.join(", ")}])`)}`;
  }
  if (target !== undefined && mine.length === 1 && isProduct(kept, target, changed, theirs))
    return `${theirs.map(quote).join(" times ")} is ${quote(target)}: ${quote(`merge(${argument(changed)}, [${theirs.join(", ")}], ${target})`)}`;
  return null;
}

/** The run of `dims` whose sizes have this product. */
function partsOf(shape: Shape, dims: readonly string[], size: number | null) {
  for (let from = 0; from < dims.length; from++)
    for (let to = from + 2; to <= dims.length; to++) {
      const run = dims.slice(from, to);
      if (run.reduce((product, dim) => product * (sizeOf(shape, dim) ?? Number.NaN), 1) === size)
        return run;
    }
  return null;
}

const areNeighbours = (shape: Shape, dims: readonly string[]): boolean =>
  dims.every((dim, i) => shape.dims.indexOf(dim) === shape.dims.indexOf(dims[0]!) + i);

/** Two names of one size: dimensions are the same by name only. */
function renaming(kept: Shape, changed: Shape): string | null {
  const theirs = without(changed.dims, kept.dims);
  const mine = without(kept.dims, changed.dims);
  const [dim] = theirs;
  if (dim === undefined || theirs.length !== 1 || isAmbient(dim)) return null;
  const size = sizeOf(changed, dim);
  const same = mine.filter((other) => !isAmbient(other) && sizeOf(kept, other) === size);
  const [other] = same;
  if (size === null || other === undefined || same.length !== 1) return null;
  return `${quote(dim)} and ${quote(other)} have one size, but dimensions are the same only by name; to rename: ${quote(`split(${argument(changed)}, ${dim}, [${other}])`)}`;
}

/** Every element of one with every element of the other, or one width for both. */
function combining(a: Shape, b: Shape, operator: string): string | null {
  const all = [...a.dims, ...without(b.dims, a.dims)];
  const widths = resizing(a, b);
  const each =
    operator === "*"
      ? `${quote(`outer(${argument(a)}, ${argument(b)})`)} multiplies each with each, giving ${shapeOf({ dims: all })}`
      : /^([-+/%<>=!]+|max|min|pow|and|or|if|scan)$/.test(operator)
        ? `to join each with each, spread both: ${quote(`spread(${argument(a)}, ${shapeOf({ dims: all })})`)} and the same for the other`
        : null;
  if (each && widths) return `${widths}; ${each}`;
  return widths ?? each;
}

/** Another last dimension: a linear map makes it. */
function resizing(wanted: Shape, found: Shape): string | null {
  const isPerToken = ({ dims: [first, second, last, ...more] }: Shape) =>
    first === "B" && second === "T" && last !== undefined && more.length === 0;
  if (!isPerToken(wanted) || !isPerToken(found) || wanted.dims[2] === found.dims[2]) return null;
  return `to give it the width ${quote(wanted.dims[2]!)}: ${quote(`project(${argument(found)}, out: ${wanted.dims[2]})`)}`;
}
