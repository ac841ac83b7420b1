/** Regions and programs as text, for dumps and golden files. */
import type { Node } from "../src/graph/graph.ts";
import { printNode } from "../src/graph/print.ts";
import { topological } from "../src/graph/walk.ts";
import type { Fused, Region } from "../src/passes/regions.ts";
import type { Kernel } from "./kernel.ts";
import type { BufferPlan, Program } from "./program.ts";
import { totalTraffic, trafficOf } from "./traffic.ts";

/** Every region with what it reads, computes and stores; nodes are numbered as in the printed graph. */
export function printRegions({ graph, regions }: Fused): string {
  const numbers = new Map(topological(graph).map((node, i) => [node, i]));
  const number = (node: Node) => numbers.get(node) ?? node.id;
  return `${graph.name}: ${regions.length} regions\n\n${regions.map((r, i) => printRegion(r, i, number)).join("\n")}`;
}

function printRegion(
  { name, anchor, inputs, body, outputs }: Region,
  index: number,
  number: (node: Node) => number,
): string {
  const list = (nodes: readonly Node[]) =>
    nodes.map((n) => `%${number(n)}${n.label ? ` ${n.label}` : ""}`).join(", ");
  const lines = body.map((n) => `  ${n === anchor ? "▸" : " "} ${printNode(n, number)}`);
  return [
    `${index} ${name}`,
    `  reads ${list(inputs)}`,
    ...lines,
    `  stores ${list(outputs)}`,
    "",
  ].join("\n");
}

/** Buffers, steps and counts of a program. */
export function printProgram(program: Program<Kernel>): string {
  const traffic = trafficOf(program);
  const total = totalTraffic(program);
  const arena = program.slots.reduce((a, b) => a + b, 0);
  const steps = program.steps.map((step, i) => {
    const kernel = program.kernels[step.kernel]!;
    const bound = step.buffers.map((b, j) => `${marks[kernel.buffers[j]!.access]}${b}`).join(" ");
    const { read, written } = traffic[i]!;
    return `  ${step.region}: kernel ${step.kernel} ${kernel.name} on ${step.grid.join("×")}×${kernel.workgroupSize} (${bound}) ${readable(read)} read, ${readable(written)} written`;
  });
  return [
    `${program.name}: ${program.steps.length} dispatches of ${program.kernels.length} kernels, ${readable(total.read)} read and ${readable(total.written)} written, ${readable(arena)} arena in ${program.slots.length} ${program.slots.length === 1 ? "slot" : "slots"}`,
    "",
    "buffers",
    ...program.buffers.map((b, i) => `  ${i} ${printBuffer(b)}`),
    "",
    "steps",
    ...steps,
    "",
  ].join("\n");
}

const marks = { read: "", write: "→", read_write: "↔" } as const;

function printBuffer(buffer: BufferPlan): string {
  return `${buffer.kind} ${buffer.name}: ${buffer.dtype}[${buffer.shape.join(",")}] ${readable(buffer.bytes)}${extraOf(buffer)}`;
}

function extraOf(buffer: BufferPlan): string {
  switch (buffer.kind) {
    case "parameter":
      return buffer.piece ? `, axis ${buffer.piece.axis} from ${buffer.piece.start}` : "";
    case "input":
      return buffer.source
        ? `, ${buffer.source.kind} of ${buffer.source.dims} at ${buffer.source.theta}`
        : "";
    case "state":
      return buffer.updatedInPlace ? ", updated in place" : "";
    case "next":
      return `, replaces ${buffer.state}`;
    case "output":
      return "";
    case "temporary":
      return `, slot ${buffer.slot}${buffer.offset > 0 ? ` from ${readable(buffer.offset)}` : ""}`;
    case "constant":
      return `, ${buffer.values.join(" ")}`;
  }
}

/** Bytes in the unit that keeps three digits. */
function readable(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  const step = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** step;
  return `${step === 0 ? value : value.toPrecision(3)} ${units[step]}`;
}
