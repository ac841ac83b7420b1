/** Makes one region's kernels a program by themselves: what other regions would hand it becomes inputs. Knows no device. */
import { entrySpec } from "../../codegen/entry-spec.ts";
import type { Caps, Kernel } from "../../codegen/kernel.ts";
import type { LoweredRegion } from "../../codegen/lower.ts";
import { plan } from "../../codegen/plan.ts";
import type { Program } from "../../codegen/program.ts";
import type { BindingOf, Choice } from "../../codegen/recipe.ts";
import { splitOf } from "../../codegen/split-region.ts";
import { writeRegion } from "../../codegen/write-region.ts";
import type { EntrySpec } from "../../targets/executor.ts";
import type { Graph, Node, StateUpdate } from "../graph/graph.ts";
import type { Region } from "../passes/regions.ts";

export type Alone = {
  readonly program: Program<Kernel>;
  readonly graph: Graph;
  readonly spec: EntrySpec;
};

/** Of columns in pieces the first; its parameter is as long as a piece. */
const firstPiece = { standIns: [], piece: { axis: 0, start: 0, size: 0 } };

type Nodes = ReadonlyMap<Node, Node>;

/** The kernels that `choice` writes for the region, bound to buffers of their own. */
export function alone(region: Region, choice: Choice, caps: Caps): Alone {
  const { lowered, ...by } = writeRegion(region, caps, () => choice);
  const leaves = standIns(region);
  const { graph, outputs } = graphOf(region, leaves);
  const stand = (node: Node) => outputs.get(node) ?? leaves.get(node) ?? node;
  const rebind = (b: BindingOf): BindingOf =>
    b.kind === "node" ? { kind: "node", node: stand(b.node) } : b;
  const kernels = lowered.kernels.map((k) => ({ ...k, bindings: k.bindings.map(rebind) }));
  const whole: LoweredRegion = {
    ...by,
    region: { ...region, inputs: region.inputs.map(stand), outputs: region.outputs.map(stand) },
    parts: [{ lowered: { ...lowered, kernels }, split: splitOf(region) && firstPiece }],
    target: null,
  };
  const { program } = plan([whole], graph, region.name, caps);
  return { program, graph, spec: entrySpec(program, graph) };
}

/** Every input that is no leaf of the model's graph, as an input of the program; the leaves stay what they are. */
function standIns({ inputs }: Region): Nodes {
  return new Map(
    inputs.map((node, i): [Node, Node] => {
      if (node.op === "parameter" || node.op === "input" || node.op === "state")
        return [node, node];
      const { id, type, label } = node;
      return [
        node,
        { id, op: "input", attrs: { name: `value ${i}`, type }, inputs: [], type, label },
      ];
    }),
  );
}

/** What the planner asks a graph: its inputs, outputs and states. Rings are states where the region starts from one. */
function graphOf(region: Region, leaves: Nodes): { graph: Graph; outputs: Nodes } {
  const given = [...leaves.values()];
  const states: StateUpdate[] = given.flatMap((node) =>
    node.op === "state" ? [{ name: node.attrs.name, current: node, next: node }] : [],
  );
  const outputs = new Map<Node, Node>();
  const named: Record<string, Node> = {};
  for (const [i, node] of region.outputs.entries()) {
    const from = node.op === "ringWrite" ? leaves.get(node.inputs[0]!) : undefined;
    const output = { ...node, inputs: from ? [from, ...given] : given } as Node;
    outputs.set(node, output);
    const at = states.findIndex((s) => s.current === from);
    if (at < 0) named[`output ${i}`] = output;
    else states[at] = { ...states[at]!, next: output };
  }
  return { graph: { name: region.name, outputs: named, states }, outputs };
}
