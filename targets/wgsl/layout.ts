/** Decides how each memory of a kernel is declared, as scalars or as vectors, and spells the types. */

import type { Kernel, Memory, ValueType, Width } from "../../codegen/kernel.ts";
import { visit } from "../../codegen/visit.ts";

/** How many scalars an element has, of the memories declared as arrays of vec2 or vec4. */
export type VectorWidths = ReadonlyMap<Memory, 2 | 4>;

/** As many as the widest access takes, where no store takes fewer. */
export function vectorWidths(kernel: Kernel): VectorWidths {
  const widest = new Map<Memory, Width>();
  const narrowest = new Map<Memory, Width>();
  const touch = (memory: Memory, width: Width) =>
    widest.set(memory, Math.max(width, widest.get(memory) ?? 1) as Width);
  visit(
    kernel.body,
    (e) => {
      if (e.kind === "load") touch(e.from, e.type.width);
    },
    (s) => {
      if (s.kind !== "store") return;
      const { width } = s.value.type;
      touch(s.to, width);
      narrowest.set(s.to, Math.min(width, narrowest.get(s.to) ?? 4) as Width);
    },
  );
  const found = new Map<Memory, 2 | 4>();
  for (const [memory, width] of widest)
    if (width > 1 && (narrowest.get(memory) ?? 4) >= width) found.set(memory, width as 2 | 4);
  return found;
}

export const typeName = ({ scalar, width }: ValueType): string =>
  width === 1 ? scalar : `vec${width}<${scalar}>`;

/** A memory's type; buffers have the length of what is bound. */
export function arrayType(memory: Memory, widths: VectorWidths): string {
  const width = widths.get(memory) ?? 1;
  const element = typeName({ scalar: memory.scalar, width });
  return memory.space === "buffer"
    ? `array<${element}>`
    : `array<${element}, ${Math.ceil(memory.length / width)}>`;
}
