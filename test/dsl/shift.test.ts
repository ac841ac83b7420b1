/** Shift, call by call, against the whole stream: documents that restart, calls of any number of tokens, idle rows. */
import assert from "node:assert/strict";
import { evaluate, type Value, type Values, valueFrom, zeros } from "../../src/graph/evaluate.ts";
import type { DType, Graph } from "../../src/graph/graph.ts";
import { simplify } from "../../src/passes/simplify.ts";
import { Random } from "../graph/random.ts";
import { modelOf } from "./files.ts";

const calls = 14;

type Case = {
  readonly B: number;
  readonly T: number;
  readonly by: number;
  readonly dims: string;
  readonly shape: readonly number[];
  readonly dtype: DType;
};
/** One row of a batch: all its tokens, `width` numbers each, and their places in documents that restart now and then. */
type Row = { readonly x: readonly number[]; readonly position: readonly number[] };

const widthOf = ({ shape }: Case) => shape.reduce((n, size) => n * size, 1);

function drawRow(r: Random, c: Case): Row {
  const length = calls * c.T;
  let place = -1;
  const position = Array.from({ length }, () => {
    place = place >= 0 && r.unit() < 0.3 ? 0 : place + 1;
    return place;
  });
  return { position, x: Array.from({ length: length * widthOf(c) }, () => r.integer(1, 9)) };
}

function graphOf({ B, T, by, dims, shape, dtype }: Case): Graph {
  const type = `${dtype === "i32" ? "int" : ""}${dims}`;
  const text = `block f(x: ${type}) -> ${type} { shift(x, by: ${by}) as before }`;
  const options = { inputs: { x: [B, T, ...shape] }, batch: B, tokens: T, chunk: T };
  return simplify(modelOf(text, "f", options).graph);
}

/** `width` numbers of the tokens that a call feeds, `fill` where a row has none. */
function part(
  { B, T }: Case,
  stream: (row: number) => readonly number[],
  width: number,
  from: readonly number[],
  count: readonly number[],
  fill: number,
): number[] {
  return Array.from({ length: B * T * width }, (_, i) => {
    const [b, t] = [Math.floor(i / (T * width)), Math.floor(i / width) % T];
    return t < count[b]! ? stream(b)[(from[b]! + t) * width + (i % width)]! : fill;
  });
}

/** Feeds B random rows in calls of 0 to T tokens, and holds every token's value against the token `by` back. */
function assertShifts(c: Case): void {
  const { B, T, by, shape, dtype } = c;
  const [graph, width] = [graphOf(c), widthOf(c)];
  const r = new Random(B + 10 * T + 100 * by);
  const rows = Array.from({ length: B }, () => drawRow(r, c));
  const from = rows.map(() => 0);
  let states: Values = Object.fromEntries(graph.states.map((s) => [s.name, zeros(s.current.type)]));
  assert.deepEqual(Object.keys(states).sort(), ["before.shift", "seen"]);
  for (let call = 0; call < calls; call++) {
    const count = rows.map(() => r.integer(0, T));
    const ints = (data: number[], ...of: number[]): Value =>
      valueFrom({ dtype: "i32", shape: of }, data);
    const inputs = {
      x: valueFrom(
        { dtype, shape: [B, T, ...shape] },
        part(c, (b) => rows[b]!.x, width, from, count, 99),
      ),
      position: ints(
        part(c, (b) => rows[b]!.position, 1, from, count, -1),
        B,
        T,
      ),
      count: ints(count, B),
    };
    const results = evaluate(graph, { parameters: {}, inputs, states });
    states = results.states;
    rows.forEach(({ x, position }, b) => {
      for (let i = 0; i < count[b]! * width; i++) {
        const token = from[b]! + Math.floor(i / width);
        const right = position[token]! < by ? 0 : x[(token - by) * width + (i % width)]!;
        const got = results.outputs.y!.data[b * T * width + i];
        assert.equal(got, right, `call ${call}, row ${b}, token ${token}`);
      }
      from[b]! += count[b]!;
    });
  }
}

describe("shift", () => {
  const vectors = { dims: "[B, T, D]", shape: [2], dtype: "f32" } as const;
  for (const [B, T, by] of [
    [1, 1, 1],
    [2, 3, 1],
    [3, 4, 2],
    [2, 2, 5],
    [2, 5, 5],
  ] as const)
    it(`gives the token ${by} back in the same document, ${B} rows by up to ${T} tokens a call`, () =>
      assertShifts({ B, T, by, ...vectors }));
  it("takes tensors of any rank, and whole numbers", () => {
    assertShifts({ B: 2, T: 3, by: 2, dims: "[B, T]", shape: [], dtype: "i32" });
    assertShifts({ B: 2, T: 3, by: 2, dims: "[B, T, H, D]", shape: [3, 2], dtype: "f32" });
  });
});
