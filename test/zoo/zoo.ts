/**
 * Checks a model text of examples/zoo against a plain reference on every executor, fed in every way. One session of three
 * rows (a long document, two documents in a row, a short one) serves all tests of an executor.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Settings } from "../../dsl/model.ts";
import { standardLibrary } from "../../dsl/standard-node.ts";
import { type Compiled, type CompileOptions, compile, type Source } from "../../src/compile.ts";
import type { Executor } from "../../src/execute/executors.ts";
import { DiagnosticsError } from "../../src/execute/open-model.ts";
import { assertSessionAgrees } from "../../src/testing.ts";
import { initialWeights } from "../../src/weights/initialize.ts";
import { generator } from "../../src/weights/random.ts";
import type { Session } from "../../targets/executor.ts";
import type { InputRows } from "../../targets/rows.ts";
import { Stream } from "../../targets/stream.ts";
import { executors } from "../executor.ts";
import type { Vector, Weights } from "./reference/plain.ts";
import { readWeights } from "./weights.ts";

/** What a model reads of one document: a token at each place, and a vector at each place for every other input. */
export type Document = {
  readonly tokens: readonly number[];
  readonly inputs: Readonly<Record<string, readonly Vector[]>>;
};

/** Every output of one document from its start, a vector for each token. */
export type Reference = (
  weights: Weights,
  document: Document,
) => Readonly<Record<string, readonly Vector[]>>;

export type ZooModel = {
  /** File under examples/zoo, without its ending. */
  readonly name: string;
  /** Tiny and odd; `vocab` must be among them. */
  readonly settings: Settings;
  readonly reference: Reference;
  /** Largest difference from the reference, as a part of the output's largest element. */
  readonly tolerance: number;
  /** Widths of the inputs beside tokens. */
  readonly inputs?: Readonly<Record<string, number>>;
};

const chunk = 5;
const batch = 3;
/** Tokens of each row's documents; the second row's second document starts within a chunk. */
const lengths: readonly (readonly number[])[] = [[13], [6, 5], [4]];

export const readModel = (name: string): Source => ({
  file: `examples/zoo/${name}.eyrie`,
  text: readFileSync(new URL(`../../examples/zoo/${name}.eyrie`, import.meta.url), "utf8"),
});

/** The compiled model, or its mistakes as an exception. */
export function compileZoo(name: string, options: Omit<CompileOptions, "standard">): Compiled {
  const [source, standard] = [readModel(name), standardLibrary()];
  const { compiled, diagnostics } = compile([source], { ...options, standard });
  if (!compiled) throw new DiagnosticsError(diagnostics, [...standard, source]);
  return compiled;
}

/** Numbers that a model learns, for a configuration of its full size. */
export function countParameters(name: string, options: Omit<CompileOptions, "standard">): number {
  const { model } = compileZoo(name, { chunk: 1, entries: ["decode"], ...options });
  return model.parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}

/** Weights by seed; those that start alike everywhere are stirred, so that none can be forgotten unseen. */
async function drawWeights({ parameters }: Compiled["model"], seed: number) {
  const first = initialWeights(parameters, seed);
  const drawn = new Map<string, Float32Array>();
  for (const { name } of parameters) {
    const values = await first.read(name);
    const random = generator(seed, name, 1);
    const alike = values.every((v) => v === values[0]);
    drawn.set(name, alike ? values.map((v) => v + 0.6 * (random() - 0.5)) : values);
  }
  return drawn;
}

function drawDocuments(m: ZooModel): readonly (readonly Document[])[] {
  const random = generator(1, m.name, 0);
  const vocabulary = Number(m.settings["vocab"]);
  const vectors = (length: number, width: number) =>
    Array.from({ length }, () => Array.from({ length: width }, () => Math.fround(random() - 0.5)));
  return lengths.map((row) =>
    row.map((length) => ({
      tokens: Array.from({ length }, () => Math.floor(random() * vocabulary)),
      inputs: Object.fromEntries(
        Object.entries(m.inputs ?? {}).map(([name, width]) => [name, vectors(length, width)]),
      ),
    })),
  );
}

