/**
 * Products that read the same rows are computed together. Those of few rows, as one token's are, are over before a launch has
 * paid for itself: so every one of them, and the norm in front of them by every workgroup for itself.
 */
import type { Node } from "../../graph/graph.ts";
import { sameShape, sameType } from "../../graph/ops/rule.ts";
import type { FuseOptions } from "../fuse.ts";
import type { Draft } from "./draft.ts";
import { type Facts, isRow, roleOf } from "./roles.ts";

/**
 * The products of the same rows with other weights of the same shape: all of them where rows are few, else those whose results
 * some value needs both of, element by element, as a gated MLP's do.
 */
export function siblingsOf(
  node: Node,
  facts: Facts,
  { fewRows = () => null }: FuseOptions,
): readonly Node[] {
  if (node.op !== "contract") return [];
  const [rows, weights] = node.inputs as readonly [Node, Node];
  const { left, right, out } = node.attrs;
  const few = fewRows(node);
  if (few === weights) return [];
  return facts
    .consumers(rows)
    .filter(
      (n) =>
        n !== node &&
        n.op === "contract" &&
        n.inputs[0] === rows &&
        [n.attrs.left, n.attrs.right, n.attrs.out].join() === [left, right, out].join() &&
        sameType(n.inputs[1]!.type, weights.type) &&
        [n.inputs[1]!, weights].every((w) => isUncutWeight(w, facts)) &&
        (few !== null || meet(n, node, facts)),
    );
}

/** Whether some value follows from both, element by element. */
function meet(a: Node, b: Node, facts: Facts): boolean {
  const after = followersOf(a, facts);
  return [...followersOf(b, facts)].some((n) => after.has(n));
}

function followersOf(node: Node, facts: Facts): ReadonlySet<Node> {
  const found = new Set<Node>();
  const visit = (n: Node): void => {
    for (const c of facts.consumers(n))
      if (
        !found.has(c) &&
        (c.op === "map" || c.op === "cast") &&
        sameShape(c.type.shape, n.type.shape)
      ) {
        found.add(c);
        visit(c);
      }
  };
  visit(node);
  return found;
}

function isUncutWeight(weight: Node, facts: Facts): boolean {
  if (roleOf(weight) === "leaf") return !facts.isCut(weight);
  return facts.isLeafDerived(weight) && weight.inputs.every((n) => isUncutWeight(n, facts));
}

/** The regions that are left once products of few rows have taken in the reductions of rows that only they read. */
export function absorbRows(
  drafts: readonly Draft[],
  facts: Facts,
  owner: ReadonlyMap<Node, Draft>,
  { fewRows = () => null }: FuseOptions,
): Draft[] {
  const isTaker = (reader: Node | null): reader is Node => {
    const rows = reader?.op === "contract" ? fewRows(reader) : null;
    return rows !== null && reader!.inputs.every((n) => n === rows || isWeight(n, facts));
  };
  return drafts.filter((rows) => {
    if (rows.anchor?.op !== "reduce" || [...rows.body].some((n) => n.op === "reduce" && !isRow(n)))
      return true;
    const readers = new Set(
      [...rows.body].filter((n) => !facts.isFree(n)).flatMap((n) => facts.readers(n)),
    );
    const outside = [...readers].filter((r) => r === null || !rows.body.has(r));
    if (outside.length === 0 || !outside.every(isTaker)) return true;
    const takers = [...new Set(outside.map((n) => owner.get(n)!))];
    if (!takers.every((taker) => taker.couldAbsorb(rows))) return true;
    for (const taker of takers) taker.absorb(rows);
    return false;
  });
}

const isWeight = (n: Node, facts: Facts): boolean => roleOf(n) === "leaf" || facts.isLeafDerived(n);
