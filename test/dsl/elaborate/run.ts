/** Runs what a text elaborates to on the graph evaluator, with numbers that differ everywhere. */
import assert from "node:assert/strict";
import { checkFile, type Options } from "../../../dsl/elaborate.ts";
import type { Model } from "../../../dsl/model.ts";
import { parse } from "../../../dsl/parse.ts";
import { evaluate, type Value, type Values, valueFrom } from "../../../src/graph/evaluate.ts";
import { verify } from "../../../src/graph/verify.ts";
import { modelOf, standard } from "../files.ts";

export const [B, T] = [2, 3];

/** Numbers that differ everywhere, some of them negative. */
export const numbers = (shape: readonly number[], seed = 0): number[] =>
  Array.from({ length: shape.reduce((n, size) => n * size, 1) }, (_, i) =>
    Math.sin(1.3 * i + seed + 0.4),
  );
export const f32 = (shape: readonly number[], data = numbers(shape)): Value =>
  valueFrom({ dtype: "f32", shape }, data);
export const i32 = (shape: readonly number[], data: readonly number[]): Value =>
  valueFrom({ dtype: "i32", shape }, data);

/** All outputs of a model on two rows of three tokens; parameters are numbers seeded by their place. */
export function outputsOf(model: Model, inputs: Values = {}): Values {
  const parameters = model.parameters.map(({ name, shape }, i): [string, Value] => [
    name,
    f32(shape, numbers(shape, i)),
  ]);
  const tokens = i32([B, T], [0, 1, 2, 2, 1, 0]);
  const common = {
    tokens,
    position: i32([B, T], [0, 1, 2, 0, 1, 2]),
    count: i32([B], [T, T]),
  };
  const given = { inputs: { ...common, ...inputs }, parameters: Object.fromEntries(parameters) };
  return evaluate(verify(model.graph), given).outputs;
}

/** The same of a text's block `f` on `numbers` for its tensors. */
export function outputsOfBlock(
  text: string,
  inputs: Readonly<Record<string, readonly number[]>>,
  options: Partial<Options> = {},
): Values {
  const model = modelOf(text, "f", { ...options, inputs });
  const values = Object.entries(inputs).map(([name, shape], i): [string, Value] => [
    name,
    f32(shape, numbers(shape, i)),
  ]);
  return outputsOf(model, Object.fromEntries(values));
}

/** Fails where numbers differ by more than the rounding of doubles. */
export function assertNear(got: ArrayLike<number>, want: readonly number[]): void {
  assert.equal(got.length, want.length);
  for (const [i, value] of want.entries())
    assert.ok(Math.abs(got[i]! - value) < 1e-9, `${i}: ${got[i]} is not ${value}`);
}

/** `line: code message` for every error that `check` finds in a text, and its hint where asked. */
export function errorsIn(text: string, hints = false): readonly string[] {
  const { ast, diagnostics } = parse("user.eyrie", text);
  return [...diagnostics, ...checkFile([...standard, ast], [ast])]
    .filter(({ severity }) => severity === "error")
    .map(({ code, message, hint, span }) => {
      const line = text.slice(0, span.from).split("\n").length;
      return `${line}: ${code} ${message}${hints ? `; ${hint}` : ""}`;
    });
}
