/** What a model needs and a device has not, as facts: which tensor or region, and the limit. Knows no text and no place in it. */
import { UserError } from "../src/graph/bug.ts";
import type { Node } from "../src/graph/graph.ts";
import { bytesOfNode } from "./packing.ts";
import { nameOf } from "./views.ts";

export type Excess =
  /** A value, state or input that one binding cannot hold. */
  | { readonly kind: "value"; readonly node: Node; readonly limit: number }
  /** A parameter that one binding cannot hold and that cannot be cut where it is used. */
  | { readonly kind: "parameter"; readonly node: Node; readonly limit: number }
  /** A region that needs several parameters in pieces at once, or one in several places; `node` is what it computes. */
  | {
      readonly kind: "pieces";
      readonly parameters: readonly Node[];
      readonly node: Node;
      readonly region: string;
      readonly limit: number;
    }
  /** A kernel with more workgroups than one dispatch has; `node` is what its region computes, null while that is not known. */
  | {
      readonly kind: "workgroups";
      readonly count: number;
      readonly limit: number;
      readonly node: Node | null;
    };

/** A model that does not fit a device. */
export class OverLimits extends UserError {
  readonly excesses: readonly Excess[];

  constructor(excesses: readonly Excess[]) {
    super(excesses.map(sentenceOf).join("\n"));
    this.name = "OverLimits";
    this.excesses = excesses;
  }
}

/** One excess for those who have no text to point at. */
function sentenceOf(excess: Excess): string {
  switch (excess.kind) {
    case "value":
      return `${sizeOf(excess.node, excess.limit)}; use a smaller batch or chunk`;
    case "parameter":
      return `${sizeOf(excess.node, excess.limit)}; no axis of it can be cut where it is used: make it smaller or store it as bf16`;
    case "pieces": {
      const names = excess.parameters.map(nameOf).join(" and ");
      return `${excess.region} uses ${names}, too large for one binding, in several places; make them smaller or store them as bf16`;
    }
    case "workgroups":
      return `${excess.count} workgroups are more than this device runs at once; use a smaller batch or chunk`;
  }
}

function sizeOf(node: Node, limit: number): string {
  const name = node.op === "parameter" ? node.attrs.name : nameOf(node);
  return `${name} [${node.type.shape.join(", ")}] takes ${bytesOfNode(node)} bytes, and this device binds ${limit} at once`;
}

/** Runs `write`, and says of what a dispatch that is too large was made. */
export function naming<T>(node: Node | undefined, write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof OverLimits) || !node) throw error;
    throw new OverLimits(
      error.excesses.map((e) => (e.kind === "workgroups" ? { ...e, node: e.node ?? node } : e)),
    );
  }
}
