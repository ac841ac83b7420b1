/** Reads a cubin: the machine instructions of each kernel. Knows the container (ELF64, little endian), not what instructions mean. */
import { CompilerBug } from "../../../src/graph/bug.ts";

/** One instruction of 128 bits, as four words, the lowest first. */
export type Instruction = readonly [number, number, number, number];

/** By the kernel's name, in the order of its code. */
export type Instructions = Readonly<Record<string, readonly Instruction[]>>;

type Section = { readonly name: string; readonly offset: number; readonly size: number };

/** Every kernel's code lies in a section of its own, of this name and the kernel's. */
const codePrefix = ".text.";
const instructionBytes = 16;

/** A CompilerBug where the bytes are no cubin. */
export function readCubin(cubin: Uint8Array): Instructions {
  const view = new DataView(cubin.buffer, cubin.byteOffset, cubin.byteLength);
  const code = sectionsOf(view).filter((s) => s.name.startsWith(codePrefix));
  return Object.fromEntries(
    code.map((s) => [s.name.slice(codePrefix.length), instructionsIn(view, s)]),
  );
}

function instructionsIn(view: DataView, { name, offset, size }: Section): readonly Instruction[] {
  if (size % instructionBytes !== 0)
    throw new CompilerBug(`${name} holds ${size} bytes, not whole instructions`);
  const word = (at: number) => view.getUint32(at, true);
  return Array.from({ length: size / instructionBytes }, (_, i) => {
    const at = offset + i * instructionBytes;
    return [word(at), word(at + 4), word(at + 8), word(at + 12)];
  });
}

/**
 * ELF-64 object file format: the file's header tells where the table of section headers lies, how many there are, and
 * which of them holds the names.
 */
function sectionsOf(view: DataView): readonly Section[] {
  const isElf = view.byteLength >= 64 && view.getUint32(0) === 0x7f454c46 && view.getUint8(4) === 2;
  if (!isElf) throw new CompilerBug("the machine code is no ELF64 file");
  const long = (at: number) => Number(view.getBigUint64(at, true));
  const [table, size] = [long(40), view.getUint16(58, true)];
  const [count, named] = [view.getUint16(60, true), view.getUint16(62, true)];
  const header = (i: number) => {
    const at = table + i * size;
    return { nameAt: view.getUint32(at, true), offset: long(at + 24), size: long(at + 32) };
  };
  const names = header(named).offset;
  return Array.from({ length: count }, (_, i) => {
    const { nameAt, ...place } = header(i);
    return { name: textAt(view, names + nameAt), ...place };
  });
}

/** The text that ends before the next zero byte. */
function textAt(view: DataView, from: number): string {
  let text = "";
  for (let at = from; view.getUint8(at) !== 0; at++) text += String.fromCharCode(view.getUint8(at));
  return text;
}
