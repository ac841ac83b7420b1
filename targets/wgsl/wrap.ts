/** A WGSL module around the lines of one kernel's body: what it enables, its bindings, its workgroup memory, its entry point. */

import type { Builtin, Kernel } from "../../codegen/kernel.ts";
import { visit } from "../../codegen/visit.ts";
import { arrayType, type VectorWidths } from "./layout.ts";
import { identifier } from "./words.ts";

export function wrapKernel(kernel: Kernel, body: readonly string[], widths: VectorWidths): string {
  const used = usesOf(kernel);
  const lines = [
    `// ${kernel.name}`,
    ...enables(used),
    ...kernel.buffers.map(({ memory, access }, i) => {
      const mode = access === "read" ? "read" : "read_write";
      return `@group(0) @binding(${i}) var<storage, ${mode}> ${identifier(memory.name)}: ${arrayType(memory, widths)};`;
    }),
    ...kernel.workgroupMemory.map(
      (memory) => `var<workgroup> ${identifier(memory.name)}: ${arrayType(memory, widths)};`,
    ),
    "",
    `@compute @workgroup_size(${kernel.workgroupSize})`,
    `fn main(${parameters(used.builtins)}) {`,
    ...body,
    "}",
    "",
  ];
  return lines.join("\n");
}

type Uses = {
  readonly builtins: ReadonlySet<Builtin>;
  readonly f16: boolean;
  readonly subgroups: boolean;
};

function usesOf(kernel: Kernel): Uses {
  const builtins = new Set<Builtin>();
  const memories = [
    ...kernel.buffers.map((b) => b.memory),
    ...kernel.workgroupMemory,
    ...kernel.registers,
  ];
  let f16 = memories.some((m) => m.scalar === "f16");
  let subgroups = false;
  visit(kernel.body, (e) => {
    if (e.type.scalar === "f16") f16 = true;
    if (e.kind === "subgroup") subgroups = true;
    if (e.kind === "builtin") builtins.add(e.name);
  });
  return { builtins, f16, subgroups: subgroups || builtins.has("subgroup_lane") };
}

/** The interpreter has proved that subgroup operations stand in uniform control flow; WGSL's own analysis knows less. */
function enables({ f16, subgroups }: Uses): string[] {
  return [
    ...(f16 ? ["enable f16;"] : []),
    ...(subgroups ? ["enable subgroups;", "diagnostic(off, subgroup_uniformity);"] : []),
  ];
}

function parameters(builtins: ReadonlySet<Builtin>): string {
  const group = (["workgroup_x", "workgroup_y", "workgroup_z"] as const).some((b) =>
    builtins.has(b),
  );
  return [
    ...(group ? ["@builtin(workgroup_id) group: vec3<u32>"] : []),
    ...(builtins.has("lane") ? ["@builtin(local_invocation_index) lane: u32"] : []),
    ...(builtins.has("subgroup_lane")
      ? ["@builtin(subgroup_invocation_id) subgroup_lane: u32"]
      : []),
  ].join(", ");
}
