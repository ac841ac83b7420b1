/**
 * Finds blocks, functions and constants that need themselves whatever their settings are. Block values are not followed:
 * those are finite. Nor are the branches of an `if`, which may end a recursion; what does not end is found while it runs.
 */
import type { Diagnostic } from "../diagnostics.ts";
import { diagnose } from "../messages.ts";
import type { Expr, Span } from "../syntax.ts";
import { circles } from "./circles.ts";
import type { NamedItem } from "./library.ts";
import { bodyExpressions, children } from "./walk.ts";

type Edge = { readonly to: NamedItem; readonly span: Span };
type Edges = ReadonlyMap<NamedItem, readonly Edge[]>;
type Find = (name: string, file: string) => NamedItem | null;

/** Of more cycles than this no one wants to read. */
const mostTold = 20;

/** The items on a cycle, and a mistake for each cycle. */
export function findCycles(items: readonly NamedItem[], find: Find) {
  const edges: Edges = new Map(items.map((item) => [item, neededItems(item, find)]));
  const endless = new Set<NamedItem>();
  const told = new Set<NamedItem>();
  const diagnostics: Diagnostic[] = [];
  for (const group of circles(items, (item) => edges.get(item)!.map(({ to }) => to))) {
    for (const item of group) endless.add(item);
    for (const item of group) {
      if (told.has(item) || diagnostics.length === mostTold) continue;
      const cycle = cycleThrough(item, edges);
      for (const edge of cycle) told.add(edge.to);
      diagnostics.push(mistake(item, cycle));
    }
  }
  return { items: endless as ReadonlySet<NamedItem>, diagnostics };
}

function mistake(item: NamedItem, cycle: readonly Edge[]): Diagnostic {
  const around: readonly NamedItem[] = [item, ...cycle.map((edge) => edge.to)];
  const chain = around.map(({ name }) => name.text);
  const kinds = new Set(around.map(({ kind }) => kind));
  const what = kinds.size === 1 ? `${around[0]!.kind}s` : "blocks and functions";
  const { span } = cycle[0]!;
  return what === "constants"
    ? diagnose("E0226", span, { chain })
    : diagnose("E0207", span, { what, chain });
}

/** The items that a body names outside of branches, where nothing in it has that name. */
function neededItems(item: NamedItem, find: Find): readonly Edge[] {
  const local = new Set<string>();
  if (item.kind !== "constant") {
    for (const { name } of item.parameters) local.add(name.text);
    for (const { name } of item.body.statements) local.add(name.text);
  }
  const edges: Edge[] = [];
  const add = (name: string, span: Span) => {
    const to = local.has(name) ? null : find(name, item.span.file);
    if (to) edges.push({ to, span });
  };
  const roots = item.kind === "constant" ? [item.value] : bodyExpressions(item.body);
  const waiting = [...roots].reverse();
  for (let expr = waiting.pop(); expr; expr = waiting.pop()) {
    if (expr.kind === "call") add(expr.callee.text, expr.callee.span);
    if (expr.kind === "name") add(expr.name, expr.span);
    waiting.push(...[...alwaysEvaluated(expr)].reverse());
  }
  return edges;
}

/** What is inside an expression, without the branches of an `if`. */
const alwaysEvaluated = (expr: Expr): readonly Expr[] =>
  expr.kind === "if" ? [expr.when] : children(expr);

/** A shortest way from an item that needs itself back to it, breadth first. */
function cycleThrough(start: NamedItem, edges: Edges): readonly Edge[] {
  const came = new Map<NamedItem, { readonly from: NamedItem; readonly by: Edge }>();
  const waiting = [start];
  for (const from of waiting)
    for (const by of edges.get(from) ?? []) {
      if (came.has(by.to)) continue;
      came.set(by.to, { from, by });
      waiting.push(by.to);
    }
  const way: Edge[] = [];
  let item = start;
  do {
    const { from, by } = came.get(item)!;
    way.unshift(by);
    item = from;
  } while (item !== start);
  return way;
}
