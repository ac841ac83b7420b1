/**
 * The layers of a stack differ in names and in the tensors that they are given. So the body of a block that has several of them
 * runs once, on stand-ins for those tensors, and what it made is written again for every layer. The graph is the same.
 */
import type { Node, StateUpdate } from "../../src/graph/graph.ts";
import { sameType } from "../../src/graph/ops/rule.ts";
import { topological } from "../../src/graph/walk.ts";
import type { BlockItem } from "../syntax.ts";
import { type Application, type RunBody, runGiven } from "./blocks.ts";
import type { FirstParameter, Session } from "./session.ts";
import { type BlockValue, type Frame, poison, type TensorValue, type Value } from "./values.ts";

/** What a body did on stand-ins, under the names of the layer for which it ran. */
type Ran = {
  readonly standIns: readonly TensorValue[];
  readonly path: string;
  readonly home: string;
  readonly result: Value;
  /** Nodes that are others in another layer, inputs first. */
  readonly nodes: readonly Node[];
  readonly parameters: readonly FirstParameter[];
  readonly states: readonly StateUpdate[];
  readonly values: readonly (readonly [string, Node])[];
  readonly calls: number;
  readonly kept: number;
  readonly keptStates: number;
};

/** Runs the bodies of one stack, those of `repeated` blocks once; where somebody watches or only mistakes matter, all. */
export function runRepeated(session: Session, repeated: ReadonlySet<BlockValue>): RunBody {
  if (session.observe || session.checking) return runGiven;
  const known = new Map<BlockValue, Ran>();
  return (caller, callee, application, item) => {
    const { block } = application;
    const args = application.args.flatMap(({ value }) => (value.kind === "tensor" ? [value] : []));
    if (!repeated.has(block) || args.length < application.args.length)
      return runGiven(caller, callee, application, item);
    let ran = known.get(block);
    if (!ran || !isAlike(ran.standIns, args) || session.calls + ran.calls > session.mostCalls) {
      ran = runOnStandIns(caller, callee, application, args, item);
      known.set(block, ran);
    }
    return ran.result.kind === "poison" ? poison : write(ran, callee, args);
  };
}

const isAlike = (as: readonly TensorValue[], bs: readonly TensorValue[]): boolean =>
  as.every(({ node, dims }, i) => {
    const other = bs[i]!;
    return sameType(node.type, other.node.type) && dims.every((dim, j) => dim === other.dims[j]);
  });

/** Counts of the session stay as they were: what a run adds to them is added for each layer. */
function runOnStandIns(
  caller: Frame,
  callee: Frame,
  application: Application,
  args: readonly TensorValue[],
  item: BlockItem,
): Ran {
  const { session, path, home } = callee;
  const { calls, kept, keptStates } = session;
  const asked = session.asked.length;
  const standIns = args.map((arg): TensorValue => ({ ...arg, node: standIn(session, arg) }));
  const given = application.args.map(({ span }, i) => ({ value: standIns[i]!, span }));
  const result = runGiven(caller, callee, { ...application, args: given }, item);
  const own = <T>(map: ReadonlyMap<string, T>): readonly (readonly [string, T])[] =>
    [...map].filter(([name]) => isUnder(name, path));
  const states = own(session.states).map(([, state]) => state);
  const values = own(session.values);
  const ran: Ran = {
    ...{ standIns, path, home, result, states, values },
    nodes: differing([...nodesOf(result), ...nodesIn(states, values)], standIns, path, home),
    parameters: session.asked.splice(asked).map((name) => session.firstParameter(name)!),
    calls: session.calls - calls,
    kept: session.kept - kept,
    keptStates: session.keptStates - keptStates,
  };
  [session.calls, session.kept, session.keptStates] = [calls, kept, keptStates];
  return ran;
}

/** A node without a name that nothing computes, so that it is taken for no other. */
const standIn = ({ graph }: Session, { node }: TensorValue): Node =>
  graph.node("input", { name: `stand-in ${graph.size}`, type: node.type }, []) as Node;

const isUnder = (name: string, path: string): boolean => name.startsWith(`${path}.`);

function nodesOf(value: Value): readonly Node[] {
  if (value.kind === "record") return [...value.fields.values()].flatMap(nodesOf);
  return value.kind === "tensor" ? [value.node] : [];
}

const nodesIn = (states: Ran["states"], values: Ran["values"]): readonly Node[] => [
  ...states.flatMap(({ current, next }) => [current, next]),
  ...values.map(([, node]) => node),
];

/** Of all that `roots` need: what depends on the stand-ins, or on a parameter or state that the layer names. */
function differing(
  roots: readonly Node[],
  standIns: Ran["standIns"],
  path: string,
  home: string,
): readonly Node[] {
  const found = new Set<Node>();
  const given = new Set(standIns.map(({ node }) => node));
  const isNamed = (node: Node) =>
    (node.op === "parameter" && isUnder(node.attrs.name, home)) ||
    (node.op === "state" && isUnder(node.attrs.name, path));
  for (const node of topological(roots))
    if (isNamed(node) || node.inputs.some((n) => found.has(n) || given.has(n))) found.add(node);
  return [...found];
}

/** Does for one layer what the run did. */
function write(ran: Ran, { session, path, home }: Frame, args: readonly TensorValue[]): Value {
  const { graph, calls, kept, keptStates } = session;
  const written = new Map<Node, Node>();
  const of = (node: Node): Node => written.get(node) ?? node;
  const inPath = (name: string) => moved(name, ran.path, path);
  const inHome = (name: string) => moved(name, ran.home, home);
  const renamed = (node: Node): Node => {
    if (node.op !== "parameter" && node.op !== "state")
      return graph.rebuild(node, node.inputs.map(of));
    const name = (node.op === "state" ? inPath : inHome)(node.attrs.name);
    return graph.node(node.op, { ...node.attrs, name }, [], name) as Node;
  };
  for (const { spec, by } of ran.parameters)
    session.parameter({ ...spec, name: inHome(spec.name) }, by);
  for (const [i, { node }] of ran.standIns.entries()) {
    const arg = args[i]!.node;
    written.set(node, arg.op === "constant" ? arg : graph.label(arg, node.label));
  }
  for (const node of ran.nodes) written.set(node, renamed(node));
  for (const { current, next } of ran.states)
    session.carry(of(current) as typeof current, of(next));
  for (const [name, node] of ran.values) session.values.set(inPath(name), of(node));
  session.calls = calls + ran.calls;
  session.kept = kept + ran.kept;
  session.keptStates = keptStates + ran.keptStates;
  return withNodes(ran.result, of);
}

const moved = (name: string, from: string, to: string): string =>
  isUnder(name, from) ? `${to}${name.slice(from.length)}` : name;

function withNodes(value: Value, of: (node: Node) => Node): Value {
  if (value.kind === "tensor") return { ...value, node: of(value.node) };
  if (value.kind !== "record") return value;
  const fields = [...value.fields].map(([name, field]) => [name, withNodes(field, of)] as const);
  return { ...value, fields: new Map(fields) };
}
