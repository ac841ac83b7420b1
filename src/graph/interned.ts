/** The nodes of one builder by what they are: operation and attributes by value, inputs by identity. Knows no operation. */
import { canonical } from "./canonical.ts";
import type { Node, OpName } from "./graph.ts";

/** An operation with attributes that are equal by value; nodes of one form share the object that says them. */
type Form = { readonly number: number; readonly op: OpName; readonly attrs: object };

/** Where a node is, or where it would be put. */
type Place = { readonly node: Node | null; readonly form: Form; readonly slot: number };

export class NodeTable {
  /** Every node at the place of its id, with its form and its hash beside it. */
  readonly #nodes: Node[] = [];
  readonly #forms: Form[] = [];
  readonly #hashes: number[] = [];
  readonly #byText = new Map<string, Form>();
  /** Forms by the objects that said them in this graph or another, which are asked for again and again. */
  readonly #byAttrs = new Map<object, Form>();
  /** Open addressing: a node's id + 1, 0 where nothing is. */
  #slots = new Int32Array(1024);

  get size(): number {
    return this.#nodes.length;
  }
  has(node: Node): boolean {
    return this.#nodes[node.id] === node;
  }
  find(op: OpName, attrs: object, inputs: readonly Node[]): Place {
    const form = this.#formOf(op, attrs);
    const last = this.#slots.length - 1;
    let slot = hashOf(form, inputs) & last;
    for (let held = this.#slots[slot]!; held > 0; held = this.#slots[slot]!) {
      const node = this.#nodes[held - 1]!;
      if (this.#forms[held - 1] === form && sameNodes(node.inputs, inputs))
        return { node, form, slot };
      slot = (slot + 1) & last;
    }
    return { node: null, form, slot };
  }
  /** Puts a node, whose id is the table's size, where `find` has just found nothing. */
  add(node: Node, { form, slot }: Place): void {
    this.#nodes.push(node);
    this.#forms.push(form);
    this.#hashes.push(hashOf(form, node.inputs));
    this.#slots[slot] = this.#nodes.length;
    if (this.#nodes.length * 2 > this.#slots.length) this.#grow();
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 4);
    const last = this.#slots.length - 1;
    for (const [id, hash] of this.#hashes.entries()) {
      let slot = hash & last;
      while (this.#slots[slot]! > 0) slot = (slot + 1) & last;
      this.#slots[slot] = id + 1;
    }
  }

  #formOf(op: OpName, attrs: object): Form {
    const seen = this.#byAttrs.get(attrs);
    if (seen?.op === op) return seen;
    const text = `${op} ${canonical(attrs)}`;
    const form = this.#byText.get(text) ?? { number: this.#byText.size, op, attrs };
    this.#byText.set(text, form);
    this.#byAttrs.set(attrs, form);
    return form;
  }
}

function hashOf(form: Form, inputs: readonly Node[]): number {
  let hash = form.number;
  for (const { id } of inputs) hash = Math.imul(hash ^ id, 0x9e3779b1) ^ (hash >>> 15);
  return hash ^ (hash >>> 13);
}

const sameNodes = (a: readonly Node[], b: readonly Node[]): boolean => {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
};
