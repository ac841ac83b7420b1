/** Rows of tokens, positions and inputs that a test feeds to a model, drawn at random and cut into parts. */
import type { CallOptions } from "../../targets/calls.ts";
import type { Rows } from "../../targets/rows.ts";
import { type Signature, type TokenSpec, widthOf } from "../../targets/signature.ts";
import { generator } from "../weights/random.ts";

/** All that one row is fed. */
export type Row = {
  readonly length: number;
  /** null where the model reads none. */
  readonly tokens: readonly number[] | null;
  readonly positions: readonly number[];
  readonly inputs: Readonly<Record<string, ArrayLike<number>>>;
};

/** Upper bounds, themselves left out, of whole numbers where the model's text does not tell one. */
export type Bounds = Readonly<Record<string, number>>;

/**
 * Rows that find much out together: a long one of one document, one of three documents, of which two start in its middle, and short ones.
 * Whole numbers come from what the model's tables hold, real ones from −1 to 1.
 */
export function randomRows(
  signature: Signature,
  length: number,
  seed: number,
  bounds: Bounds = {},
): readonly Row[] {
  const { batch, tokens, inputs } = signature;
  return Array.from({ length: batch }, (_, row) => {
    const own = row === 0 ? length : row === 1 ? Math.ceil(0.7 * length) : 1 + (row % length);
    const below = tokens?.below ?? bounds.tokens ?? 2;
    return {
      length: own,
      tokens: tokens ? wholes(generator(seed, "tokens", row), own, below) : null,
      positions: positionsOf(own, row === 1 ? [Math.ceil(own / 3), Math.ceil(own / 2)] : []),
      inputs: Object.fromEntries(
        inputs.map((spec) => [spec.name, valuesOf(spec, own, generator(seed, spec.name, row))]),
      ),
    };
  });

  function valuesOf(spec: TokenSpec, count: number, draw: () => number): readonly number[] {
    const size = count * widthOf(spec);
    if (spec.dtype === "i32") return wholes(draw, size, spec.below ?? bounds[spec.name] ?? 2);
    return Array.from({ length: size }, () => 2 * draw() - 1);
  }
}

const wholes = (draw: () => number, length: number, below: number): readonly number[] =>
  Array.from({ length }, () => Math.floor(below * draw()));

/** Counted on from 0, afresh at each start. */
function positionsOf(length: number, starts: readonly number[]): readonly number[] {
  let next = 0;
  return Array.from({ length }, (_, t) => {
    next = starts.includes(t) ? 0 : next;
    return next++;
  });
}

/** Tokens from..until of a row, as far as it goes. */
export function cutRow({ inputs: specs }: Signature, row: Row, from: number, until: number): Row {
  const [start, end] = [Math.min(from, row.length), Math.min(until, row.length)];
  const inputs = specs.map(({ name, ...spec }) => {
    const [width, values] = [widthOf(spec), row.inputs[name]!];
    return [
      name,
      Array.from({ length: (end - start) * width }, (_, i) => values[start * width + i]!),
    ] as const;
  });
  return {
    length: end - start,
    tokens: row.tokens?.slice(start, end) ?? null,
    positions: row.positions.slice(start, end),
    inputs: Object.fromEntries(inputs),
  };
}

/** Rows as the arguments of a stream's call. */
export function callOf(
  { tokens, inputs }: Signature,
  rows: readonly Row[],
): { readonly tokens: Rows | null; readonly options: Pick<CallOptions, "positions" | "inputs"> } {
  const byName = inputs.map(({ name }) => [name, rows.map((row) => row.inputs[name]!)] as const);
  return {
    tokens: tokens ? rows.map((row) => row.tokens ?? []) : null,
    options: {
      positions: rows.map(({ positions }) => positions),
      inputs: Object.fromEntries(byName),
    },
  };
}
