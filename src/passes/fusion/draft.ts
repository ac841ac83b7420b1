/** A region while it grows: backward through what it alone reads, forward through what follows element by element. */
import type { Node } from "../../graph/graph.ts";
import { sizeOf } from "../../graph/ops/rule.ts";
import { type Facts, roleOf } from "./roles.ts";

/** How far a region reaches back: free nodes only, leaf-derived ones that it alone reads, or everything that it alone reads. */
export type Reach = "free" | "leafDerived" | "exclusive";

/** How often a region may compute one value that others could hand it. */
const mostRepeats = 8;

/** Elements that an anchor goes through. */
function placesOf(anchor: Node): number {
  const { op, inputs } = anchor;
  const node = op === "reduce" ? inputs[0]! : op === "ringWrite" ? inputs[1]! : anchor;
  return sizeOf(node.type.shape);
}

export class Draft {
  readonly facts: Facts;
  readonly owner: Map<Node, Draft>;
  readonly maxBuffers: number;
  /** Where growth started; the anchor may move on (softmax: from max to sum). */
  readonly root: Node;
  anchor: Node | null;
  readonly body = new Set<Node>();
  readonly outputs = new Set<Node>();
  /** The root and its siblings, and what was taken in behind them. */
  readonly #behind: Set<Node>;
  /** Where paths into this region begin: the root and its siblings. */
  readonly #roots: Node[];
  /** What the body reads and does not hold; null once the body has changed. */
  #read: readonly Node[] | null = null;

  constructor(facts: Facts, owner: Map<Node, Draft>, root: Node, maxBuffers: number) {
    this.facts = facts;
    this.owner = owner;
    this.root = root;
    this.anchor = roleOf(root) === "anchor" ? root : null;
    this.maxBuffers = maxBuffers;
    this.#behind = new Set([root]);
    this.#roots = [root];
    this.own(root);
  }

  own(node: Node): void {
    this.#take(node);
    this.owner.set(node, this);
  }

  /** Takes in other anchors that the root's recipe computes beside it, with what `reach` says of their operands; all or none. */
  ownBeside(others: readonly Node[], reach: (anchor: Node, operand: number) => Reach): boolean {
    const taken: Node[] = [];
    for (const other of others) {
      this.own(other);
      taken.push(other);
      for (const [i, operand] of other.inputs.entries())
        taken.push(...this.claimBackward([operand], reach(other, i), other));
    }
    if (this.#isCrowded()) {
      this.#giveBack(taken);
      return false;
    }
    for (const other of others) {
      this.#behind.add(other);
      this.#roots.push(other);
      if (this.anchor && this.facts.place(other) > this.facts.place(this.anchor))
        this.anchor = other;
    }
    return true;
  }

  /** Computes all of another region again on the way. */
  absorb(other: Draft): void {
    for (const node of other.body) this.#take(node);
  }

  /** Whether buffers allow that. */
  couldAbsorb(other: Draft): boolean {
    const taken = [...other.body].filter((n) => !this.body.has(n));
    for (const node of taken) this.#take(node);
    const fits = !this.#isCrowded();
    this.#giveBack(taken);
    return fits;
  }

  /** What must be in memory before this region runs. */
  inputs(): readonly Node[] {
    return this.#outside().toSorted((a, b) => this.facts.place(a) - this.facts.place(b));
  }

  #outside(): readonly Node[] {
    if (this.#read) return this.#read;
    const found = new Set<Node>();
    for (const node of this.body) for (const i of node.inputs) if (!this.body.has(i)) found.add(i);
    this.#read = [...found];
    return this.#read;
  }

