/** A graph as text, one line a node in dependency order: `%12 gate: f32[1,7,240] = contract(%10, %11) "btk,kf->btf"`. */
import type { Graph, Node, NodeOf, OpName, Ops } from "./graph.ts";
import { printType } from "./ops/rule.ts";
import { topological } from "./walk.ts";

type Attributed = { readonly op: OpName; readonly attrs: Ops[OpName] };

/** What follows the operands, with a space in front; nothing where the type or the name says it all. */
export function printAttrs(node: Attributed): string {
  const { op, attrs } = node as Node;
  switch (op) {
    case "parameter":
    case "input":
    case "state":
      return ` ${attrs.name}`;
    case "constant":
      return ` ${Object.is(attrs.value, -0) ? "-0" : attrs.value}`;
    case "iota":
      return ` along ${attrs.axis}`;
    case "map":
    case "cast":
    case "reshape":
    case "ringWrite":
    case "sample":
      return "";
    case "transpose":
      return ` order ${attrs.order.join(",")}`;
    case "broadcast":
      return ` to axes ${attrs.axes.join(",") || "none"}`;
    case "slice":
      return ` axis ${attrs.axis} from ${attrs.start}`;
    case "concat":
      return ` along ${attrs.axis}`;
    case "contract":
      return ` "${attrs.left},${attrs.right}->${attrs.out}"`;
    case "reduce":
      return ` over ${attrs.axis}`;
    case "scan":
      return attrs.reverse ? " reverse" : "";
    case "gather":
      return attrs.batch === 0 ? "" : ` batch ${attrs.batch}`;
    case "composite": {
      const { name: _, ...rest } = attrs;
      return Object.entries(rest)
        .filter(([key, value]) => key !== "cap" || value !== 0)
        .map(([key, value]) => ` ${key} ${value}`)
        .join("");
    }
  }
}

function printOp(node: Node): string {
  if (node.op === "map" || node.op === "reduce") return node.attrs.fn;
  return node.op === "composite" ? node.attrs.name : node.op;
}

/** One node as a line; `number` names nodes. */
export function printNode(
  node: Node | NodeOf<OpName>,
  number: (node: Node) => number = (n) => n.id,
): string {
  const self = node as Node;
  const operands =
    self.inputs.length === 0 ? "" : `(${self.inputs.map((n) => `%${number(n)}`).join(", ")})`;
  const label = self.label === "" ? "" : ` ${self.label}`;
  return `%${number(self)}${label}: ${printType(self.type)} = ${printOp(self)}${operands}${printAttrs(self)}`;
}

/** Numbers count from 0 in dependency order, so that equal graphs print alike whoever built them. */
export function printGraph(graph: Graph): string {
  const nodes = topological(graph);
  const numbers = new Map(nodes.map((node, i) => [node, i]));
  const number = (node: Node) => numbers.get(node)!;
  const lines = nodes.map((node) => `  ${printNode(node, number)}`);
  const outputs = Object.entries(graph.outputs).map(
    ([name, node]) => `  output ${name} = %${number(node)}`,
  );
  const states = graph.states.map(
    (s) => `  state ${s.name}: %${number(s.current)} becomes %${number(s.next)}`,
  );
  return [`graph ${graph.name}`, ...lines, ...outputs, ...states, ""].join("\n");
}
