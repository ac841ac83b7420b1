/** Reads declarations: variables of every space with their first values, parameters, registers. */
import { bytesOf, type Parameter, type RegisterClass, type Space, type Variable } from "./ptx.ts";
import type { Reader } from "./tokens.ts";

type Typed = { readonly type: string; readonly align: number };

/** .align 16 .b8, .u64 .ptr .global .align 4, …: everything up to the name. What .ptr says of its target is not kept. */
function typed(reader: Reader): Typed {
  let align = 0;
  let type = "";
  let pointer = false;
  while (reader.peek().text.startsWith(".")) {
    const word = reader.word().slice(1);
    if (word === "ptr") pointer = true;
    else if (word === "align") align = Number(reader.integer()) * (pointer ? 0 : 1) || align;
    else if (bytesOf(word) > 0) type = word;
    else if (!/^(global|const|shared|local)$/.test(word))
      reader.fail(`cannot declare with '.${word}'`);
  }
  if (type === "") reader.fail("a type is missing");
  return { type, align: align || bytesOf(type) };
}

/** How many elements: 1 without brackets, 0 for empty ones. */
function extent(reader: Reader): number {
  let count = 1;
  while (reader.accept("[")) {
    count *= reader.sees("]") ? 0 : Number(reader.integer());
    reader.expect("]");
  }
  return count;
}

/** From behind the space to behind the semicolon. */
export function readVariable(reader: Reader, space: Space, extern: boolean): Variable {
  const { type, align } = typed(reader);
  const name = reader.word();
  const count = extent(reader);
  const initial = reader.accept("=") ? readInitial(reader) : [];
  reader.expect(";");
  return { space, name, type, align, count, extern, initial };
}

function readInitial(reader: Reader): (bigint | string)[] {
  if (!reader.sees("{")) return [readValue(reader)];
  const values: (bigint | string)[] = [];
  reader.expect("{");
  while (!reader.accept("}")) {
    if (reader.sees("{")) values.push(...readInitial(reader));
    else values.push(readValue(reader));
    reader.accept(",");
  }
  return values;
}

function readValue(reader: Reader): bigint | string {
  const { kind, text } = reader.peek();
  if (kind === "word") return reader.word();
  if (/^0[fFdD]/.test(text)) return BigInt(`0x${reader.next().text.slice(2)}`);
  return reader.integer();
}

/** ( .param .u64 a, .param .align 8 .b8 b[16] ), or nothing. */
export function readParameters(reader: Reader): Parameter[] {
  const parameters: Parameter[] = [];
  if (!reader.accept("(")) return parameters;
  while (!reader.accept(")")) {
    reader.expect(".param");
    const { type, align } = typed(reader);
    const name = reader.word();
    parameters.push({ name, type, align, bytes: bytesOf(type) * extent(reader) });
    reader.accept(",");
  }
  return parameters;
}

const classes: Record<string, RegisterClass> = {
  pred: "pred",
  ...{ b8: "b8", u8: "b8", s8: "b8" },
  ...{ b16: "b16", u16: "b16", s16: "b16", f16: "b16", bf16: "b16" },
  ...{ b32: "b32", u32: "b32", s32: "b32", f16x2: "b32", bf16x2: "b32" },
  ...{ b64: "b64", u64: "b64", s64: "b64" },
  f32: "f32",
  f64: "f64",
};

/** From behind .reg to behind the semicolon: %r<90> stands for %r0 to %r89. */
export function readRegisters(reader: Reader): (readonly [string, RegisterClass])[] {
  const type = reader.word().slice(1);
  const found = classes[type] ?? reader.fail(`there is no register type '.${type}'`);
  const names: [string, RegisterClass][] = [];
  do {
    const name = reader.word();
    if (reader.accept("<")) {
      const count = Number(reader.integer());
      reader.expect(">");
      for (let i = 0; i < count; i++) names.push([`${name}${i}`, found]);
    } else names.push([name, found]);
  } while (reader.accept(","));
  reader.expect(";");
  return names;
}
