/** The part of the catalogue about shapes and what tensors hold, E03: facts become a message, aligned shapes and a hint. */
import { meetingRemedy, sizeOf } from "./remedies.ts";
import { aligned, type Shape, shapeOf } from "./shapes.ts";
import { shown, towards, type Wanted } from "./wanted.ts";
import { count, listed, meant, quote, type Words } from "./wording.ts";

const bare = (operator: string): string => operator.replaceAll("`", "");
const verb = (names: readonly string[], one: string, many: string): string =>
  `${listed(names, "and")} ${names.length === 1 ? one : many}`;

/** The dimensions that differ, place by place. */
function disagreeing(a: Shape, b: Shape): readonly string[] {
  const pairs = a.dims.flatMap((dim, i) => (dim === b.dims[i] ? [] : [dim, b.dims[i] ?? dim]));
  return [...new Set(pairs)];
}

/** What turns elements of one type into another's. */
function elementRemedy(expected: string, found: string): string {
  if (/flag/.test(expected))
    return "make flags by comparing, such as `x > 0`; in a call, pass a setting of kind `flag`";
  if (/^int|whole|index/.test(expected))
    return "use `tokens`, `position`, a whole number, or a tensor typed `int[…]`";
  if (/flag/.test(found)) return "turn flags into numbers with `if flags then 1 else 0`";
  return "turn int tensors into real numbers with `float(x)`, or compare them: `position == 0`";
}

/** Each primitive that would have gone over the batch or time, and what to write instead. */
const overTime: Readonly<Record<string, string>> = {
  sum: "a running sum over the tokens so far is `scan(1, x)`",
  mean: "a running mean over the tokens so far is the block `running_mean`",
  maximum: "only sums run along time (`scan`); take the maximum over a dimension of the token",
  softmax: "weights over earlier tokens are what `attend(q, k, v)` makes",
  contract: "products over earlier tokens are what `attend(q, k, v)` and `scan` make",
  shift: "the value of earlier tokens is `shift(x, by: 1)`",
};