  #take(node: Node): void {
    this.body.add(node);
    this.#read = null;
  }

  #giveBack(nodes: readonly Node[]): void {
    for (const node of nodes) {
      this.body.delete(node);
      if (this.owner.get(node) === this) this.owner.delete(node);
    }
    this.#read = null;
  }

  /**
   * Takes in what stands in front of `from`, latest first, so that all readers of a node are known when it is asked for;
   * returns what it took. It is computed wherever `anchor` goes. What is in between may need many buffers that what is in
   * front of it does not: so it goes on to the end, and gives back from there what is beyond the limit.
   */
  claimBackward(from: readonly Node[], reach: Reach, anchor = this.root): readonly Node[] {
    const waiting = new Set<Node>();
    const claimed: Node[] = [];
    const take = (node: Node): void => {
      this.#take(node);
      claimed.push(node);
      node.inputs.forEach(ask);
    };
    const ask = (node: Node): void => {
      if (this.body.has(node)) return;
      if (this.facts.isFree(node) && !this.facts.isDemanded(node)) take(node);
      else waiting.add(node);
    };
    from.forEach(ask);
    const before: number[] = [];
    while (waiting.size > 0) {
      const node = [...waiting].reduce((a, b) =>
        this.facts.place(a) > this.facts.place(b) ? a : b,
      );
      waiting.delete(node);
      if (this.body.has(node) || !this.#mayClaim(node, reach, anchor)) continue;
      this.owner.set(node, this);
      before.push(claimed.length);
      take(node);
    }
    while (before.length > 0 && this.#isCrowded()) this.#giveBack(claimed.splice(before.pop()!));
    return claimed;
  }

  /** Takes in what follows, where `accepts` says that it stays at its own place; like claimBackward it looks past a crowded middle. */
  growForward(accepts: (consumer: Node) => boolean): void {
    const tried = new Set<Node>();
    const taken: (readonly Node[])[] = [];
    for (let next = this.#nextConsumer(tried); next; next = this.#nextConsumer(tried)) {
      tried.add(next);
      if (!accepts(next) || !this.#mayFollow(next)) continue;
      this.#take(next);
      this.#behind.add(next);
      if (!this.facts.isFree(next)) this.owner.set(next, this);
      taken.push([next, ...this.claimBackward(next.inputs, "leafDerived")]);
    }
    while (taken.length > 0 && this.#isCrowded()) {
      const nodes = taken.pop()!;
      this.#giveBack(nodes);
      for (const node of nodes) this.#behind.delete(node);
    }
    this.#dropUnread();
  }

  #mayClaim(node: Node, reach: Reach, anchor: Node): boolean {
    const role = roleOf(node);
    if (role === "leaf" || role === "anchor" || reach === "free" || this.owner.has(node))
      return false;
    if (reach === "leafDerived" && !this.facts.isLeafDerived(node)) return false;
    if (this.#wouldRepeat(node, anchor)) return false;
    return this.facts.readers(node).every((r) => r !== null && this.body.has(r));
  }

  /** Whether whoever computes a value could do once for each of its elements what this region would do many times over. */
  #wouldRepeat(node: Node, anchor: Node): boolean {
    return (
      !this.facts.isFree(node) &&
      !this.facts.isLeafDerived(node) &&
      placesOf(anchor) >= mostRepeats * sizeOf(node.type.shape)
    );
  }

  /** Outside inputs of a follower must not wait for this region. */
  #mayFollow(node: Node): boolean {
    if (this.owner.has(node)) return false;
    return node.inputs.every((i) => {
      if (this.body.has(i)) return true;
      const maker = this.owner.get(i);
      if (maker?.waitsFor(this)) return false;
      return !this.#roots.some((root) => this.facts.dependsOutside(i, root, this.body));
    });
  }

  /** Whether this region reads, at one or more removes, what `other` computes. */
  waitsFor(other: Draft): boolean {
    const seen = new Set<Draft>();
    const visit = (d: Draft): boolean => {
      if (d === other) return true;
      if (seen.has(d)) return false;
      seen.add(d);
      for (const i of d.#outside()) {
        const maker = this.owner.get(i);
        if (maker && visit(maker)) return true;
      }
      return false;
    };
    return visit(this);
  }

  #nextConsumer(tried: ReadonlySet<Node>): Node | undefined {
    let best: Node | undefined;
    for (const node of this.#behind) {
      for (const c of this.facts.consumers(node)) {
        if (this.body.has(c) || tried.has(c)) continue;
        if (!best || this.facts.place(c) < this.facts.place(best)) best = c;
      }
    }
    return best;
  }

  /** Free nodes that nothing in the region reads and nobody demands of it. */
  #dropUnread(): void {
    for (const node of [...this.body].sort((a, b) => this.facts.place(b) - this.facts.place(a))) {
      const read = this.facts.consumers(node).some((c) => this.body.has(c));
      if (!read && this.facts.isFree(node) && node !== this.root && !this.facts.isDemanded(node))
        this.#giveBack([node]);
    }
  }

  /** Whether it would bind too many buffers: inputs, where the piece of one starts, and every value that somebody outside reads. */
  #isCrowded(): boolean {
    let stored = 0;
    for (const node of this.body) if (this.#isStored(node)) stored++;
    const inputs = this.#outside();
    const starts = inputs.some((i) => this.facts.isCut(i)) ? 1 : 0;
    return inputs.length + starts + Math.max(1, stored) > this.maxBuffers;
  }

  #isStored(node: Node): boolean {
    if (this.facts.isDemanded(node)) return true;
    if (this.facts.isFree(node)) return false;
    return this.facts.consumers(node).some((c) => !this.body.has(c) || this.#leadsOut(c));
  }

  /** A free node of the body that others read, too, who will compute it themselves. */
  #leadsOut(node: Node): boolean {
    if (!this.facts.isFree(node) || this.facts.isDemanded(node)) return false;
    return this.facts.consumers(node).some((c) => !this.body.has(c) || this.#leadsOut(c));
  }
}