type Loaded = {
  readonly session: Session;
  readonly rows: readonly (readonly Document[])[];
  /** By row, output and place in the row. */
  readonly expected: readonly Readonly<Record<string, readonly Vector[]>>[];
};

async function load(m: ZooModel, executor: Executor): Promise<Loaded> {
  const { name, settings } = m;
  const compiled = compileZoo(name, { settings, batch, chunk, context: 32, caps: executor.caps });
  const drawn = await drawWeights(compiled.model, 1);
  const session = await executor.load(compiled, { read: async (path) => drawn.get(path)! });
  const rows = drawDocuments(m);
  const weights = readWeights(compiled.model.parameters, drawn);
  const expected = rows.map((documents) => joined(documents.map((d) => m.reference(weights, d))));
  assert.deepEqual(weights.unread(), [], "parameters that the reference never reads");
  return { session, rows, expected };
}

const joined = (documents: readonly Readonly<Record<string, readonly Vector[]>>[]) =>
  Object.fromEntries(
    Object.keys(documents[0]!).map((name) => [name, documents.flatMap((d) => d[name]!)]),
  );

/** Scores every row whole, and gives the largest difference of any output, as a part of that output's largest element. */
async function differenceFromReference({ session, rows, expected }: Loaded): Promise<number> {
  const stream = Stream.open(session);
  const all = rows.map((documents) => documents.flatMap((d) => d.tokens));
  const positions = rows.map((documents) => documents.flatMap((d) => d.tokens.map((_, at) => at)));
  const outputs = Object.keys(expected[0]!);
  assert.deepEqual([...stream.outputs].sort(), [...outputs].sort(), "the model's outputs");
  let worst = 0;
  for await (const scores of stream.score(all, { positions, inputs: inputsOf(rows), outputs }))
    for (const name of outputs) {
      const { data } = scores.outputs[name]!;
      const scale = largest(expected.flatMap((row) => row[name]!.flat()));
      for (const [row, count] of scores.counts.entries()) {
        const want = expected[row]![name]!.slice(scores.from, scores.from + count).flat();
        const start = (row * data.length) / batch;
        worst = Math.max(
          worst,
          difference(data.subarray(start, start + want.length), want) / scale,
        );
      }
    }
  stream.release();
  return worst;
}

/** By input, by row: what its documents have, one after another. */
const inputsOf = (rows: Loaded["rows"]): InputRows =>
  Object.fromEntries(
    Object.keys(rows[0]![0]!.inputs).map((name) => [
      name,
      rows.map((documents) => documents.flatMap((d) => d.inputs[name]!.flat())),
    ]),
  );

const largest = (values: Vector) => values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);

/** Infinite where anything is missing or no number. */
function difference(got: ArrayLike<number>, want: Vector): number {
  if (got.length !== want.length) return Number.POSITIVE_INFINITY;
  const all = want.map((w, i) => Math.abs(got[i]! - w));
  return all.some(Number.isNaN) ? Number.POSITIVE_INFINITY : largest(all);
}

/** EYRIE_MEASURE=1 prints what the tolerances are taken from. */
function measured(what: string, error: number): number {
  if (process.env["EYRIE_MEASURE"]) console.log(`      ${what}: ${error.toExponential(1)}`);
  return error;
}

/** The tests of one model: it is its reference, however it is fed, on every executor. */
export function testZoo(m: ZooModel): void {
  for (const [executorName, open] of Object.entries(executors))
    describe(`${m.name} on ${executorName}`, function () {
      this.timeout(120_000);
      let loaded: Loaded;
      before(async function () {
        loaded = await load(m, await open(this as unknown as Mocha.Context));
      });
      after(async () => loaded?.session.release());

      it("gives what its reference gives, in every document and row", async () => {
        const error = measured("from the reference", await differenceFromReference(loaded));
        assert.ok(error <= m.tolerance, `off by ${error}, allowed ${m.tolerance}`);
      });
      it("gives the same by chunks, in parts, token by token, alone and from saved states", async () => {
        const { session, expected } = loaded;
        const sizes = Object.values(expected[0]!).map((values) => largest(values.flat()));
        const tolerance = m.tolerance * Math.min(...sizes);
        measured("among themselves", await assertSessionAgrees(session, { tolerance, length: 13 }));
      });
    });
}
