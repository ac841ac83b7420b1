/** From lowered regions to a program: buffers, shared kernels, steps, and the arena. Knows no recipe. */
import { CompilerBug } from "../src/graph/bug.ts";
import type { Graph, Node, Type } from "../src/graph/graph.ts";
import { topological } from "../src/graph/walk.ts";
import { bytesOf } from "./bytes.ts";
import { joinSteps } from "./join-steps.ts";
import type { Caps, Kernel } from "./kernel.ts";
import { KernelList } from "./kernel-list.ts";
import type { LoweredPart, LoweredRegion, Target } from "./lower.ts";
import { packedWords } from "./packing.ts";
import type { BufferPlan, Piece, Program, Step, Unplaced } from "./program.ts";
import type { BindingOf } from "./recipe.ts";
import { placeInSlots } from "./slots.ts";

/** The program that runs the lowered regions of a graph, small ones together; and that of one step a kernel, in their order. */
export type Planned = {
  readonly program: Program<Kernel>;
  readonly separate: Unplaced<Kernel>;
  /** Which steps of `separate` each step of `program` runs. */
  readonly joined: readonly (readonly number[])[];
};

export function plan(
  lowered: readonly LoweredRegion[],
  graph: Graph,
  name: string,
  caps: Caps,
): Planned {
  const separate = planSteps(lowered, graph, name);
  const { program, steps } = joinSteps(separate, caps);
  const placed = placeInSlots(program);
  verifySteps(placed);
  return { program: placed, separate, joined: steps };
}

function planSteps(
  lowered: readonly LoweredRegion[],
  graph: Graph,
  name: string,
): Planned["separate"] {
  const buffers = new Buffers(graph, lowered);
  const kernels = new KernelList();
  const steps: Step[] = [];
  for (const region of lowered)
    for (const [p, part] of region.parts.entries())
      for (const { kernel, bindings, grid } of part.lowered.kernels) {
        const bound = bindings.map((b) => buffers.of(b, region, part, p));
        steps.push({
          kernel: kernels.indexOf(kernel),
          buffers: bound,
          grid,
          region: region.region.name,
        });
      }
  return { name, buffers: buffers.list, kernels: kernels.list, steps };
}

/** Gives every binding its buffer; temporaries, parameters and constants are made when they are first asked for. */
class Buffers {
  readonly list: BufferPlan[] = [];
  readonly #known = new Map<Node | string, number>();

