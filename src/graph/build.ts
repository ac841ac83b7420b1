/** Makes typed, hash-consed nodes: equal operations on equal inputs are one node. Knows no model and no pass. */
import { CompilerBug } from "./bug.ts";
import type {
  CompositeName,
  Composites,
  DType,
  InputSource,
  Node,
  NodeOf,
  OpName,
  Ops,
  QuantizedPart,
  ScalarName,
  Type,
} from "./graph.ts";
import { NodeTable } from "./interned.ts";
import { sameType } from "./ops/rule.ts";
import { inferType } from "./ops.ts";

export class GraphBuilder {
  readonly #made = new NodeTable();

  /** How many nodes were made here, which is the next one's id. */
  get size(): number {
    return this.#made.size;
  }

  /** The node of this operation on these inputs; an equal one made before is returned. */
  node<K extends OpName>(op: K, attrs: Ops[K], inputs: readonly Node[], label = ""): NodeOf<K> {
    const node = this.#find(op, attrs, inputs, null);
    return label === "" ? node : this.label(node, label);
  }
  /** Names a node that has no name yet; a name is no part of a node's identity, so the node stays the same. */
  label<N extends Node | NodeOf<OpName>>(node: N, label: string): N {
    if (node.label === "") (node as { label: string }).label = label;
    return node;
  }
  /** The same operation on other inputs. */
  rebuild(node: Node, inputs: readonly Node[]): Node {
    const made = this.#find(node.op, node.attrs, inputs, node) as Node;
    return node.label === "" ? made : this.label(made, node.label);
  }

  /** `like`: an equal operation, whose type it has on inputs of the same types. */
  #find<K extends OpName>(
    op: K,
    attrs: Ops[K],
    inputs: readonly Node[],
    like: Node | null,
  ): NodeOf<K> {
    for (const input of inputs)
      if (!this.#made.has(input))
        throw new CompilerBug(`${op} of %${input.id} ${input.op}, which another builder made`);
    const found = this.#made.find(op, attrs, inputs);
    if (found.node) return found.node as unknown as NodeOf<K>;
    const type = like && sameTypes(like.inputs, inputs) ? like.type : inferType(op, attrs, inputs);
    const id = this.#made.size;
    const shared = found.form.attrs as Ops[K];
    const node: NodeOf<K> = { id, op, attrs: shared, inputs: [...inputs], type, label: "" };
    this.#made.add(node as unknown as Node, found);
    return node;
  }

  parameter(name: string, type: Type, quantized?: QuantizedPart): NodeOf<"parameter"> {
    return this.node("parameter", quantized ? { name, type, quantized } : { name, type }, [], name);
  }
  input(name: string, type: Type, source?: InputSource): NodeOf<"input"> {
    return this.node("input", source ? { name, type, source } : { name, type }, [], name);
  }
  state(name: string, type: Type): NodeOf<"state"> {
    return this.node("state", { name, type }, [], name);
  }
  constant(value: number, dtype: DType, shape: readonly number[] = []): Node {
    return this.node("constant", { value, type: { dtype, shape } }, []);
  }
  iota(shape: readonly number[], axis: number): Node {
    return this.node("iota", { axis, shape }, []);
  }

  /** A scalar function; numbers become constants of the other inputs' shape and type (the branches' type in a select). */
  map(fn: ScalarName, ...inputs: readonly (Node | number)[]): Node {
    const isNode = (x: Node | number | undefined): x is Node => typeof x === "object";
    const first = inputs.find(isNode);
    const pattern = (fn === "select" ? inputs.slice(1) : inputs).find(isNode);
    const nodes = inputs.map((x) => {
      if (isNode(x)) return x;
      if (!first || !pattern) throw new CompilerBug(`${fn} of numbers only has no type`);
      return this.constant(x, pattern.type.dtype, first.type.shape);
    });
    return this.node("map", { fn }, nodes);
  }
  cast(x: Node, to: DType): Node {
    return x.type.dtype === to ? x : this.node("cast", { to }, [x]);
  }
  reshape(x: Node, shape: readonly number[]): Node {
    return this.node("reshape", { shape }, [x]);
  }
  transpose(x: Node, order: readonly number[]): Node {
    return this.node("transpose", { order }, [x]);
  }
  broadcast(x: Node, shape: readonly number[], axes: readonly number[]): Node {
    return this.node("broadcast", { shape, axes }, [x]);
  }
  slice(x: Node, axis: number, start: number, size: number): Node {
    return this.node("slice", { axis, start, size }, [x]);
  }
  concat(xs: readonly Node[], axis: number): Node {
    return this.node("concat", { axis }, xs);
  }
  /** One letter an axis, as in einsum. */
  contract(a: Node, b: Node, left: string, right: string, out: string): Node {
    return this.node("contract", { left, right, out }, [a, b]);
  }
  reduce(fn: "sum" | "max", x: Node, axis: number): Node {
    return this.node("reduce", { fn, axis }, [x]);
  }
  /** h_t = decay_t ⊙ h_{t−1} + input_t along axis 1. */
  scan(decay: Node, input: Node, initial: Node, reverse = false): Node {
    return this.node("scan", { reverse }, [decay, input, initial]);
  }
  gather(table: Node, indices: Node, batch = 0): Node {
    return this.node("gather", { batch }, [table, indices]);
  }
  /** values t < count go to slot (start + t) mod R. */
  ringWrite(ring: Node, values: Node, start: Node, count: Node): Node {
    return this.node("ringWrite", {}, [ring, values, start, count]);
  }
  sample(logits: Node, temperature: Node, topP: Node, topK: Node, seed: Node, draw: Node): Node {
    return this.node("sample", {}, [logits, temperature, topP, topK, seed, draw]);
  }
  composite<K extends CompositeName>(name: K, attrs: Composites[K], inputs: readonly Node[]): Node {
    return this.node("composite", { name, ...attrs } as Ops["composite"], inputs);
  }
}

const sameTypes = (a: readonly Node[], b: readonly Node[]): boolean =>
  a.length === b.length && a.every((node, i) => sameType(node.type, b[i]!.type));
