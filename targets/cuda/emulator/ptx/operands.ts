/** Reads the operands of one instruction. Names are looked up by the caller's scopes. */
import type { Operand } from "./ptx.ts";
import type { Reader } from "./tokens.ts";

/** What a name stands for: a register's unique name, or null. */
export type FindRegister = (name: string) => string | null;

const specials =
  /^(%(tid|ntid|ctaid|nctaid)\.[xyz]|%(laneid|warpid|nwarpid|clock|clock64|lanemask_(lt|le|eq|ge|gt)|dynamic_smem_size|total_smem_size|smid|nsmid|gridid|envreg\d+)|WARP_SZ)$/;

/** Up to the semicolon, which is taken. */
export function readOperands(reader: Reader, find: FindRegister): Operand[] {
  const operands: Operand[] = [];
  while (!reader.accept(";")) {
    operands.push(readOperand(reader, find));
    if (!reader.sees(";")) reader.expect(",");
  }
  return operands;
}

function readOperand(reader: Reader, find: FindRegister): Operand {
  const first = readSingle(reader, find);
  if (!reader.accept("|")) return first;
  return { kind: "pair", first, second: readSingle(reader, find) };
}

function readSingle(reader: Reader, find: FindRegister): Operand {
  if (reader.accept("!")) return { kind: "not", of: readSingle(reader, find) };
  if (reader.accept("[")) return readAddress(reader, find);
  if (reader.accept("{")) {
    const parts: Operand[] = [];
    while (!reader.accept("}")) {
      parts.push(readSingle(reader, find));
      if (!reader.sees("}")) reader.expect(",");
    }
    return { kind: "list", parts };
  }
  const { kind, text } = reader.peek();
  if (kind === "word") return readName(reader, find);
  if (/^0[fF][0-9a-fA-F]{8}$/.test(text) || /^0[dD][0-9a-fA-F]{16}$/.test(text)) {
    reader.next();
    return { kind: "float", bits: BigInt(`0x${text.slice(2)}`), bytes: text.length === 10 ? 4 : 8 };
  }
  return { kind: "integer", value: reader.integer() };
}

function readName(reader: Reader, find: FindRegister): Operand {
  const name = reader.word();
  if (name === "_") return { kind: "nothing" };
  const register = find(name);
  if (register !== null) return { kind: "register", name: register };
  if (specials.test(name)) return { kind: "special", name };
  if (name.startsWith("%") && !/^%\w*$/.test(name)) reader.fail(`'${name}' is not supported`);
  const offset = reader.sees("+") || reader.sees("-") ? readOffset(reader) : 0n;
  return { kind: "symbol", name, offset };
}

function readOffset(reader: Reader): bigint {
  reader.accept("+");
  return reader.integer();
}

/** Behind the opening bracket: a register, a name or a number, and an offset. */
function readAddress(reader: Reader, find: FindRegister): Operand {
  const base = readSingle(reader, find);
  const offset = reader.sees("+") || reader.sees("-") ? readOffset(reader) : 0n;
  reader.expect("]");
  if (base.kind === "symbol")
    return { kind: "address", base: { ...base, offset: 0n }, offset: base.offset + offset };
  return { kind: "address", base, offset };
}