  constructor(graph: Graph, lowered: readonly LoweredRegion[]) {
    for (const node of topological(graph)) if (node.op === "input") this.#node(node);
    const startedFrom = new Set<Node>();
    const copied = new Set<string>();
    for (const { target } of lowered)
      if (target?.kind === "node") startedFrom.add(target.node);
      else if (target) copied.add(keyOf(target));
    const owned = (target: Target & { name: string }, node: Node, made: BufferPlan) => {
      const index = this.#add(keyOf(target), made);
      if (!copied.has(keyOf(target))) this.#known.set(node, index);
    };
    for (const { name, current, next } of graph.states) {
      const updatedInPlace =
        next.op === "ringWrite" && next.inputs[0] === current && !startedFrom.has(next);
      const state = this.#add(`state ${name}`, {
        kind: "state",
        name,
        ...stored(current.type),
        updatedInPlace,
      });
      if (updatedInPlace) this.#known.set(next, state);
      else if (next !== current)
        owned({ kind: "next", name }, next, {
          kind: "next",
          name,
          state: name,
          ...stored(next.type),
        });
    }
    for (const [name, node] of Object.entries(graph.outputs))
      owned({ kind: "output", name }, node, { kind: "output", name, ...stored(node.type) });
  }

  of(
    binding: BindingOf,
    { region, target }: LoweredRegion,
    { lowered, split }: LoweredPart,
    part: number,
  ): number {
    switch (binding.kind) {
      case "node": {
        const { node } = binding;
        if (target && node === region.outputs[0])
          return target.kind === "node" ? this.#node(target.node) : this.#once(keyOf(target));
        const cut = split?.standIns.find((s) => s.standIn === node);
        return split && cut ? this.#parameter(cut.parameter, split.piece) : this.#node(node);
      }
      case "scratch": {
        const length = lowered.scratch.find((s) => s.name === binding.name)?.length;
        if (length === undefined)
          throw new CompilerBug(
            `${region.name} binds scratch ${binding.name}, which it does not declare`,
          );
        const name = `${region.name} ${binding.name}`;
        const key = `scratch ${region.outputs[0]?.id} ${part} ${name}`;
        return this.#once(key, () => ({
          kind: "temporary",
          name,
          ...stored({ dtype: "f32", shape: [length] }),
          slot: 0,
          offset: 0,
        }));
      }
      case "piece": {
        if (!split)
          throw new CompilerBug(
            `${region.name} asks where its piece starts, but nothing of it is cut`,
          );
        const name = `start ${split.piece.start}`;
        return this.#once(name, () => ({
          kind: "constant",
          name,
          ...stored({ dtype: "u32", shape: [1] }),
          values: [split.piece.start],
        }));
      }
    }
  }

  #node(node: Node): number {
    switch (node.op) {
      case "parameter":
        return this.#parameter(node, null);
      case "state":
        return this.#once(`state ${node.attrs.name}`);
      case "input": {
        const { name, source } = node.attrs;
        return this.#once(node, () => ({
          kind: "input",
          name,
          ...stored(node.type),
          ...(source ? { source } : {}),
        }));
      }
      default:
        return this.#once(node, () => ({
          kind: "temporary",
          name: `${node.label || node.op} %${node.id}`,
          ...stored(node.type),
          slot: 0,
          offset: 0,
        }));
    }
  }

  #parameter(node: Node, piece: Piece | null): number {
    if (node.op !== "parameter") throw new CompilerBug(`${node.op} ${node.label} is no parameter`);
    const { name } = node.attrs;
    const shape = piece ? node.type.shape.with(piece.axis, piece.size) : node.type.shape;
    const { quantized, strip } = node.attrs;
    const bytes = quantized ? { bytes: 4 * packedWords({ shape, quantized }) } : {};
    return this.#once(`parameter ${name} ${piece?.start ?? ""}`, () => ({
      kind: "parameter",
      name,
      ...stored({ dtype: node.type.dtype, shape }),
      ...bytes,
      ...(quantized ? { quantized } : {}),
      ...(strip ? { strip } : {}),
      ...(piece ? { piece } : {}),
    }));
  }

  #once(key: Node | string, make?: () => BufferPlan): number {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (!make) throw new CompilerBug(`no buffer for ${String(key)}`);
    return this.#add(key, make());
  }

  #add(key: Node | string, made: BufferPlan): number {
    const index = this.list.push(made) - 1;
    this.#known.set(key, index);
    return index;
  }
}

const keyOf = (target: { readonly kind: string; readonly name: string }): string =>
  `${target.kind} ${target.name}`;

const stored = ({ dtype, shape }: Type) => ({ dtype, shape, bytes: bytesOf({ dtype, shape }) });

/** No step binds a buffer twice where it writes one, and no temporary is read before a step wrote it. */
function verifySteps(program: Program<Kernel>): void {
  const written = new Set<number>();
  for (const { kernel, buffers, region } of program.steps) {
    const uses = program.kernels[kernel]!.buffers;
    buffers.forEach((b, i) => {
      const { kind, name } = program.buffers[b]!;
      if (uses[i]!.access !== "read" && buffers.indexOf(b) !== buffers.lastIndexOf(b))
        throw new CompilerBug(`${region} binds ${name} twice and writes it`);
      if (
        uses[i]!.access === "read" &&
        (kind === "temporary" || kind === "output" || kind === "next") &&
        !written.has(b)
      )
        throw new CompilerBug(`${region} reads ${name} before it is written`);
    });
    for (const [i, b] of buffers.entries()) if (uses[i]!.access !== "read") written.add(b);
  }
}
