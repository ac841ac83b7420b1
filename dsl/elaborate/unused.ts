/** Names that are defined and that nothing reads. */
import type { Diagnostic } from "../diagnostics.ts";
import { diagnose } from "../messages.ts";
import type { Expr, File, Formal, Name } from "../syntax.ts";
import type { BodyItem } from "./names.ts";
import { bodyExpressions, eachExpression, resultDims } from "./walk.ts";

/** The names that expressions read. */
function namesIn(roots: readonly Expr[]): ReadonlySet<string> {
  const used = new Set<string>();
  for (const root of roots)
    eachExpression(root, (expr) => {
      if (expr.kind === "name") used.add(expr.name);
      if (expr.kind === "field") used.add(expr.of.text);
      if (expr.kind === "call") used.add(expr.callee.text);
    });
  return used;
}

/** Whether a word stands in a text once only: else a line that could not be parsed may use it. */
function isAlone(text: string): (name: string) => boolean {
  const [once, more] = [new Set<string>(), new Set<string>()];
  for (const word of text.split(/\W+/)) (once.has(word) ? more : once).add(word);
  return (name) => !more.has(name);
}

const warn = ({ text, span }: Name): Diagnostic => diagnose("W0501", span, { name: text });

/** Names of an item's parameters and body that nothing reads, not even a line of `source` that could not be parsed. */
export function unusedNames(item: BodyItem, source: string): readonly Diagnostic[] {
  if (item.kind === "constant") return [];
  const isLonely = isAlone(source.slice(item.span.from, item.span.to));
  const fallbacks = item.parameters.flatMap(({ fallback }) => (fallback ? [fallback] : []));
  const types = item.kind === "function" ? [] : item.parameters.flatMap(dimsOfFormal);
  const result = item.kind === "block" ? resultDims(item.result) : [];
  const used = namesIn([...bodyExpressions(item.body), ...fallbacks, ...types, ...result]);
  const patterns =
    item.kind !== "function" &&
    item.parameters.some(({ type }) => type.kind === "setting" && type.of === "pattern");
  const names = item.body.statements.flatMap((s) => (patterns && s.kind === "let" ? [] : [s.name]));
  const formals = item.parameters.map(({ name }) => name);
  return [...formals, ...names]
    .filter(({ text }) => !used.has(text) && !text.startsWith("_") && isLonely(text))
    .map(warn);
}

const dimsOfFormal = ({ type }: Formal): readonly Expr[] =>
  type.kind === "tensor" ? type.dims : [];

/** Constants that nothing in their file names. */
export function unusedConstants({ items, source }: File): readonly Diagnostic[] {
  const isLonely = isAlone(source);
  return items.flatMap((item) =>
    item.kind === "constant" && isLonely(item.name.text) ? [warn(item.name)] : [],
  );
}
