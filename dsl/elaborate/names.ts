/** Checks the names of a body without running it, so that branches not taken and functions not called are read, too. */
import type { Diagnostic } from "../diagnostics.ts";
import { diagnose } from "../messages.ts";
import { nearNames } from "../suggest.ts";
import type {
  BlockItem,
  Body,
  ConstantItem,
  Expr,
  Formal,
  FunctionItem,
  FunctionParameter,
  ModelItem,
  Name,
  Span,
  Statement,
} from "../syntax.ts";
import { ownUse } from "./body.ts";
import { ambientNames } from "./frame.ts";
import { type Library, laterIn } from "./library.ts";
import { primitiveNames } from "./primitives/all.ts";
import { eachExpression, resultDims, tensorDimNames } from "./walk.ts";

/** An item whose expressions have names. */
export type BodyItem = BlockItem | ModelItem | FunctionItem | ConstantItem;
type Read = (expr: Expr, extra?: readonly string[]) => void;

const initializerWords = ["zeros", "ones", "normal", "uniform"];

/** Names that nothing has, in every expression of an item. */
export function checkNamesOf(item: BodyItem, library: Library): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const known = new Set(ambientNames);
  const read: Read = (expr, extra = []) =>
    found.push(...unknownNames(expr, known, new Set(extra), item, library));
  if (item.kind === "constant") {
    read(item.value);
    return [...found, ...takenNames([item.name])];
  }
  if (item.kind !== "function") for (const dim of tensorDimNames(item.parameters)) known.add(dim);
  for (const formal of item.parameters) {
    readFallback(formal, item.body, read);
    known.add(formal.name.text);
  }
  for (const statement of item.body.statements) {
    const { name } = statement;
    const own = known.has(name.text) ? null : usedInItself(statement, item, library);
    if (own) found.push(diagnose("E0216", own, { name: name.text }));
    for (const [expr, extra] of expressionsOf(statement))
      read(expr, own ? [...extra, name.text] : extra);
    known.add(name.text);
  }
  if (item.body.result) read(item.body.result);
  for (const dim of item.kind === "block" ? resultDims(item.result) : []) read(dim);
  const local = [...item.parameters, ...item.body.statements].map(({ name }) => name);
  return item.kind === "function"
    ? [...found, ...takenNames(local), ...keptParameters(item)]
    : found;
}

/** Parameters in a function's body, which would belong to nobody. */
const keptParameters = ({ name, body }: FunctionItem): readonly Diagnostic[] =>
  body.statements.flatMap((statement) => {
    const what = `\`${statement.name.text}\` is a parameter`;
    return statement.kind === "param"
      ? [diagnose("E0224", statement.span, { owner: name.text, what })]
      : [];
  });

/** A pattern's list is resolved where a stack uses it, when every name of the body is known. */
function readFallback({ fallback, ...formal }: Formal | FunctionParameter, body: Body, read: Read) {
  if (!fallback) return;
  const isPattern =
    "type" in formal && formal.type.kind === "setting" && formal.type.of === "pattern";
  if (!isPattern) {
    if (fallback.kind !== "list") read(fallback);
    return;
  }
  const later = body.statements.map(({ name }) => name.text);
  const plain: string[] = [];
  eachExpression(fallback, (expr) => {
    if (expr.kind !== "list") return;
    for (const item of expr.items) if (item.kind === "name") plain.push(item.name);
  });
  read(fallback, [...later, ...plain]);
}

/** Where a value uses the name that it is to have, where nothing else has it. */
function usedInItself(statement: Statement, item: BodyItem, library: Library): Span | null {
  const { text } = statement.name;
  if (statement.kind !== "let" || text === "" || library.find(text, item.span.file)) return null;
  return ownUse(text, statement.value);
}

function expressionsOf(statement: Statement): readonly (readonly [Expr, readonly string[]])[] {
  if (statement.kind !== "param") return [[statement.value, []]];
  const dims = statement.type.dims.map((dim) => [dim, [] as readonly string[]] as const);
  return statement.initializer ? [...dims, [statement.initializer, initializerWords]] : dims;
}

function unknownNames(
  root: Expr,
  known: ReadonlySet<string>,
  extra: ReadonlySet<string>,
  item: BodyItem,
  library: Library,
): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const { file } = item.span;
  const isKnown = (name: string) => name === "" || known.has(name) || extra.has(name);
  const readName = (name: string, span: Span) => {
    if (isKnown(name)) return;
    const named = library.find(name, file);
    const later = item.kind === "constant" ? null : laterIn(item.body, name, span.to);
    const related = later ? [{ span: later, message: "defined here" }] : [];
    if (later) found.push(diagnose("E0213", span, { name }, related));
    else if (!named) {
      const near = nearNames(name, [...known, ...extra, ...library.constantNames(file)]);
      found.push(diagnose("E0201", span, { name, near }));
    } else if (named.kind === "function") found.push(diagnose("E0225", span, { name }));
  };
  const readCallee = (name: string, span: Span) => {
    if (isKnown(name)) return;
    const named = library.find(name, file);
    if (named?.kind === "constant")
      found.push(diagnose("E0210", span, { name, kind: "a constant" }));
    if (named || primitiveNames.includes(name)) return;
    const near = nearNames(name, [
      ...library.callableNames(),
      ...primitiveNames,
      ...known,
      ...extra,
    ]);
    found.push(diagnose("E0202", span, { name, near }));
  };
  eachExpression(root, (expr) => {
    if (expr.kind === "name") readName(expr.name, expr.span);
    if (expr.kind === "field") readName(expr.of.text, expr.of.span);
    if (expr.kind === "call") readCallee(expr.callee.text, expr.callee.span);
  });
  return found;
}

/** Names that are taken twice, or by the language: said here of what is not run before somebody calls it. */
function takenNames(names: readonly Name[]): readonly Diagnostic[] {
  const places = new Map<string, Span>();
  return names.flatMap(({ text, span }): readonly Diagnostic[] => {
    const first = places.get(text);
    places.set(text, first ?? span);
    if (text === "") return [];
    if (ambientNames.includes(text)) return [diagnose("E0206", span, { name: text })];
    const related = first ? [{ span: first, message: "first defined here" }] : [];
    return first ? [diagnose("E0204", span, { name: text }, related)] : [];
  });
}
