/** What fusion hands to code generation: nodes that one recipe computes together. */
import type { Graph, Node } from "../graph/graph.ts";

/**
 * `anchor` decides the recipe: the contract, scan, composite, ringWrite, sample or (row-wise) last reduce; null for elementwise.
 * `body` holds every node computed here in dependency order, anchor included; a node may stand in several bodies where
 * computing it again is cheaper than storing it. `inputs` are read from memory: parameters, program inputs, states and other
 * regions' outputs. `outputs` are stored. Every output depends on the anchor's element (or row) at its own place only.
 */
export type Region = {
  readonly name: string;
  readonly anchor: Node | null;
  readonly inputs: readonly Node[];
  readonly body: readonly Node[];
  readonly outputs: readonly Node[];
};

/** Regions in an order in which they can run. */
export type Fused = { readonly graph: Graph; readonly regions: readonly Region[] };
