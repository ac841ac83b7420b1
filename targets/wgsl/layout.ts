/** Decides how each memory of a kernel is declared, as scalars or as vec4s, and spells the types. */

import type { Kernel, Memory, ValueType } from "../../codegen/kernel.ts";
import { visit } from "../../codegen/visit.ts";

/** The memories declared as arrays of vec4: some access takes four, and no store takes fewer. */
export function memoriesOfVec4(kernel: Kernel): ReadonlySet<Memory> {
  const quads = new Set<Memory>();
  const narrowStores = new Set<Memory>();
  visit(
    kernel.body,
    (e) => {
      if (e.kind === "load" && e.type.width === 4) quads.add(e.from);
    },
    (s) => {
      if (s.kind === "store") (s.value.type.width === 4 ? quads : narrowStores).add(s.to);
    },
  );
  return new Set([...quads].filter((memory) => !narrowStores.has(memory)));
}

export const typeName = ({ scalar, width }: ValueType): string =>
  width === 1 ? scalar : `vec${width}<${scalar}>`;

/** A memory's type; buffers have the length of what is bound. */
export function arrayType(memory: Memory, quads: ReadonlySet<Memory>): string {
  const width = quads.has(memory) ? 4 : 1;
  const element = typeName({ scalar: memory.scalar, width });
  return memory.space === "buffer"
    ? `array<${element}>`
    : `array<${element}, ${Math.ceil(memory.length / width)}>`;
}
