/**
 * Finds blocks, functions and constants that need themselves whatever their settings are. Block values are not followed:
 * those are finite. Nor are the branches of an `if`, which may end a recursion; what does not end is found while it runs.
 */
import type { Diagnostic } from "../diagnostics.ts";
import { diagnose } from "../messages.ts";
import type { Expr, Span } from "../syntax.ts";
import type { NamedItem } from "./library.ts";
import { bodyExpressions, children } from "./walk.ts";

type Edge = { readonly to: NamedItem; readonly span: Span };
type Find = (name: string, file: string) => NamedItem | null;

/** The items on a cycle, and one mistake for each cycle. */
export function findCycles(items: readonly NamedItem[], find: Find) {
  const edges = new Map(items.map((item) => [item, neededItems(item, find)]));
  const endless = new Set<NamedItem>();
  const diagnostics: Diagnostic[] = [];
  for (const item of items) {
    if (endless.has(item)) continue;
    const cycle = cycleThrough(item, edges);
    if (!cycle) continue;
    for (const edge of cycle) endless.add(edge.to);
    const around: readonly NamedItem[] = [item, ...cycle.map((edge) => edge.to)];
    const chain = around.map(({ name }) => name.text);
    const kinds = new Set(around.map(({ kind }) => kind));
    const what = kinds.size === 1 ? `${around[0]!.kind}s` : "blocks and functions";
    const { span } = cycle[0]!;
    diagnostics.push(
      what === "constants"
        ? diagnose("E0226", span, { chain })
        : diagnose("E0207", span, { what, chain }),
    );
  }
  return { items: endless as ReadonlySet<NamedItem>, diagnostics };
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

/** A shortest way from an item back to itself, breadth first. */
function cycleThrough(
  start: NamedItem,
  edges: ReadonlyMap<NamedItem, readonly Edge[]>,
): readonly Edge[] | null {
  const ways: (readonly Edge[])[] = [[]];
  const reached = new Set<NamedItem>();
  for (const way of ways) {
    const here = way.at(-1)?.to ?? start;
    for (const edge of edges.get(here) ?? []) {
      if (edge.to === start) return [...way, edge];
      if (reached.has(edge.to)) continue;
      reached.add(edge.to);
      ways.push([...way, edge]);
    }
  }
  return null;
}
