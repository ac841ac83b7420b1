/** Splits a graph into regions, each computed by one recipe. Knows which operations like company; knows no kernels. */

import { CompilerBug } from "../graph/bug.ts";
import type { Graph, Node, NodeOf } from "../graph/graph.ts";
import { Draft, type Reach } from "./fusion/draft.ts";
import { Facts, isRow, roleOf } from "./fusion/roles.ts";
import { absorbRows, siblingsOf } from "./fusion/siblings.ts";
import type { Fused, Region } from "./regions.ts";
import { storeWide } from "./widen.ts";

/**
 * `maxBuffers`: inputs and outputs that a region may have. `isCut`: a parameter is bound in pieces, each with a buffer that says
 * where it starts. `fewRows`: the operand of a product whose rows are so few that every workgroup can hold them; null: they are many.
 */
export type FuseOptions = {
  readonly maxBuffers: number;
  readonly isCut?: (parameter: Node) => boolean;
  readonly fewRows?: (contract: NodeOf<"contract">) => Node | null;
};

/**
 * Anchors that read each element of an operand once take in all that stands before it, so they choose first:
 * scans (a gated recurrence becomes one region), rings, convolution and attention, then rows; products come last.
 */
const turns: readonly (readonly Node["op"][])[] = [
  ["scan"],
  ["ringWrite", "composite", "sample"],
  ["reduce"],
  ["contract"],
];

export function fuse(graph: Graph, options: FuseOptions): Fused {
  const facts = new Facts(graph, options.isCut);
  const owner = new Map<Node, Draft>();
  let drafts: Draft[] = [];
  const begin = (root: Node): Draft => {
    const draft = new Draft(facts, owner, root, options.maxBuffers);
    drafts.push(draft);
    return draft;
  };
  const beginAt = (anchor: Node): Draft => {
    const draft = begin(anchor);
    for (const [i, operand] of anchor.inputs.entries())
      draft.claimBackward([operand], reachOf(anchor, i));
    return draft;
  };
  for (const ops of turns) {
    for (const node of facts.order) {
      if (!ops.includes(node.op) || roleOf(node) !== "anchor") continue;
      if (owner.has(node) || waitsForReader(node, facts)) continue;
      const draft = beginAt(node);
      const rings = ringsOf(node, facts);
      if (rings.length > 0 && !draft.ownBeside(rings, reachOf))
        for (const ring of rings) beginAt(ring);
      for (const sibling of siblingsOf(node, facts, options))
        if (!owner.has(sibling)) draft.ownBeside([sibling], reachOf);
      if (isRow(node)) growRows(draft, node);
      else if (node.op !== "ringWrite" && node.op !== "sample")
        draft.growForward((c) => staysInPlace(c, facts));
    }
  }
  drafts = absorbRows(drafts, facts, owner, options);
  store(graph, facts, owner, begin, drafts);
  const regions = inOrder(drafts, facts, owner).map(regionOf(facts));
  return { graph, regions: storeWide(regions, (node) => facts.isDemanded(node)) };
}

/** The rings that attention of one token fills on the way: their new keys and values are read by nobody else. */
function ringsOf(node: Node, facts: Facts): readonly Node[] {
  if (node.op !== "composite" || node.attrs.name !== "attend" || node.type.shape[1] !== 1)
    return [];
  const rings = node.inputs.slice(1, 3);
  const isOwn = (n: Node) => n.op === "ringWrite" && facts.consumers(n).every((c) => c === node);
  return rings[0] !== rings[1] && rings.every(isOwn) ? rings : [];
}

/** Whether the node is a ring that the attention which reads it takes in. */
function waitsForReader(node: Node, facts: Facts): boolean {
  const [reader] = facts.consumers(node);
  return node.op === "ringWrite" && reader !== undefined && ringsOf(reader, facts).includes(node);
}

/** How far the i-th operand of an anchor is computed inside its region. */
function reachOf(anchor: Node, operand: number): Reach {
  switch (anchor.op) {
    case "scan":
    case "reduce":
    case "ringWrite":
      return "exclusive";
    case "composite":
      return operand === 0 ? "exclusive" : "free";
    default:
      return "free";
  }
}

