/** Finds the numbers of machine instructions, and where they tell their width, from what the assembler makes of the probes. */
import { CompilerBug } from "../../../src/graph/bug.ts";
import { type Instruction, type Instructions, readCubin } from "./cubin.ts";
import { type AccessBits, copies, type Probe, probeName, probes } from "./probes.ts";

/** What is known of one instruction. */
export type Opcode = {
  /** The lowest nine bits. */
  readonly number: number;
  /** For accesses to memory: where the three bits of the width begin, by architecture. */
  readonly widthAt?: Readonly<Record<string, number>>;
};
/** By the instruction's name. */
export type Opcodes = Readonly<Record<string, Opcode>>;

/** The lowest nine bits tell what an instruction does; the next three what kinds of operands it has. */
export const opcodeOf = ([lowest]: Instruction): number => lowest & 0x1ff;

/** What the three bits of the width hold. */
export const widthCodes: Readonly<Record<AccessBits, number>> = {
  ...{ 8: 0, 16: 2, 32: 4, 64: 5, 128: 6 },
};

/** Bits `at` to `at` + 2. */
export function threeBits(instruction: Instruction, at: number): number {
  const [word, shift] = [Math.floor(at / 32), at % 32];
  const low = instruction[word]! >>> shift;
  const high = shift > 29 ? (instruction[word + 1] ?? 0) << (32 - shift) : 0;
  return (low | high) & 7;
}

/** From the machine code of probeFile(), by architecture. A CompilerBug where it is not clear which instruction is which. */
export function opcodesOf(cubins: Readonly<Record<string, Uint8Array>>): Opcodes {
  const code = Object.entries(cubins).map(([name, cubin]) => [name, readCubin(cubin)] as const);
  const names = [...new Set(probes.map((p) => p.name))];
  return Object.fromEntries(
    names.map((name) => {
      const own = probes.filter((p) => p.name === name);
      const number = numberOf(own, code);
      if (own.every((p) => p.bits === undefined)) return [name, { number }];
      const places = code.map(([architecture, kernels]) => [
        architecture,
        widthPlace(own, kernels, number),
      ]);
      return [name, { number, widthAt: Object.fromEntries(places) }];
    }),
  );
}

type Code = readonly (readonly [string, Instructions])[];

/** The only opcode that each probe has `copies` times with its instruction, and never without, on every architecture. */
function numberOf(own: readonly Probe[], code: Code): number {
  const found = own
    .flatMap((probe) => code.map(([, kernels]) => addedBy(probe, kernels)))
    .reduce((common, added) => common.filter((n) => added.includes(n)));
  const [only, ...others] = found;
  if (only === undefined || others.length > 0)
    throw new CompilerBug(
      `the probes of ${own[0]?.name} have ${found.length} opcodes of their own`,
    );
  return only;
}

function addedBy(probe: Probe, kernels: Instructions): readonly number[] {
  const numbers = (which: "with" | "without") => kernelOf(probe, kernels, which).map(opcodeOf);
  const [given, without] = [numbers("with"), numbers("without")];
  const times = (n: number) => given.filter((m) => m === n).length;
  return [...new Set(given)].filter((n) => times(n) === copies && !without.includes(n));
}

function kernelOf(
  probe: Probe,
  kernels: Instructions,
  which: "with" | "without",
): readonly Instruction[] {
  const found = kernels[`${probeName(probe)}_${which}`];
  if (!found) throw new CompilerBug(`the machine code has no probe ${probeName(probe)}_${which}`);
  return found;
}

/** The upper half holds the width; the only place there that holds each probe's own code. */
function widthPlace(own: readonly Probe[], kernels: Instructions, number: number): number {
  const holds = (at: number) =>
    own.every((probe) =>
      kernelOf(probe, kernels, "with")
        .filter((i) => opcodeOf(i) === number)
        .every((i) => threeBits(i, at) === widthCodes[probe.bits!]),
    );
  const places = Array.from({ length: 62 }, (_, i) => 64 + i).filter(holds);
  const [only, ...others] = places;
  if (only === undefined || others.length > 0)
    throw new CompilerBug(`${own[0]?.name} tells its width at ${places.length} places`);
  return only;
}
