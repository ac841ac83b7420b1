/** Makes a region by hand around one anchor and holds every choice of a recipe, run by the interpreter, against the graph's meaning. */
import assert from "node:assert/strict";
import { scalarOfStored } from "../../codegen/bytes.ts";
import { allocateMemory, type CheckedMemory, interpret } from "../../codegen/interpret.ts";
import { type Caps, type Kernel, minimumCaps, type Scalar } from "../../codegen/kernel.ts";
import { quantizedOf } from "../../codegen/packing.ts";
import type { Choice, Lowered, Recipe } from "../../codegen/recipe.ts";
import { stripOf } from "../../codegen/strips.ts";
import { verifyKernel } from "../../codegen/verify.ts";
import { evaluate, type Value, valueFrom } from "../../src/graph/evaluate.ts";
import type { Graph, Node, Type } from "../../src/graph/graph.ts";
import type { Region } from "../../src/passes/regions.ts";
import { packScales, packValues } from "../../targets/packed.ts";
import { inStrips } from "../../targets/strips.ts";

/** Every node from the leaves to the outputs in one region. */
export function regionOf(
  anchor: Node,
  outputs: readonly Node[] = [anchor],
  name = "region",
): Region {
  const body: Node[] = [];
  const inputs: Node[] = [];
  const visit = (node: Node): void => {
    if (body.includes(node) || inputs.includes(node)) return;
    node.inputs.forEach(visit);
    (["parameter", "input", "state"].includes(node.op) ? inputs : body).push(node);
  };
  outputs.forEach(visit);
  return { name, anchor, inputs, body, outputs };
}

/** Numbers between −1 and 1 that are the same in every run. */
export function noise(seed: number, type: Type, map: (x: number) => number = (x) => x): Value {
  let state = (seed * 2654435761 + 1) >>> 0;
  const size = type.shape.reduce((a, b) => a * b, 1);
  return valueFrom(
    type,
    Array.from({ length: size }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.fround(map(state / 2 ** 31 - 1));
    }),
  );
}

export type Leaves = ReadonlyMap<Node, Value>;

/** What the graph means: the outputs' values. */
export function meaningOf(region: Region, leaves: Leaves): readonly Float64Array[] {
  const outputs = Object.fromEntries(region.outputs.map((node, i) => [`output${i}`, node]));
  const graph: Graph = { name: region.name, outputs, states: [] };
  const byName = (op: Node["op"]) =>
    Object.fromEntries(
      [...leaves]
        .filter(([n]) => n.op === op)
        .map(([n, value]) => ["name" in n.attrs ? n.attrs.name : "", value]),
    );
  const results = evaluate(graph, {
    parameters: byName("parameter"),
    inputs: byName("input"),
    states: byName("state"),
  });
  return region.outputs.map((_, i) => results.outputs[`output${i}`]!.data);
}

/** Runs what a recipe wrote; a cell that is read before it is written is a fault. */
export function runLowered(
  lowered: Lowered,
  region: Region,
  leaves: Leaves,
  caps: Caps,
): readonly Float32Array[] {
  const memories = new Map<Node | string, CheckedMemory>();
  for (const { name, length } of lowered.scratch)
    memories.set(name, allocateMemory("f32", length, false));
  for (const node of region.outputs)
    memories.set(node, allocateMemory(scalarOf(node), sizeOf(node), false));
  for (const [node, value] of leaves) {
    const stored = storedLeaf(node, value);
    const memory = allocateMemory(scalarOf(node), stored.length, true);
    memory.data.set(stored);
    memories.set(node, memory);
  }
  for (const { kernel, bindings, grid } of lowered.kernels) {
    verifyKernel(kernel, caps);
    const buffers = bindings.map(
      (b) => memories.get(b.kind === "node" ? b.node : b.kind === "scratch" ? b.name : "")!,
    );
    interpret(kernel, grid, buffers, caps);
  }
  return region.outputs.map((node) => {
    const { data, written } = memories.get(node)!;
    assert.ok(!written || written.every((w) => w === 1), `every element of the output is written`);
    return data as Float32Array;
  });
}

const scalarOf = ({ type }: Node): Scalar =>
  type.dtype === "bool" ? "u32" : scalarOfStored(type.dtype);
/** A leaf's numbers as its buffer holds them. */
function storedLeaf(node: Node, { data }: Value): ArrayLike<number> {
  const quantized = quantizedOf(node);
  const strip = stripOf(node);
  if (strip) return inStrips(Float32Array.from(data), node.type.shape, strip);
  if (!quantized) return data;
  const part = { shape: node.type.shape, quantized };
  return quantized.part === "values" ? packValues(data, part) : packScales(data, part);
}

const sizeOf = (node: Node) => node.type.shape.reduce((a, b) => a * b, 1);

const least: Caps = { ...minimumCaps, f16: true };

/** Devices that ask for different kernels. */
export const devices: Readonly<Record<string, Caps>> = {
  "cheap barriers": least,
  "dear barriers": { ...least, barriers: "dear", busyLanes: 16 },
  "dear barriers and subgroups of 8": {
    ...{ ...least, barriers: "dear", busyLanes: 16 },
    subgroup: { size: 8 },
  },
  "cheap barriers and subgroups of 8": { ...least, subgroup: { size: 8 } },
  "copies beside other work": { ...least, asyncCopy: true },
  "matrix units": {
    ...{ ...least, asyncCopy: true, matrixUnits: true },
    ...{ subgroup: { size: 32 }, maxWorkgroupBytes: 160 * 2 ** 10 },
  },
  "subgroups of 32 and few lanes": { ...least, subgroup: { size: 32 }, busyLanes: 256 },
};

/** The largest |found − expected| / (1 + |expected|) over all choices of all devices; `matters` picks elements of the outputs. */
export function worstError(
  recipe: Recipe,
  region: Region,
  leaves: Leaves,
  matters: (index: number) => boolean = () => true,
): number {
  const expected = meaningOf(region, leaves);
  const seen = new Set<string>();
  let worst = 0;
  for (const [device, caps] of Object.entries(devices)) {
    assert.ok(recipe.accepts(region, caps), `${recipe.name} accepts the region`);
    const choices = recipe.choices(region, caps);
    const schedules = choices.map((c) => JSON.stringify(c.schedule));
    assert.equal(new Set(schedules).size, choices.length, "every schedule is offered once");
    for (const choice of choices) {
      const lowered = choice.build();
      const text = JSON.stringify(lowered.kernels.map((l) => [l.kernel, l.grid]));
      if (seen.has(text)) continue;
      seen.add(text);
      const what = `${device}, ${JSON.stringify(choice.schedule)}`;
      const found = runLowered(lowered, region, leaves, caps);
      worst = Math.max(worst, errorOf(found, expected, matters, what));
    }
  }
  return worst;
}

function errorOf(
  found: readonly Float32Array[],
  expected: readonly Float64Array[],
  matters: (i: number) => boolean,
  what: string,
): number {
  let worst = 0;
  for (const [o, data] of found.entries())
    for (const [i, value] of data.entries()) {
      assert.ok(Number.isFinite(value), `${what}: element ${i} is ${value}`);
      const right = expected[o]![i]!;
      if (matters(i)) worst = Math.max(worst, Math.abs(value - right) / (1 + Math.abs(right)));
    }
  return worst;
}

/** The kernels of a choice, for tests that change them. */
export const kernelsOf = (choice: Choice): readonly Kernel[] =>
  choice.build().kernels.map((l) => l.kernel);
