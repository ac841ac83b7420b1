/** Turns PTX text into a Module. What it does not know is an error that names the line. */
import { readBody } from "./body.ts";
import { readParameters, readVariable } from "./declarations.ts";
import type { Kernel, Module, Space, Variable } from "./ptx.ts";
import { type Reader, readerOf } from "./tokens.ts";

/** Throws a UserError for text that is not PTX or uses what the emulator does not run. */
export function readPtx(text: string): Module {
  const reader = readerOf(text);
  const files = new Map<number, string>();
  const variables: Variable[] = [];
  const kernels: Kernel[] = [];
  let version = "";
  let target = "";
  while (reader.peek().kind !== "end") {
    if (reader.accept(".version")) version = reader.next().text;
    else if (reader.accept(".target")) target = readTarget(reader);
    else if (reader.accept(".address_size")) readAddressSize(reader);
    else if (reader.accept(".file")) readFile(reader, files);
    else if (reader.accept(".section")) skipSection(reader);
    else if (reader.accept(".pragma")) while (!reader.accept(";")) reader.next();
    else readDeclaration(reader, variables, kernels);
  }
  if (version === "") reader.fail("this is not PTX: there is no .version");
  return { version, target, files, variables, kernels };
}

function readTarget(reader: Reader): string {
  const target = reader.word();
  while (reader.accept(",")) reader.word();
  return target;
}

function readAddressSize(reader: Reader): void {
  if (reader.integer() !== 64n) reader.fail("only 64-bit addresses are supported");
}

/** .file 1 "path", time, size. */
function readFile(reader: Reader, files: Map<number, string>): void {
  const index = Number(reader.integer());
  files.set(index, reader.next().text);
  while (reader.accept(",")) reader.integer();
}

/** Debug information. */
function skipSection(reader: Reader): void {
  reader.next();
  reader.expect("{");
  for (let depth = 1; depth > 0; ) {
    const { text, kind } = reader.next();
    if (kind === "end") reader.fail("the section does not end");
    if (text === "{") depth++;
    if (text === "}") depth--;
  }
}

function readDeclaration(reader: Reader, variables: Variable[], kernels: Kernel[]): void {
  let extern = false;
  while (/^\.(visible|extern|weak|common)$/.test(reader.peek().text))
    extern = reader.word() === ".extern" || extern;
  const { text } = reader.peek();
  if (/^\.(global|const|shared)$/.test(text))
    variables.push(readVariable(reader, reader.word().slice(1) as Space, extern));
  else if (reader.accept(".entry")) kernels.push(readKernel(reader));
  else if (text === ".func")
    reader.fail("a function that is called is not supported: make it __forceinline__");
  else reader.fail(`'${text}' is not supported`);
}

function readKernel(reader: Reader): Kernel {
  const name = reader.word();
  const parameters = readParameters(reader);
  const limits = new Map<string, readonly number[]>();
  while (!reader.sees("{")) {
    const directive = reader.word();
    if (!/^\.(maxntid|reqntid|minnctapersm|maxnreg|noreturn)$/.test(directive))
      reader.fail(`'${directive}' is not supported`);
    if (directive !== ".noreturn") limits.set(directive, readDimensions(reader));
  }
  return {
    name,
    parameters,
    ...readBody(reader),
    maxThreads: limits.get(".maxntid") ?? null,
    requiredThreads: limits.get(".reqntid") ?? null,
  };
}

/** One to three numbers; what is missing is 1. */
function readDimensions(reader: Reader): readonly number[] {
  const dimensions = [Number(reader.integer())];
  while (reader.accept(",")) dimensions.push(Number(reader.integer()));
  return [...dimensions, 1, 1].slice(0, 3);
}
