/** Finds blocks that call themselves through one another by name. Block values are not followed: those are finite. */
import type { Diagnostic } from "../diagnostics.ts";
import { diagnose } from "../messages.ts";
import type { BlockItem, Span } from "../syntax.ts";
import { bodyExpressions, eachExpression } from "./walk.ts";

type Edge = { readonly to: BlockItem; readonly span: Span };
type Find = (name: string, file: string) => BlockItem | null;

/** The blocks on a cycle, and one mistake for each cycle. */
export function blockCycles(blocks: readonly BlockItem[], find: Find) {
  const edges = new Map(blocks.map((block) => [block, calledBlocks(block, find)]));
  const endless = new Set<BlockItem>();
  const diagnostics: Diagnostic[] = [];
  for (const block of blocks) {
    if (endless.has(block)) continue;
    const cycle = cycleThrough(block, edges);
    if (!cycle) continue;
    for (const edge of cycle) endless.add(edge.to);
    const chain = [block, ...cycle.map((edge) => edge.to)].map((item) => item.name.text);
    diagnostics.push(diagnose("E0207", cycle[0]!.span, { chain }));
  }
  return { blocks: endless as ReadonlySet<BlockItem>, diagnostics };
}

/** The blocks that a body names, where no setting or local value has that name. */
function calledBlocks(block: BlockItem, find: Find): readonly Edge[] {
  const local = new Set(block.parameters.map((formal) => formal.name.text));
  for (const statement of block.body.statements) local.add(statement.name.text);
  const edges: Edge[] = [];
  const add = (name: string, span: Span) => {
    const to = local.has(name) ? null : find(name, block.span.file);
    if (to) edges.push({ to, span });
  };
  for (const root of bodyExpressions(block.body))
    eachExpression(root, (expr) => {
      if (expr.kind === "call") add(expr.callee.text, expr.callee.span);
      if (expr.kind === "name") add(expr.name, expr.span);
    });
  return edges;
}

/** A shortest way from a block back to itself, breadth first. */
function cycleThrough(
  start: BlockItem,
  edges: ReadonlyMap<BlockItem, readonly Edge[]>,
): readonly Edge[] | null {
  const ways: (readonly Edge[])[] = [[]];
  const reached = new Set<BlockItem>();
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
