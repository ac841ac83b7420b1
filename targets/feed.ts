/** Checks what a stream is given against what its model takes, before any of it runs. A mistake is a UserError of one sentence. */
import { UserError } from "../src/graph/bug.ts";
import { type Fed, type FedInput, type InputRows, positionsOf, type Rows } from "./rows.ts";
import { type Signature, type TokenSpec, widthOf } from "./signature.ts";

export type Given = {
  readonly tokens: Rows | null;
  readonly positions: Rows | undefined;
  readonly inputs: InputRows | undefined;
};

/** Where a stream stands: each row's next position, and the context that its model was compiled for. */
export type Place = { readonly next: readonly number[]; readonly context: number | null };

/** Everything as rows of one length each. */
export function readGiven(signature: Signature, given: Given, place: Place): Fed {
  const { tokens, inputs: byName = {} } = given;
  requireTokens(signature, tokens);
  const inputs = inputsOf(signature, byName);
  const lengths = tokens?.map((row) => row.length) ?? lengthsOf(inputs, given.positions);
  for (const input of inputs) checkInput(input, lengths);
  const positions = given.positions ?? positionsOf(lengths, place.next);
  requireRows("positions", positions.length, signature.batch);
  checkPositions(lengths, positions, place.context);
  return { lengths, tokens, positions, inputs };
}

const listed = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");

function requireRows(what: string, count: number, batch: number): void {
  if (count !== batch)
    throw new UserError(
      `${count} rows of ${what} were given to a batch of ${batch}; give one (maybe empty) per row`,
    );
}

/** Tokens where the model reads them, each a whole number that it knows. */
function requireTokens({ batch, tokens: takes, inputs }: Signature, tokens: Rows | null): void {
  if (takes === null) {
    if (tokens === null) return;
    const names = listed(inputs.map(({ name }) => name)) || "positions";
    throw new UserError(`this model reads no tokens but ${names}; give null in place of tokens`);
  }
  if (tokens === null)
    throw new UserError("this model reads tokens; give a list of them for every row");
  requireRows("tokens", tokens.length, batch);
  const { below } = takes;
  for (const [row, values] of tokens.entries()) {
    const bad = values.find(
      (token) => !Number.isInteger(token) || token < 0 || (below !== null && token >= below),
    );
    if (bad === undefined) continue;
    throw new UserError(
      below === null
        ? `token ${bad} of row ${row} is no whole number from 0`
        : `token ${bad} of row ${row} is outside the vocabulary of ${below}; tokens are 0 to ${below - 1}`,
    );
  }
}

/** The model's inputs with a row of each for every row of the batch; none is missing and none is unknown. */
function inputsOf({ batch, inputs }: Signature, given: InputRows): readonly FedInput[] {
  const unknown = Object.keys(given).find((name) => !inputs.some((spec) => spec.name === name));
  if (unknown !== undefined) {
    const names = inputs.map(({ name }) => name);
    const has = names.length > 0 ? `its inputs are ${listed(names)}` : "it has none";
    throw new UserError(`the model has no input "${unknown}"; ${has}`);
  }
  return inputs.map((spec) => {
    const rows = given[spec.name];
    if (rows === undefined)
      throw new UserError(
        `the model reads the input "${spec.name}" as well; give it in \`inputs\`, one array a row with ${perToken(spec)}`,
      );
    requireRows(`the input "${spec.name}"`, rows.length, batch);
    return { spec, rows };
  });
}

function perToken(spec: TokenSpec): string {
  const kind = spec.dtype === "i32" ? "whole number" : "number";
  const width = widthOf(spec);
  return `${width} ${kind}${width === 1 ? "" : "s"} a token`;
}

/** Tokens of each row where only inputs, or positions, tell. */
function lengthsOf([first]: readonly FedInput[], positions: Rows | undefined): readonly number[] {
  if (first) return first.rows.map((row) => Math.ceil(row.length / widthOf(first.spec)));
  if (positions === undefined)
    throw new UserError("this model reads neither tokens nor inputs; give `positions`");
  return positions.map((row) => row.length);
}

/** Every row has the numbers of its tokens, of the kind that the model reads. */
function checkInput({ spec, rows }: FedInput, lengths: readonly number[]): void {
  const [what, width] = [`input "${spec.name}"`, widthOf(spec)];
  for (const [row, values] of rows.entries()) {
    const wanted = lengths[row]! * width;
    if (values.length !== wanted)
      throw new UserError(
        `row ${row} of the ${what} has ${values.length} numbers, not ${wanted}: ${lengths[row]} ${lengths[row] === 1 ? "token" : "tokens"} with ${perToken(spec)}`,
      );
    for (let i = 0; i < wanted; i++) checkNumber(spec, values[i], row);
  }
}

const largestInt = 2 ** 31 - 1;

function checkNumber({ name, dtype, below }: TokenSpec, value: unknown, row: number): void {
  const where = `of row ${row} of the input "${name}"`;
  if (typeof value !== "number") throw new UserError(`${String(value)} ${where} is no number`);
  if (dtype !== "i32") return;
  if (!Number.isInteger(value) || Math.abs(value) > largestInt)
    throw new UserError(`${value} ${where} is no whole number of 32 bits`);
  if (below !== undefined && (value < 0 || value >= below))
    throw new UserError(`${value} ${where} picks no row of ${below}; give 0 to ${below - 1}`);
}

/** Positions fit their tokens and stay within the context that the model was compiled for. */
function checkPositions(lengths: readonly number[], positions: Rows, context: number | null): void {
  for (const [row, length] of lengths.entries()) {
    const places = positions[row] ?? [];
    if (places.length !== length) {
      throw new UserError(
        `row ${row} has ${length} tokens but ${places.length} positions; give one per token`,
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
