/** Every operation's rule in one table: its type and its meaning. Knows nothing of kernels. */
import { CompilerBug } from "./bug.ts";
import { composites } from "./composites.ts";
import type { CompositeName, Composites, Node, OpName, Ops, Type } from "./graph.ts";
import { contract } from "./ops/contract.ts";
import { cast, map } from "./ops/elements.ts";
import { Inconsistent, type OpRule, printType } from "./ops/rule.ts";
import { sample } from "./ops/sample.ts";
import { broadcast, concat, gather, reshape, slice, transpose } from "./ops/shapes.ts";
import { constant, input, iota, parameter, state } from "./ops/sources.ts";
import { reduce, ringWrite, scan } from "./ops/time.ts";
import { printAttrs } from "./print.ts";

const typeOf = <K extends CompositeName>(
  attrs: { readonly name: K } & Composites[K],
  inputs: readonly Type[],
): Type => composites[attrs.name].type(inputs, attrs);

const composite: OpRule<"composite"> = {
  type: (inputs, attrs) => typeOf(attrs, inputs),
  value: "defined",
};

export const ops: { readonly [K in OpName]: OpRule<K> } = {
  parameter,
  input,
  state,
  constant,
  iota,
  map,
  cast,
  reshape,
  transpose,
  broadcast,
  slice,
  concat,
  gather,
  contract,
  reduce,
  scan,
  ringWrite,
  sample,
  composite,
};

/** The type of an operation on these inputs; throws CompilerBug with the operation printed where it has none. */
export function inferType<K extends OpName>(op: K, attrs: Ops[K], inputs: readonly Node[]): Type {
  const types = inputs.map((n) => n.type);
  try {
    return ops[op].type(types, attrs);
  } catch (error) {
    if (!(error instanceof Inconsistent)) throw error;
    const operands = inputs.map((n) => `%${n.id}${n.label && ` ${n.label}`}: ${printType(n.type)}`);
    throw new CompilerBug(
      `${op}(${operands.join(", ")})${printAttrs({ op, attrs })}: ${error.message}`,
    );
  }
}
