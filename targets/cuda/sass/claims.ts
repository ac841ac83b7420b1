/** What a kernel's text lets its machine code contain: accesses by width, copies, products on matrix units. Knows no architecture. */
import type { Kernel, Memory } from "../../../codegen/kernel.ts";
import { visit } from "../../../codegen/visit.ts";
import { legalize } from "../legalize.ts";
import { bytesOfScalar } from "../types.ts";

/** Instructions as a census names them, and in how many places of the kernel's text each stands. */
export type Claims = ReadonlyMap<string, number>;

const accesses = {
  buffer: { load: "LDG", store: "STG" },
  workgroup: { load: "LDS", store: "STS" },
  registers: null,
} as const satisfies Record<Memory["space"], object | null>;

/** A loop's turns stand once here and any number of times in the machine code. */
export function claimsOf(kernel: Kernel): Claims {
  const claims = new Map<string, number>();
  const claim = (name: string) => claims.set(name, (claims.get(name) ?? 0) + 1);
  const access = (kind: "load" | "store", { space, scalar }: Memory, width: number) => {
    const name = accesses[space]?.[kind];
    if (name) claim(`${name}.${8 * bytesOfScalar[scalar] * width}`);
  };
  visit(
    legalize(kernel).body,
    (e) => {
      if (e.kind === "load") access("load", e.from, e.type.width);
      if (e.kind === "subgroup") claim("SHFL");
    },
    (s) => {
      if (s.kind === "store") access("store", s.to, s.value.type.width);
      if (s.kind === "copy") claim(`LDGSTS.${8 * bytesOfScalar[s.to.scalar] * s.width}`);
      if (s.kind === "barrier") claim("BAR");
      if (s.kind !== "multiply") return;
      claim("LDSM");
      claim("HMMA");
    },
  );
  return claims;
}

/** "LDG.128" → 128; null for what is no access to memory. */
export function bitsOf(instruction: string): number | null {
  const [, bits] = instruction.split(".");
  return bits === undefined ? null : Number(bits);
}