/** What shape checking says. */
export const shapeMessages = {
  E0301: (f: { left: Shape; right: Shape; doing: string }) => ({
    message: `the shapes ${shapeOf(f.left)} and ${shapeOf(f.right)} do not fit in ${f.doing}: ${verb(disagreeing(f.left, f.right), "disagrees", "disagree")}`,
    notes: [aligned(f.left, f.right)],
    hint: meetingRemedy(f.left, f.right, bare(f.doing)),
  }),
  E0302: (f: { expected: string; found: string; what: string; shapes?: Wanted }) => ({
    message: `${f.what} needs the shape ${f.expected} but gets ${f.found}`,
    notes: shown(f.shapes),
    hint: towards(f.shapes, `pass a tensor with the dimensions ${f.expected}`),
  }),
  E0303: (f: { short: Shape; long: Shape; doing: string }) => {
    const missing = f.short.dims.filter((dim) => !f.long.dims.includes(dim));
    const why =
      missing.length > 0
        ? `${verb(missing, "is", "are")} not in it`
        : "its dimensions come in another order";
    return {
      message: `${shapeOf(f.short)} cannot be spread over ${shapeOf(f.long)}: ${why}`,
      notes: [aligned(f.long, f.short, (a, b) => b !== null && a !== b)],
      hint: meetingRemedy(f.long, f.short, bare(f.doing)),
    };
  },
  E0304: (f: { dim: string; of: Shape; near: readonly string[]; size: number | null }) => {
    const own = f.of.dims.filter((dim) => dim !== "B" && dim !== "T");
    const twin = own.find((dim) => f.size !== null && sizeOf(f.of, dim) === f.size);
    return {
      message: `the shape ${shapeOf(f.of)} has no dimension ${quote(f.dim)}`,
      hint:
        twin === undefined
          ? meant(f.near, `name one of its dimensions${own.length > 0 ? `: ${listed(own)}` : ""}`)
          : `${quote(twin)} has the same size, but dimensions are the same only by name: write ${quote(twin)}`,
    };
  },
  E0305: (f: { dim: string; left: Shape; right: Shape }) => {
    const both = f.left.dims.filter(
      (dim) => f.right.dims.includes(dim) && dim !== "B" && dim !== "T",
    );
    const lacks = f.left.dims.includes(f.dim) ? f.right : f.left;
    const has = lacks === f.right ? f.left : f.right;
    const size = sizeOf(has, f.dim);
    const twin = lacks.dims.find(
      (dim) => size !== null && sizeOf(lacks, dim) === size && !has.dims.includes(dim),
    );
    return {
      message: `${quote(f.dim)} must occur in both ${shapeOf(f.left)} and ${shapeOf(f.right)} to be contracted`,
      notes: [aligned(f.left, f.right, (...pair) => pair.includes(f.dim))],
      hint:
        twin === undefined
          ? `contract over a dimension that both have${both.length > 0 ? `, here ${listed(both)}` : ""}; dimensions are the same only by name`
          : `${quote(twin)} has the same size, but dimensions are the same only by name: write ${quote(f.dim)} in the type of ${quote(lacks.text)}, or ${quote(`split(${lacks.text}, ${twin}, [${f.dim}])`)}`,
    };
  },
  E0306: (f: { expected: string; found: string; owner: string; shapes?: Wanted }) => ({
    message: `${quote(f.owner)} promises ${f.expected} but its last value is ${f.found}`,
    notes: shown(f.shapes),
    hint: towards(f.shapes, "change the type after `->`, or the last line of the body"),
  }),
  E0307: (f: { dim: string; first: string; second: string; shapes?: Wanted }) => ({
    message: `${quote(f.dim)} would be both ${quote(f.first)} and ${quote(f.second)}`,
    notes: shown(f.shapes),
    hint: towards(f.shapes, `pass tensors that both have ${quote(f.first)} there`),
  }),
  E0308: (f: { expected: string; found: string; what: string }) => ({
    message: `${f.what} needs ${f.expected} but gets ${f.found}`,
    hint: elementRemedy(f.expected, f.found),
  }),
  E0309: (f: { dim: string; shape: string }) => ({
    message: `${quote(f.dim)} would occur twice in ${f.shape}`,
    hint: `give one of them a name of its own with ${quote(`size ${f.dim}2 = ${f.dim}`)}; a tensor that is there already takes it by ${quote(`split(x, ${f.dim}, [${f.dim}2])`)}`,
  }),
  E0310: (f: { parts: string; whole: string; product: number; size: number }) => ({
    message: `${f.parts} has ${f.product} elements, but ${quote(f.whole)} has ${f.size}`,
    hint: `choose sizes whose product is the whole; ${quote(`size K = ${f.whole} / other`)} computes the last one`,
  }),
  E0311: (f: { dim: string; doing: string; instead?: string }) => ({
    message: `${quote(f.doing)} cannot change or go over ${quote(f.dim)}, the ${f.dim === "B" ? "batch" : "time"} of a call`,
    hint:
      f.instead ??
      (f.dim === "B"
        ? "rows of a batch are texts of their own and never meet; name another dimension"
        : (overTime[f.doing] ??
          "a model runs the same however a text is cut, so only `scan`, `shift`, `conv1d` and `attend` look along time")),
  }),
  E0312: (f: { what: string; expected: string; found: string }) => ({
    message: `${f.what} needs ${f.expected} but gets ${f.found}`,
    hint: `pass ${f.expected}`,
  }),
  E0313: (f: { dim: string; size: number; from: number; count: number }) => ({
    message: `${quote("slice")} takes the elements ${f.from} to ${f.from + f.count - 1} of ${quote(f.dim)}, which ends with ${f.size - 1}`,
    hint: `choose ${quote("from")} and the new size so that together they are at most ${f.size}`,
  }),
  E0314: (f: { parts: string; whole: string; sum: number; size: number }) => ({
    message: `${f.parts} has ${f.sum} elements in all, but ${quote(f.whole)} has ${f.size}`,
    hint: "choose sizes whose sum is the whole; `size D = K + J` computes it",
  }),
  E0315: (f: { tensors: number; dims: number }) => ({
    message: `${quote("concat")} gets ${count(f.tensors, "tensor")} and ${count(f.dims, "dimension")}`,
    hint: "list one dimension for each tensor: `concat([a, b], [K, J], D)`",
  }),
  E0316: (f: { order: string; shape: string }) => ({
    message: `${f.order} is no order of the dimensions of ${f.shape}`,
    hint: `list each dimension of ${f.shape} once; ${quote("split")} and ${quote("merge")} make others`,
  }),
  E0317: (f: { dim: string }) => ({
    message: `${quote(f.dim)} is listed twice`,
    hint: "name each dimension once",
  }),
  E0318: (f: { base: number }) => ({
    message: `${quote("pow")} of ${f.base} and a tensor is no real number everywhere`,
    hint: "use a base above 0",
  }),
  E0319: (f: { left: Shape; right: Shape; joined: readonly [string, string] }) => ({
    message: `${quote("concat")} joins ${shapeOf(f.left)} and ${shapeOf(f.right)} along ${quote(f.joined[0])} and ${quote(f.joined[1])}, but their other dimensions differ`,
    notes: [aligned(f.left, f.right)],
    hint: "give both the same other dimensions in the same order: `spread`, `transpose`, `split` and `merge` change them",
  }),
} satisfies Record<`E03${number}`, (facts: never) => Words>;
