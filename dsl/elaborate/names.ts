/** Checks the names of a body without running it, so that branches not taken are read, too. */
import type { Diagnostic } from "../diagnostics.ts";
import { diagnose } from "../messages.ts";
import { nearNames } from "../suggest.ts";
import type { BlockItem, Expr, ModelItem, Name, Statement } from "../syntax.ts";
import { ambientNames } from "./frame.ts";
import type { Library } from "./library.ts";
import { primitive, primitiveNames } from "./primitives/all.ts";
import { bodyExpressions, eachExpression, tensorDimNames } from "./walk.ts";

type Item = BlockItem | ModelItem;

const initializerWords = ["zeros", "ones", "normal", "uniform"];

/** Names that nothing has, in every expression of a block or model. */
export function checkNamesOf(item: Item, library: Library): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const known = new Set([...ambientNames, ...tensorDimNames(item.parameters)]);
  const check = (expr: Expr, extra: readonly string[] = []) =>
    found.push(...unknownNames(expr, new Set([...known, ...extra]), item, library));
  for (const formal of item.parameters) {
    if (formal.fallback && !isPattern(formal.fallback)) check(formal.fallback);
    known.add(formal.name.text);
  }
  for (const statement of item.body.statements) {
    for (const [expr, extra] of expressionsOf(statement)) check(expr, extra);
    known.add(statement.name.text);
  }
  if (item.body.result) check(item.body.result);
  if (item.kind === "block") for (const dim of item.result.dims) check(dim);
  return found;
}

/** A list of block names is resolved where a stack uses it. */
const isPattern = (expr: Expr): boolean => expr.kind === "list";

function expressionsOf(statement: Statement): readonly (readonly [Expr, readonly string[]])[] {
  if (statement.kind !== "param") return [[statement.value, []]];
  const dims = statement.type.dims.map((dim) => [dim, [] as readonly string[]] as const);
  return statement.initializer ? [...dims, [statement.initializer, initializerWords]] : dims;
}

function unknownNames(
  root: Expr,
  known: ReadonlySet<string>,
  item: Item,
  library: Library,
): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const { file } = item.span;
  eachExpression(root, (expr) => {
    if (
      expr.kind === "name" &&
      expr.name !== "" &&
      !known.has(expr.name) &&
      !library.block(expr.name, file)
    )
      found.push(
        diagnose("E0201", expr.span, { name: expr.name, near: nearNames(expr.name, known) }),
      );
    if (expr.kind !== "call") return;
    const { text, span } = expr.callee;
    if (
      text === "" ||
      known.has(text) ||
      library.block(text, file) ||
      primitive(text) ||
      text === "stack"
    )
      return;
    const near = nearNames(text, [...library.blockNames(), ...primitiveNames, ...known]);
    found.push(diagnose("E0202", span, { name: text, near }));
  });
  return found;
}

/** Names that a body defines and nothing reads, not even a line of `source` that could not be parsed. */
export function unusedNames(item: Item, source: string): readonly Diagnostic[] {
  const words = source.slice(item.span.from, item.span.to).split(/\W+/);
  const isAlone = (name: string) => words.indexOf(name) === words.lastIndexOf(name);
  const used = new Set<string>();
  const note = (expr: Expr) => {
    if (expr.kind === "name") used.add(expr.name);
    if (expr.kind === "call") used.add(expr.callee.text);
  };
  const fallbacks = item.parameters.flatMap(({ fallback }) => (fallback ? [fallback] : []));
  const result = item.kind === "block" ? item.result.dims : [];
  for (const root of [...bodyExpressions(item.body), ...fallbacks, ...result])
    eachExpression(root, note);
  const patterns = item.parameters.some(
    ({ type }) => type.kind === "setting" && type.of === "pattern",
  );
  const names: readonly Name[] = item.body.statements.flatMap((s) =>
    patterns && s.kind === "let" ? [] : [s.name],
  );
  return names
    .filter(({ text }) => !used.has(text) && isAlone(text))
    .map(({ text, span }) => diagnose("W0501", span, { name: text }));
}
