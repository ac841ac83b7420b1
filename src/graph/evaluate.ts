/** Runs a graph in double precision, node after node: its meaning, and the reference for every other executor. */
import { CompilerBug, UserError } from "./bug.ts";
import { GraphBuilder } from "./build.ts";
import { defineComposite } from "./composites.ts";
import type { Graph, Node, NodeOf, OpName, Type } from "./graph.ts";
import { type OpRule, printType, sameShape, sizeOf, type Value } from "./ops/rule.ts";
import { ops } from "./ops.ts";
import { convert } from "./scalars.ts";
import { rootsOf, topological } from "./walk.ts";

export type { Value };

/** Values by name. */
export type Values = Readonly<Record<string, Value>>;

/** What a graph is run on. Parameters may be read one by one; without states all are fresh. */
export type Given = {
  readonly parameters: Values | ((name: string) => Value);
  readonly inputs: Values;
  readonly states?: Values;
};

export type Results = {
  readonly outputs: Record<string, Value>;
  readonly states: Record<string, Value>;
};

/** A value of doubles from numbers. */
export const valueFrom = (type: Type, data: ArrayLike<number>): Value => ({
  type,
  data: Float64Array.from(data),
});

/** A value that is 0 everywhere. */
export const zeros = (type: Type): Value => ({ type, data: new Float64Array(sizeOf(type.shape)) });

/** The graph's outputs, and its states after the call. */
export function evaluate(graph: Graph, given: Given): Results {
  const roots = rootsOf(graph);
  const values = evaluateNodes(roots, (node) => lookUp(node, given));
  const named = (entries: readonly (readonly [string, Node])[]) =>
    Object.fromEntries(entries.map(([name, node]) => [name, values.get(node)!]));
  return {
    outputs: named(Object.entries(graph.outputs)),
    states: named(graph.states.map((s) => [s.name, s.next] as const)),
  };
}

type Leaf = NodeOf<"parameter"> | NodeOf<"input"> | NodeOf<"state">;

/** The roots' values; every other value is dropped after its last use. */
function evaluateNodes(
  roots: readonly Node[],
  leaf: (node: Leaf) => Value,
): ReadonlyMap<Node, Value> {
  const order = topological(roots);
  const uses = new Map<Node, number>();
  const use = (node: Node) => uses.set(node, (uses.get(node) ?? 0) + 1);
  for (const root of roots) use(root);
  for (const node of order) node.inputs.forEach(use);
  const values = new Map<Node, Value>();
  for (const node of order) {
    values.set(
      node,
      evaluateNode(
        node,
        node.inputs.map((n) => values.get(n)!),
        leaf,
      ),
    );
    for (const input of node.inputs) {
      uses.set(input, uses.get(input)! - 1);
      if (uses.get(input) === 0) values.delete(input);
    }
  }
  return values;
}

function evaluateNode(node: Node, inputs: readonly Value[], leaf: (node: Leaf) => Value): Value {
  if (node.op === "parameter" || node.op === "input" || node.op === "state") return leaf(node);
  if (node.op === "composite") return evaluateDefinition(node, inputs);
  const { value } = ops[node.op] as OpRule<OpName>;
  if (typeof value === "string") throw new CompilerBug(`${node.op} has no value`);
  return value(inputs, node.attrs, node.type);
}

function evaluateDefinition(node: NodeOf<"composite">, inputs: readonly Value[]): Value {
  const g = new GraphBuilder();
  const operands = inputs.map((v, i) => g.input(String(i), v.type));
  const defined = defineComposite(g, node.attrs, operands);
  return evaluateNodes([defined], (n) => inputs[Number(n.attrs.name)]!).get(defined)!;
}

function lookUp(node: Leaf, given: Given): Value {
  const { name } = node.attrs;
  const value = find(node, given);
  if (!value)
    throw new UserError(`${node.op} "${name}" has no value; give it as ${printType(node.type)}`);
  if (!sameShape(value.type.shape, node.type.shape))
    throw new UserError(
      `${node.op} "${name}" must be ${printType(node.type)}, not ${printType(value.type)}`,
    );
  const { dtype } = node.type;
  const data =
    dtype === "f16" || dtype === "bf16"
      ? value.data.map((n) => convert(n, "f32", dtype))
      : value.data;
  return { type: node.type, data };
}

function find(node: Leaf, { parameters, inputs, states }: Given): Value | undefined {
  switch (node.op) {
    case "parameter":
      return typeof parameters === "function"
        ? parameters(node.attrs.name)
        : parameters[node.attrs.name];
    case "input":
      return inputs[node.attrs.name];
    case "state":
      return states ? states[node.attrs.name] : zeros(node.type);
  }
}
