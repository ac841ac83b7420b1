/** Counts the machine instructions of a kernel by name and, for accesses to memory, by width. Knows those of opcodes.json alone. */
import { CompilerBug } from "../../../src/graph/bug.ts";
import { type Opcodes, opcodeOf, threeBits, widthCodes } from "./calibrate.ts";
import type { Instruction } from "./cubin.ts";
import table from "./opcodes.json" with { type: "json" };

/** "HMMA" or, for accesses to memory, "LDG.128" with bits a lane; how often it stands in the code. */
export type Census = Readonly<Record<string, number>>;

/** Found by calibrate.ts; the same on all architectures but for the widths' places. */
export const opcodes: Opcodes = table.opcodes;

const names = new Map(Object.entries(opcodes).map(([name, { number }]) => [number, name]));
const bitsOf = new Map(Object.entries(widthCodes).map(([bits, code]) => [code, bits]));

/**
 * Instructions that the table does not name are not counted, nor those that never run: ptxas puts loads to no register under
 * a guard that never holds before the copies of some loops. A CompilerBug where a width is none that a probe had.
 */
export function censusOf(code: readonly Instruction[], architecture: string): Census {
  const counts = new Map<string, number>();
  for (const instruction of code) {
    const name = neverRuns(instruction) ? null : nameOf(instruction, architecture);
    if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Bits 12 to 14 name the predicate that guards an instruction, 7 being the one that always holds; bit 15 negates it. */
const neverRuns = ([lowest]: Instruction): boolean => ((lowest >>> 12) & 15) === 15;

function nameOf(instruction: Instruction, architecture: string): string | null {
  const name = names.get(opcodeOf(instruction));
  if (name === undefined) return null;
  const { widthAt } = opcodes[name]!;
  if (!widthAt) return name;
  const at = widthAt[architecture];
  if (at === undefined) throw new CompilerBug(`opcodes.json knows no ${architecture}`);
  const bits = bitsOf.get(threeBits(instruction, at));
  if (bits === undefined) throw new CompilerBug(`an unknown width of ${name} on ${architecture}`);
  return `${name}.${bits}`;
}

/** How often an instruction stands there, of every width. */
export const countOf = (census: Census, name: string): number =>
  Object.entries(census)
    .filter(([found]) => found.split(".")[0] === name)
    .reduce((sum, [, n]) => sum + n, 0);
