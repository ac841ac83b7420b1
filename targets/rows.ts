/** Cuts ragged rows of tokens into calls of one fixed length, with positions and counts. Pure arithmetic. */
import { UserError } from "../src/graph/bug.ts";
import type { Tensor } from "./tensor.ts";

/** One list per row of the batch. */
export type Rows = readonly (readonly number[])[];

/** One call: tokens and positions [B, T], count [B]; rows that ended earlier have count 0. */
export type Part = {
  /** Index of the call's first token within the rows. */
  readonly from: number;
  readonly counts: readonly number[];
  /** Position of each row's last real token of the call; −1 where it has none. */
  readonly lastPositions: readonly number[];
  readonly inputs: { readonly tokens: Tensor; readonly position: Tensor; readonly count: Tensor };
};

/** Positions that go on from each row's next one. */
export function positionsOf(tokens: Rows, next: readonly number[]): Rows {
  return tokens.map((row, index) => row.map((_, at) => next[index]! + at));
}

/** Calls of `length` tokens that together feed every row; padding has token 0 and position −1. */
export function chunksOf(tokens: Rows, positions: Rows, length: number): readonly Part[] {
  const longest = Math.max(0, ...tokens.map((row) => row.length));
  const parts: Part[] = [];
  for (let from = 0; from < longest; from += length) {
    const counts = tokens.map((row) => Math.min(length, Math.max(0, row.length - from)));
    const lastPositions = positions.map((row, index) =>
      counts[index]! > 0 ? row[from + counts[index]! - 1]! : -1,
    );
    const grid = { shape: [tokens.length, length], from };
    parts.push({
      from,
      counts,
      lastPositions,
      inputs: {
        tokens: fill(tokens, grid, 0),
        position: fill(positions, grid, -1),
        count: { dtype: "i32", shape: [tokens.length], data: Int32Array.from(counts) },
      },
    });
  }
  return parts;
}

function fill(
  rows: Rows,
  { shape, from }: { shape: readonly number[]; from: number },
  padding: number,
): Tensor {
  const length = shape[1]!;
  const data = new Int32Array(rows.length * length).fill(padding);
  for (const [row, values] of rows.entries())
    data.set(values.slice(from, from + length), row * length);
  return { dtype: "i32", shape, data };
}

/** Every token is a whole number below the vocabulary's size. */
export function checkTokens(tokens: Rows, vocabulary: number): void {
  for (const [row, values] of tokens.entries()) {
    const bad = values.find(
      (token) => !Number.isInteger(token) || token < 0 || token >= vocabulary,
    );
    if (bad !== undefined)
      throw new UserError(
        `token ${bad} of row ${row} is outside the vocabulary of ${vocabulary}; tokens are 0 to ${vocabulary - 1}`,
      );
  }
}

/** Positions fit their tokens and stay within the context that the model was compiled for. */
export function checkContext(tokens: Rows, positions: Rows, context: number | null): void {
  for (const [row, values] of tokens.entries()) {
    const places = positions[row] ?? [];
    if (places.length !== values.length) {
      throw new UserError(
        `row ${row} has ${values.length} tokens but ${places.length} positions; give one per token`,
      );
    }
    const bad = places.find((position) => !Number.isInteger(position) || position < -1);
    if (bad !== undefined)
      throw new UserError(
        `position ${bad} of row ${row} is not a whole number from 0 (or −1 for padding)`,
      );
    const longest = places.reduce((most, position) => Math.max(most, position + 1), 0);
    if (context !== null && longest > context) {
      throw new UserError(
        `row ${row} would hold ${longest} tokens, but the model was compiled for a context of ${context}; compile it for a larger context or start a fresh stream`,
      );
    }
  }
}
