/** Runs a graph all the way, fused, lowered, planned and interpreted, against its meaning. */
import assert from "node:assert/strict";
import { scalarOfStored } from "../../codegen/bytes.ts";
import { fuseOptions } from "../../codegen/fuse-options.ts";
import { allocateMemory, type CheckedMemory, interpret } from "../../codegen/interpret.ts";
import type { Caps, Kernel } from "../../codegen/kernel.ts";
import { lower } from "../../codegen/lower.ts";
import { plan } from "../../codegen/plan.ts";
import type { BufferPlan, Program } from "../../codegen/program.ts";
import type { Schedules } from "../../codegen/write-region.ts";
import { evaluate, type Value, valueFrom } from "../../src/graph/evaluate.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { convert } from "../../src/graph/scalars.ts";
import { topological } from "../../src/graph/walk.ts";
import { fuse } from "../../src/passes/fuse.ts";
import { noise } from "./region.ts";

export function programOf(graph: Graph, caps: Caps, schedules?: Schedules): Program<Kernel> {
  return plan(lower(fuse(graph, fuseOptions(caps)), caps, schedules), graph, graph.name, caps)
    .program;
}

/** The largest |found − expected| / (1 + |expected|) over outputs and next states; leaves that are not given are noise. */
export function worstProgramError(
  graph: Graph,
  caps: Caps,
  given: Readonly<Record<string, readonly number[]>> = {},
  schedules?: Schedules,
): number {
  const leaves = { parameter: {}, input: {}, state: {} } as Record<
    "parameter" | "input" | "state",
    Record<string, Value>
  >;
  for (const node of topological(graph))
    if (node.op === "parameter" || node.op === "input" || node.op === "state") {
      const { name } = node.attrs;
      const value = given[name] ? valueFrom(node.type, given[name]) : noise(node.id + 1, node.type);
      const { dtype } = node.type;
      leaves[node.op][name] =
        dtype === "f16" || dtype === "bf16"
          ? { ...value, data: value.data.map((x) => convert(x, "f32", dtype)) }
          : value;
    }
  const expected = evaluate(graph, {
    parameters: leaves.parameter,
    inputs: leaves.input,
    states: leaves.state,
  });
  const program = programOf(graph, caps, schedules);
  const found = run(program, caps, leaves);
  let worst = 0;
  const compare = (what: string, wanted: Value, data: ArrayLike<number>) =>
    wanted.data.forEach((right, i) => {
      assert.ok(Number.isFinite(data[i]), `${what}[${i}] is ${data[i]}`);
      worst = Math.max(worst, Math.abs(data[i]! - right) / (1 + Math.abs(right)));
    });
  program.buffers.forEach((b, i) => {
    if (b.kind === "output") compare(b.name, expected.outputs[b.name]!, found[i]!.data);
    if (b.kind === "next" || (b.kind === "state" && b.updatedInPlace))
      compare(b.name, expected.states[b.kind === "next" ? b.state : b.name]!, found[i]!.data);
  });
  const kept = program.buffers.filter(
    (b) => b.kind === "next" || b.kind === "output" || (b.kind === "state" && b.updatedInPlace),
  );
  assert.equal(
    kept.length,
    Object.keys(expected.outputs).length + graph.states.filter((s) => s.next !== s.current).length,
  );
  return worst;
}

function run(
  program: Program<Kernel>,
  caps: Caps,
  leaves: Record<"parameter" | "input" | "state", Record<string, Value>>,
): readonly CheckedMemory[] {
  const memories = program.buffers.map((b) => {
    const length = b.shape.reduce((a, n) => a * n, 1);
    const numbers = numbersOf(b, leaves);
    const scalar = b.dtype === "bool" ? "u32" : scalarOfStored(b.dtype);
    const memory = allocateMemory(scalar, length, numbers !== null);
    if (numbers) memory.data.set(numbers);
    return memory;
  });
  for (const step of program.steps)
    interpret(
      program.kernels[step.kernel]!,
      step.grid,
      step.buffers.map((b) => memories[b]!),
      caps,
    );
  return memories;
}

function numbersOf(
  b: BufferPlan,
  leaves: Record<"parameter" | "input" | "state", Record<string, Value>>,
): ArrayLike<number> | null {
  if (b.kind === "constant") return b.values;
  if (b.kind === "input" || b.kind === "state") return leaves[b.kind][b.name]!.data;
  if (b.kind !== "parameter") return null;
  const { data, type } = leaves.parameter[b.name]!;
  if (!b.piece) return data;
  const { axis, start, size } = b.piece;
  const after = type.shape.slice(axis + 1).reduce((a, n) => a * n, 1);
  return data.filter((_, i) => {
    const at = Math.floor(i / after) % type.shape[axis]!;
    return at >= start && at < start + size;
  });
}