/** Followers of an element: maps and one-to-one views; a slice only where it is wanted itself (a scan's last state). */
function staysInPlace(node: Node, facts: Facts): boolean {
  switch (node.op) {
    case "map":
    case "cast":
    case "reshape":
    case "transpose":
      return true;
    case "slice":
      return (
        facts.isDemanded(node) ||
        facts.consumers(node).some((c) => c.op === "reshape" && facts.isDemanded(c))
      );
    default:
      return false;
  }
}

/** A region over rows: reductions along the last axis and everything that has the shape of the row or of its result. */
function growRows(draft: Draft, first: Node): void {
  const element = first.inputs[0]?.type.shape ?? [];
  const row = first.type.shape;
  const same = (a: readonly number[], b: readonly number[]) =>
    a.length === b.length && a.every((n, i) => n === b[i]);
  draft.growForward((c) => {
    const ofElement = same(c.type.shape, element);
    if (c.op === "broadcast")
      return (
        ofElement && c.attrs.axes.length === row.length && c.attrs.axes.every((a, i) => a === i)
      );
    if (c.op === "reduce") return isRow(c) && same(c.inputs[0]?.type.shape ?? [], element);
    return (c.op === "map" || c.op === "cast") && (ofElement || same(c.type.shape, row));
  });
  for (const node of draft.body) {
    if (node.op !== "reduce") continue;
    draft.claimBackward(node.inputs, "exclusive");
    if (draft.facts.place(node) > draft.facts.place(draft.anchor ?? node)) draft.anchor = node;
  }
}

/** Finds a region for every value that must be in memory; what none owns becomes an elementwise region. */
function store(
  graph: Graph,
  facts: Facts,
  owner: Map<Node, Draft>,
  begin: (root: Node) => Draft,
  drafts: readonly Draft[],
): void {
  const wanted = [
    ...Object.values(graph.outputs),
    ...graph.states.map((s) => s.next),
    ...drafts.flatMap((d) => d.inputs()),
  ];
  const done = new Set<Node>();
  for (let node = wanted.pop(); node; node = wanted.pop()) {
    if (done.has(node)) continue;
    done.add(node);
    const free = facts.isFree(node)
      ? drafts.find(
          (d) => d.anchor !== null && d.body.has(node as Node) && d.body.has(source(node as Node)),
        )
      : undefined;
    const home = owner.get(node) ?? free;
    if (home) {
      home.outputs.add(node);
      continue;
    }
    if (roleOf(node) === "leaf" && !facts.isDemanded(node)) continue;
    const draft = begin(node);
    draft.claimBackward(node.inputs, "exclusive");
    draft.outputs.add(node);
    wanted.push(...draft.inputs());
  }
}

/** The node that a chain of one-to-one views shows. */
function source(node: Node): Node {
  let at = node;
  while (["reshape", "transpose", "cast", "slice"].includes(at.op) && at.inputs[0])
    at = at.inputs[0];
  return at;
}

/** Regions after those whose outputs they read. */
function inOrder(
  drafts: readonly Draft[],
  facts: Facts,
  owner: ReadonlyMap<Node, Draft>,
): readonly Draft[] {
  const maker = new Map<Node, Draft>();
  for (const d of drafts) for (const o of d.outputs) maker.set(o, d);
  const sorted: Draft[] = [];
  const state = new Map<Draft, "open" | "done">();
  const visit = (d: Draft): void => {
    if (state.get(d) === "done") return;
    if (state.get(d) === "open")
      throw new CompilerBug(`fusion made a cycle through ${d.root.op} ${d.root.label}`);
    state.set(d, "open");
    for (const i of d.inputs()) {
      const before = maker.get(i) ?? owner.get(i);
      if (before && before !== d) visit(before);
    }
    state.set(d, "done");
    sorted.push(d);
  };
  for (const d of [...drafts].sort((a, b) => facts.place(a.root) - facts.place(b.root))) visit(d);
  return sorted;
}

const regionOf =
  (facts: Facts) =>
  (draft: Draft): Region => {
    const byPlace = (a: Node, b: Node) => facts.place(a) - facts.place(b);
    const outputs = [...draft.outputs].sort(byPlace);
    const last = outputs.at(-1) ?? draft.root;
    return {
      name: [draft.anchor ? draft.anchor.op : "elementwise", last.label || draft.root.label]
        .filter(Boolean)
        .join(" "),
      anchor: draft.anchor,
      inputs: draft.inputs(),
      body: [...draft.body].sort(byPlace),
      outputs,
    };
  };
