/** Model texts and the standard library as trees, for the tests of elaboration. */
import { readFileSync } from "node:fs";
import type { Diagnostic } from "../../dsl/diagnostics.ts";
import { checkFile, type Elaboration, elaborate, type Options } from "../../dsl/elaborate.ts";
import type { Model } from "../../dsl/model.ts";
import { parse } from "../../dsl/parse.ts";
import { standardLibrary } from "../../dsl/standard-node.ts";
import type { File } from "../../dsl/syntax.ts";

export const standard: readonly File[] = standardLibrary().map((s) => parse(s.file, s.text).ast);

const root = new URL("../../", import.meta.url);
export const readText = (path: string): string => readFileSync(new URL(path, root), "utf8");

const sizes = { batch: 2, tokens: 3, chunk: 3, context: 32 };

/** The elaboration of a target of `text`. */
export function elaborateText(
  text: string,
  target: string,
  options: Partial<Options> = {},
): Elaboration {
  const { ast, diagnostics } = parse("user.eyrie", text);
  if (diagnostics.length > 0) throw new Error(diagnostics.map((d) => d.message).join("\n"));
  return elaborate([...standard, ast], target, { ...sizes, ...options });
}

/** The model, or the mistakes as an exception. */
export function modelOf(text: string, target: string, options: Partial<Options> = {}): Model {
  const { model, diagnostics } = elaborateText(text, target, options);
  if (!model) throw new Error(diagnostics.map((d) => d.message).join("\n"));
  return model;
}

/** `line: code message (hint)` for everything that `check` finds in a text. */
export function mistakesIn(text: string): readonly string[] {
  const { ast, diagnostics } = parse("user.eyrie", text);
  return [...diagnostics, ...checkFile([...standard, ast], [ast])].map((d) =>
    describeDiagnostic(d, text),
  );
}

export const describeDiagnostic = ({ code, span, message }: Diagnostic, text: string): string => {
  const line = text.slice(0, span.from).split("\n").length;
  return `${line}: ${code} at ${text.slice(span.from, span.to)}: ${message}`;
};

/** How many numbers a model learns; without its embedding when asked. */
export const countParameters = (model: Model, embedding = true): number =>
  model.parameters
    .filter(({ name }) => embedding || name !== "embedding")
    .reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
