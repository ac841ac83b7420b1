/**
 * What `multiply` means: the same as loops in which every lane finds its own sums, for the interpreter and for targets
 * without matrix units. The sums are spread as the fragments of mma.m16n8k16 are (PTX ISA, matrix fragments): tiles of 16 × 8,
 * four sums a lane in each.
 */
import type { Expr, Stmt } from "./kernel.ts";

type Multiply = Extract<Stmt, { kind: "multiply" }>;

/** A sum's place in rows × columns, from its number and the lane within the subgroup (0 … 31). `A` is what counts. */
export type Arithmetic<A> = {
  readonly plus: (a: A, b: A | number) => A;
  readonly times: (a: A, n: number) => A;
  readonly over: (a: A, n: number) => A;
  readonly modulo: (a: A, n: number) => A;
};

/** Row and column of sum `number` of a lane, where the result has `columns` columns. */
export function placeOfSum<A>(
  { plus, times, over, modulo }: Arithmetic<A>,
  number: A,
  lane: A,
  columns: number,
): { readonly row: A; readonly column: A } {
  const across = columns / 8;
  const low = plus(times(over(number, 4 * across), 16), over(lane, 4));
  const row = plus(low, times(over(modulo(number, 4), 2), 8));
  const left = plus(times(modulo(over(number, 4), across), 8), times(modulo(lane, 4), 2));
  return { row, column: plus(left, modulo(number, 2)) };
}

const u32 = { scalar: "u32", width: 1 } as const;
const f32 = { scalar: "f32", width: 1 } as const;
const whole = (value: number): Expr => ({ kind: "literal", value, type: u32 });
const calculate =
  (fn: "add" | "mul" | "div" | "mod") =>
  (a: Expr, b: Expr | number): Expr => ({
    kind: "call",
    fn,
    args: [a, typeof b === "number" ? whole(b) : b],
    type: u32,
  });
const arithmetic: Arithmetic<Expr> = {
  plus: calculate("add"),
  times: calculate("mul"),
  over: calculate("div"),
  modulo: calculate("mod"),
};
const local = (name: string, type: Expr["type"]): Expr => ({ kind: "local", name, type });

/** Loops over a lane's sums and over the depth; `name` makes the names that they bind. */
export function multiplyAsLoops(s: Multiply, name: (hint: string) => string): readonly Stmt[] {
  const { plus, times, modulo } = arithmetic;
  const lane: Expr = { kind: "builtin", name: "lane", type: u32 };
  const names = { sum: name("sum"), number: name("number"), term: name("term") };
  const [number, term] = [local(names.number, u32), local(names.term, u32)];
  const { row, column } = placeOfSum(arithmetic, number, modulo(lane, 32), s.columns);
  const element = (
    { memory, index, stride }: Multiply["left"],
    down: Expr,
    across: Expr,
  ): Expr => ({
    kind: "cast",
    of: {
      kind: "load",
      from: memory,
      index: plus(plus(asU32(index), times(down, stride)), across),
      type: { scalar: memory.scalar, width: 1 },
    },
    type: f32,
  });
  const sum = local(names.sum, f32);
  const more: Expr = {
    kind: "fma",
    args: [
      element(s.left, row, term),
      s.turned ? element(s.right, column, term) : element(s.right, term, column),
      sum,
    ],
    type: f32,
  };
  const count = (loop: string, below: number, body: readonly Stmt[]): Stmt => ({
    kind: "for",
    name: loop,
    from: whole(0),
    below: whole(below),
    step: whole(1),
    body,
  });
  return [
    count(names.number, s.sums.length, [
      {
        kind: "var",
        name: names.sum,
        value: { kind: "load", from: s.sums, index: number, type: f32 },
      },
      count(names.term, s.depth, [{ kind: "assign", name: names.sum, value: more }]),
      { kind: "store", to: s.sums, index: number, value: sum },
    ]),
  ];
}

const asU32 = (e: Expr): Expr => (e.type.scalar === "u32" ? e : { kind: "cast", of: e, type: u32 });
